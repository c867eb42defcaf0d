//! Looking for faults.

use super::fit::fit;
use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::json;
use crate::named;
use crate::permissions::Permission;
use tg_core::audience::Audience;
use tg_core::ports::Unit;
use tg_core::template::{Letter, TextFault, advice};

/// People for whom a template is tried: enough to find what a list lacks, few enough to be quick.
const TRIED: usize = 1_000;

/// Looks for faults in a template, in every language; with an audience, also for fields that it does
/// not have.
///
/// # Errors
/// If there is no such template or audience. Faults are no error: they are the result.
pub async fn lint(
    app: &App,
    actor: &Actor,
    name: &str,
    audience: Option<&str>,
) -> Result<json::Lint, AppError> {
    let act = Act::begin(app, actor, Permission::TemplateLint, "template", Some(name)).await?;
    let name = named::slug(name)?;
    let audience = audience.map(named::slug).transpose()?;
    act.read(move |unit| {
        let stored = named::template(unit, &name)?;
        let list = audience.as_ref().map(|list| named::audience(unit, list)).transpose()?;
        let (letter, faults) = match fit(&stored, list.as_ref()) {
            Ok(letter) => (Some(letter), Vec::new()),
            Err(faults) => (None, faults),
        };
        let people = match (&letter, &list) {
            (Some(letter), Some(list)) => Some(looked_at(unit, letter, list)?),
            _ => None,
        };
        let texts = std::iter::once(&stored.text).chain(&stored.others);
        let warnings = texts.filter(|_| faults.is_empty()).flat_map(|text| {
            let lang = &text.lang;
            advice(text).into_iter().map(|fault| TextFault { lang: lang.clone(), fault })
        });
        Ok(json::Lint {
            schema: "tg.lint/1",
            template: name.to_string(),
            audience: audience.map(|list| list.to_string()),
            ok: faults.is_empty(),
            warnings: warnings.map(|fault| json::TemplateFault::from(&fault)).collect(),
            bots_only: letter.as_ref().is_some_and(Letter::has_buttons),
            people,
            faults: faults.iter().map(json::TemplateFault::from).collect(),
        })
    })
    .await
}

/// What the first people of a list would get.
fn looked_at(
    unit: &dyn Unit,
    letter: &Letter,
    list: &Audience,
) -> Result<json::LintPeople, AppError> {
    let people = unit.members(list.id, None, TRIED)?;
    let failing: Vec<json::LintFailure> = people
        .iter()
        .filter_map(|contact| {
            let (_, template) = letter.for_lang(&contact.person.lang);
            let error = template.render(&contact.person).err()?;
            Some(json::LintFailure { contact: contact.person.label(), error: error.to_string() })
        })
        .collect();
    Ok(json::LintPeople {
        tried: people.len(),
        failing: failing.len(),
        first: failing.into_iter().next(),
    })
}
