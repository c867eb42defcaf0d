//! Making a campaign: everything that could be wrong with it is said now, not at the first send.

use super::list::shown;
use super::personal::NewPersonal;
use super::says::Says;
use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::json;
use crate::named;
use crate::permissions::Permission;
use crate::segments::{Asked, Whom};
use tg_core::account::Account;
use tg_core::campaign::Pace;
use tg_core::ids::Slug;
use tg_core::ports::{self, Entropy, Unit};
use uuid::Uuid;

/// A campaign as a person asks for it.
#[derive(Clone, Copy, Debug)]
pub struct NewCampaign<'a> {
    /// Its name.
    pub name: &'a str,
    /// Who hears it.
    pub audience: &'a str,
    /// What it says; not looked at if there are variants.
    pub template: &'a str,
    /// What it compares instead.
    pub variants: &'a [NewVariant<'a>],
    /// Who says it: `all`, names separated by commas, or `tag:NAME`.
    pub accounts: &'a str,
    /// How fast: `standard` or `unlimited`.
    pub pace: &'a str,
    /// Whom of the audience.
    pub whom: Whom<'a>,
}

/// One of the templates that a campaign compares, as a person asks for it.
#[derive(Clone, Copy, Debug)]
pub struct NewVariant<'a> {
    /// Its name, unique in the campaign.
    pub name: &'a str,
    /// What it says.
    pub template: &'a str,
    /// Its share of the recipients, beside the weights of the others.
    pub weight: u32,
}

/// Makes a campaign in state `draft`.
///
/// # Errors
/// If audience, template or a named account do not exist; a refusal if the name is taken, the
/// template does not fit the audience, no account is left, or an unlimited pace is asked for
/// accounts that are not simulated.
pub async fn create(
    app: &App,
    actor: &Actor,
    new: NewCampaign<'_>,
) -> Result<json::CampaignDetail, AppError> {
    make(app, actor, new, None).await
}

/// Makes a campaign whose texts a model writes; its template is for those who get none.
///
/// # Errors
/// Those of [`create`]; if there is no such prompt; a refusal if the prompt or the chosen fields
/// do not fit the audience.
pub async fn create_personal(
    app: &App,
    actor: &Actor,
    new: NewCampaign<'_>,
    personal: NewPersonal<'_>,
) -> Result<json::CampaignDetail, AppError> {
    make(app, actor, new, Some(personal)).await
}

async fn make(
    app: &App,
    actor: &Actor,
    new: NewCampaign<'_>,
    personal: Option<NewPersonal<'_>>,
) -> Result<json::CampaignDetail, AppError> {
    let act =
        Act::begin(app, actor, Permission::CampaignCreate, "campaign", Some(new.name)).await?;
    let (name, audience) = (named::slug(new.name)?, named::slug(new.audience)?);
    let says = Says::parse(new.template, new.variants)?;
    let selection = Selection::parse(new.accounts)?;
    let asked = Asked::read(new.whom)?;
    let pace = Pace::parse(new.pace).ok_or_else(|| {
        AppError::usage("bad_pace", format!("\"{}\" is no pace", new.pace))
            .advise("use \"standard\" or, for a simulator, \"unlimited\"")
    })?;
    let personal = personal.map(|personal| personal.read(new.variants)).transpose()?;
    let uuid = random_uuid(app.entropy.as_ref());
    act.write(move |unit, at| {
        let list = named::audience(unit, &audience)?;
        let (template, variants, has_buttons) = says.resolve(unit, &list)?;
        let accounts = selection.resolve(unit)?;
        permit_buttons(has_buttons, &accounts)?;
        permit_pace(pace, &accounts)?;
        unit.create_campaign(
            &ports::NewCampaign {
                name: name.clone(),
                uuid,
                audience: list.id,
                template,
                variants,
                accounts: accounts.iter().map(|account| account.id).collect(),
                pace,
            },
            at,
        )?;
        let campaign = named::campaign(unit, &name)?;
        if let Some(chosen) = asked.of(unit, &list)? {
            unit.set_campaign_filter(campaign.id, &chosen)?;
        }
        let texts = match &personal {
            Some(wanted) => wanted.attach(unit, &campaign, &list)?,
            None => String::new(),
        };
        let campaign = shown(unit, &campaign)?;
        let detail = format!(
            "audience {audience}, {says}, {} account(s), pace {}{texts}",
            accounts.len(),
            pace.as_str()
        );
        Ok((json::CampaignDetail { schema: "tg.campaign/1", campaign }, detail))
    })
    .await
}

