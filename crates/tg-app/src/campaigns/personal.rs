//! Campaigns whose texts a model writes: making them, and what became of their texts.

use super::create::NewVariant;
use crate::error::AppError;
use crate::json;
use crate::named;
use tg_core::audience::Audience;
use tg_core::campaign::Campaign;
use tg_core::contact::STANDARD_FIELDS;
use tg_core::ids::Slug;
use tg_core::money::Money;
use tg_core::personal::{Limits, MAX_FIELDS, MAX_LENGTH, Personal, Prompt, Rules};
use tg_core::ports::Unit;

/// Fields that address a person: no model needs them to write to somebody.
const ADDRESSES: [&str; 3] = ["phone", "user_id", "username"];

/// How a campaign's texts are to be written, as a person asks for it.
#[derive(Clone, Copy, Debug)]
pub struct NewPersonal<'a> {
    /// What the model is asked: a template's name.
    pub prompt: &'a str,
    /// Fields that the model is told, and no others.
    pub fields: &'a [String],
    /// Whether a person approves each text.
    pub review: bool,
    /// What all texts may cost, in tokens.
    pub tokens: Option<i64>,
    /// The same in money.
    pub money: Option<Money>,
}

/// The same, read.
pub(super) struct Wanted {
    prompt: Slug,
    fields: Vec<String>,
    review: bool,
    limits: Limits,
}

impl NewPersonal<'_> {
    /// Reads what can be read without the store.
    pub(super) fn read(&self, variants: &[NewVariant<'_>]) -> Result<Wanted, AppError> {
        if !variants.is_empty() {
            let message = "a campaign compares variants or has personal texts, not both";
            return Err(AppError::usage("bad_variants", message).advise("leave one of them out"));
        }
        let mut fields: Vec<String> =
            self.fields.iter().map(|name| name.trim().to_owned()).collect();
        fields.sort();
        fields.dedup();
        let told = "`--fields first_name,city` names what the model is told";
        if fields.iter().any(String::is_empty) || fields.len() > MAX_FIELDS {
            let message = format!("a model is told from 1 to {MAX_FIELDS} fields");
            return Err(AppError::usage("bad_fields", message).advise(told));
        }
        if let Some(name) = fields.iter().find(|name| ADDRESSES.contains(&name.as_str())) {
            let message = format!("a model is not told the {name} of people");
            return Err(AppError::usage("bad_fields", message).advise(told));
        }
        Ok(Wanted {
            prompt: named::slug(self.prompt)?,
            fields,
            review: self.review,
            limits: Limits { tokens: self.tokens, money: self.money },
        })
    }
}

impl Wanted {
    /// Makes a new campaign one with personal texts; what the audit row says of it.
    pub(super) fn attach(
        &self,
        unit: &mut dyn Unit,
        campaign: &Campaign,
        list: &Audience,
    ) -> Result<String, AppError> {
        let stored = named::template(unit, &self.prompt)?;
        let known = |name: &&String| {
            STANDARD_FIELDS.contains(&name.as_str()) || list.fields.contains(*name)
        };
        if let Some(name) = self.fields.iter().find(|name| !known(name)) {
            let message = format!("the audience \"{}\" has no field \"{name}\"", list.name);
            return Err(AppError::refused("unknown_field", message)
                .advise(format!("`tg audience show {}` lists its fields", list.name)));
        }
        let rules = Rules::new(MAX_LENGTH, &[], &[]);
        Prompt::compile(&stored.text.source, &self.fields, &rules).map_err(|fault| {
            let message = format!(
                "the prompt \"{}\" cannot be used: line {}, {}",
                self.prompt, fault.line, fault.message
            );
            AppError::refused("prompt_faults", message)
                .advise("a prompt uses the fields of --fields and no others; add it anew")
        })?;
        let personal = Personal {
            prompt: stored.id,
            fields: self.fields.clone(),
            review: self.review,
            limits: self.limits,
        };
        unit.set_personal(campaign.id, &personal)?;
        let review = if self.review { ", approved by a person" } else { "" };
        let fields = self.fields.join(", ");
        Ok(format!(", personal texts by the prompt {} from {fields}{review}", self.prompt))
    }
}

/// What became of a campaign's texts; none if it has none.
pub(super) fn report(
    unit: &dyn Unit,
    campaign: &Campaign,
) -> Result<Option<json::PersonalReport>, AppError> {
    if unit.personal(campaign.id)?.is_none() {
        return Ok(None);
    }
    let (tally, (usage, paid)) = (unit.draft_tally(campaign.id)?, unit.draft_usage(campaign.id)?);
    Ok(Some(json::PersonalReport::new(&tally, usage, paid)))
}
