//! Whom a sign-in is for: an account that is to be added, or one that is here already.

use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::named;
use crate::permissions::Permission;
use tg_core::account::{Account, AccountState};
use tg_core::ids::{AccountId, Slug};
use tg_core::peer::PhoneNumber;
use tg_core::ports::Unit;
use tg_security::validate::{PhoneRules, parse_phone};

/// Whom a sign-in is for.
#[derive(Clone, Copy, Debug)]
pub enum Target<'a> {
    /// An account to add under this name.
    New(&'a str),
    /// The account of this name, again.
    Again(&'a str),
}

impl<'a> Target<'a> {
    /// The name as it was typed.
    #[must_use]
    pub const fn name(self) -> &'a str {
        match self {
            Self::New(name) | Self::Again(name) => name,
        }
    }
}

/// The target, checked against the home.
#[derive(Clone, Debug)]
pub(super) enum Checked {
    New(Slug),
    Again(Box<Account>),
}

/// Finds out before anything is asked of Telegram whether the sign-in could be kept.
///
/// # Errors
/// If the name is none, is taken, or is missing; if the number is an account's of this home.
pub(super) fn check(
    unit: &dyn Unit,
    target: Target<'_>,
    phone: Option<&PhoneNumber>,
) -> Result<Checked, AppError> {
    let name = named::slug(target.name())?;
    if matches!(target, Target::Again(_)) {
        return Ok(Checked::Again(Box::new(named::account(unit, &name)?)));
    }
    if unit.account_named(&name)?.is_some() {
        return Err(AppError::refused("taken", format!("the account \"{name}\" exists already"))
            .advise(format!("`tg account login {name}` signs it in again")));
    }
    let accounts = unit.accounts()?;
    match accounts.iter().find(|account| phone.is_some() && account.phone.as_ref() == phone) {
        Some(other) => Err(AppError::refused(
            "account_conflict",
            format!("this number is in this home already, as \"{}\"", other.name),
        )
        .advise(format!("`tg account login {}` signs it in again", other.name))),
        None => Ok(Checked::New(name)),
    }
}

impl Checked {
    /// The account's row, if it has one.
    pub(super) fn id(&self) -> Option<AccountId> {
        match self {
            Self::New(_) => None,
            Self::Again(account) => Some(account.id),
        }
    }
}

/// Reads a number as a person types it. Telegram's test numbers are fine where `simulated` is set.
///
/// # Errors
/// If it is none.
pub(super) fn number(text: &str, simulated: bool) -> Result<PhoneNumber, AppError> {
    let rules = PhoneRules { region: None, test_numbers: simulated };
    parse_phone(text, &rules).map_err(|error| {
        AppError::usage("bad_phone", error.to_string())
            .advise("write it with its country: +49 1511 2345678")
    })
}

/// An account of this home.
///
/// # Errors
/// If there is none of that name.
pub async fn known(app: &App, name: &str) -> Result<Account, AppError> {
    let name = named::slug(name)?;
    app.store.read(move |unit| named::account(unit, &name)).await
}

/// The names of all accounts whose session is gone.
///
/// # Errors
/// A refusal, or the store's failure.
pub async fn signed_out(app: &App, actor: &Actor) -> Result<Vec<String>, AppError> {
    let act = Act::begin(app, actor, Permission::AccountLogin, "accounts", None).await?;
    act.read(|unit| {
        let revoked = |account: &Account| account.state == AccountState::Revoked;
        let accounts = unit.accounts()?.into_iter().filter(revoked);
        Ok(accounts.map(|account| account.name.to_string()).collect())
    })
    .await
}
