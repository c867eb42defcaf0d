//! Whom a sign-in is for: an account that is to be added, or one that is here already.

use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::loans::Loans;
use crate::named;
use crate::permissions::Permission;
use crate::proxies::free_route;
use std::sync::Arc;
use tg_core::account::{Account, AccountState};
use tg_core::ids::Slug;
use tg_core::peer::PhoneNumber;
use tg_core::ports::{LoginWay, Route, Unit, Wish};
use tg_security::Sealer;
use tg_security::validate::{PhoneRules, parse_phone};

/// Whom a sign-in is for.
#[derive(Clone, Copy, Debug)]
pub enum Target<'a> {
    /// An account to add.
    New {
        /// Under this name.
        name: &'a str,
        /// With this proxy, from its first connection on.
        proxy: Option<&'a str>,
    },
    /// The account of this name, again.
    Again(&'a str),
}

impl<'a> Target<'a> {
    /// The name as it was typed.
    #[must_use]
    pub const fn name(self) -> &'a str {
        match self {
            Self::New { name, .. } | Self::Again(name) => name,
        }
    }

    /// The same, to be moved into a transaction.
    pub(super) fn owned(self) -> Owned {
        let proxy = match self {
            Self::New { proxy, .. } => proxy.map(str::to_owned),
            Self::Again(_) => None,
        };
        let again = matches!(self, Self::Again(_));
        Owned { name: self.name().to_owned(), proxy, again }
    }
}

/// A target that borrows nothing.
#[derive(Clone)]
pub(super) struct Owned {
    name: String,
    proxy: Option<String>,
    again: bool,
}

impl Owned {
    pub(super) fn target(&self) -> Target<'_> {
        if self.again {
            Target::Again(&self.name)
        } else {
            Target::New { name: &self.name, proxy: self.proxy.as_deref() }
        }
    }
}

/// The target, checked against the home.
#[derive(Clone, Debug)]
pub(super) enum Checked {
    /// Under which name, and which way it goes.
    New(Slug, Box<Route>),
    Again(Box<Account>),
}

/// Finds out before anything is asked of Telegram whether the sign-in could be kept.
///
/// # Errors
/// If the name is none, is taken, or is missing; if the number is an account's of this home; if the
/// proxy is another account's.
pub(super) fn check(
    unit: &dyn Unit,
    sealer: &Sealer,
    target: Target<'_>,
    phone: Option<&PhoneNumber>,
) -> Result<Checked, AppError> {
    let name = named::slug(target.name())?;
    let Target::New { proxy, .. } = target else {
        return Ok(Checked::Again(Box::new(named::account(unit, &name)?)));
    };
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
        None => {
            let proxy = proxy.map(named::slug).transpose()?;
            Ok(Checked::New(name, Box::new(free_route(unit, sealer, proxy.as_ref())?)))
        }
    }
}

impl Checked {
    /// Which way its connections go.
    pub(super) fn way(self) -> LoginWay {
        match self {
            Self::New(_, route) => LoginWay::Route(*route),
            Self::Again(account) => LoginWay::Of(account.id),
        }
    }
}

/// Whether the account could be kept, before anything is asked of Telegram; which way it goes. An
/// account of the home is borrowed for it.
///
/// # Errors
/// Those of [`check`]; if a running engine does not let go of it.
pub(super) async fn looked_up(
    app: &App,
    act: &Act<'_>,
    loans: &Loans,
    target: Target<'_>,
    phone: Option<PhoneNumber>,
) -> Result<LoginWay, AppError> {
    let (target, sealer) = (target.owned(), Arc::clone(&app.sealer));
    let look =
        move |unit: &mut dyn Unit| Ok(check(unit, &sealer, target.target(), phone.as_ref())?.way());
    let way = act.read(look).await?;
    if let LoginWay::Of(account) = &way {
        let borrowed = loans.borrow(*account, Wish::Have).await;
        act.judged(borrowed).await?;
    }
    Ok(way)
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