/// Which accounts somebody asked for.
enum Selection {
    All,
    Tag(String),
    Named(Vec<Slug>),
}

impl Selection {
    fn parse(text: &str) -> Result<Self, AppError> {
        if text == "all" {
            return Ok(Self::All);
        }
        if let Some(tag) = text.strip_prefix("tag:") {
            return Ok(Self::Tag(tag.to_owned()));
        }
        let mut names = text
            .split(',')
            .map(|name| named::slug(name.trim()))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| {
                error.advise("accounts are \"all\", names separated by commas, or \"tag:NAME\"")
            })?;
        names.sort();
        names.dedup();
        Ok(Self::Named(names))
    }

    /// The accounts, by name. Banned ones are left out of `all` and of a tag, and refused by name.
    fn resolve(&self, unit: &dyn Unit) -> Result<Vec<Account>, AppError> {
        let chosen = match self {
            Self::All => alive(unit.accounts()?),
            Self::Tag(tag) => {
                let tagged = unit.accounts()?.into_iter().filter(|a| a.tags.contains(tag));
                alive(tagged.collect())
            }
            Self::Named(names) => names
                .iter()
                .map(|name| refuse_gone(named::account(unit, name)?))
                .collect::<Result<_, _>>()?,
        };
        if chosen.is_empty() {
            let which = match self {
                Self::Tag(tag) => format!("no account that can send has the tag \"{tag}\""),
                Self::All | Self::Named(_) => "this home has no account that can send".to_owned(),
            };
            return Err(AppError::refused("no_accounts", which)
                .advise("`tg account list` shows all; `tg account import FILE` adds some"));
        }
        Ok(chosen)
    }
}

fn alive(accounts: Vec<Account>) -> Vec<Account> {
    accounts.into_iter().filter(|account| !account.state.is_gone()).collect()
}

fn refuse_gone(account: Account) -> Result<Account, AppError> {
    if account.state.is_gone() {
        return Err(AppError::refused(
            "account_gone",
            format!("the account \"{}\" is {}", account.name, account.state.name()),
        )
        .advise("choose accounts without it"));
    }
    Ok(account)
}

/// Telegram shows inline buttons below bots' messages only (core.telegram.org/api/bots/buttons).
fn permit_buttons(has_buttons: bool, accounts: &[Account]) -> Result<(), AppError> {
    match accounts.iter().find(|account| has_buttons && !account.is_bot) {
        None => Ok(()),
        Some(person) => Err(AppError::refused(
            "buttons_need_bots",
            format!(
                "the message has buttons, which only bots send, and \"{}\" is no bot",
                person.name
            ),
        )
        .advise("choose accounts that are bots, or take the {button} lines out of the template")),
    }
}

/// Telegram's limits are limits: only a simulator is written to without pacing.
fn permit_pace(pace: Pace, accounts: &[Account]) -> Result<(), AppError> {
    let real = accounts.iter().find(|account| !account.loopback);
    match (pace, real) {
        (Pace::Unlimited, Some(account)) => Err(AppError::refused(
            "unlimited_pace",
            format!(
                "an unlimited pace is only for simulated accounts, and \"{}\" is a real one",
                account.name
            ),
        )
        .advise("leave out `--pace unlimited`")),
        _ => Ok(()),
    }
}

/// A version 4 UUID from the entropy port.
fn random_uuid(entropy: &dyn Entropy) -> Uuid {
    let mut bytes = [0; 16];
    entropy.fill(&mut bytes);
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}
