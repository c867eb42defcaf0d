//! Asking Telegram how accounts are: each connects, and what comes of it is recorded.

use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::loans::{Borrowed, Loans};
use crate::permissions::Permission;
use crate::{json, named};
use futures_util::StreamExt;
use futures_util::stream;
use tg_core::account::{Account, AccountEvent, AccountState};
use tg_core::failure::{Failure, FailureClass, Refusal};
use tg_core::ports::{Connector, Unit, Wish};

/// How many connect at the same time.
const AT_ONCE: usize = 8;

/// Connects accounts, all of them if none is named, and tells of each when it is known. Those that a
/// running engine has connected are left to it.
///
/// # Errors
/// If one that is named does not exist, before any is connected; the store's failure.
pub async fn check(
    app: &App,
    actor: &Actor,
    connector: &dyn Connector,
    loans: &Loans,
    names: &[String],
    tell: &mut (dyn FnMut(json::AccountCheck) + Send),
) -> Result<(), AppError> {
    let act = Act::begin(app, actor, Permission::AccountCheck, "accounts", None).await?;
    let names: Vec<_> = names.iter().map(|name| named::slug(name)).collect::<Result<_, _>>()?;
    let accounts: Vec<Account> = act
        .read(move |unit| {
            if names.is_empty() {
                let here = |account: &Account| account.state != AccountState::Removed;
                return Ok(unit.accounts()?.into_iter().filter(here).collect());
            }
            names.iter().map(|name| named::account(unit, name)).collect()
        })
        .await?;
    let checks = accounts.into_iter().map(|account| one(app, actor, connector, loans, account));
    let mut checks = stream::iter(checks).buffer_unordered(AT_ONCE);
    while let Some(checked) = checks.next().await {
        tell(checked?);
    }
    Ok(())
}

async fn one(
    app: &App,
    actor: &Actor,
    connector: &dyn Connector,
    loans: &Loans,
    account: Account,
) -> Result<json::AccountCheck, AppError> {
    if loans.borrow(account.id, Wish::Look).await? == Borrowed::Kept {
        loans.give_back(account.id).await;
        return Ok(json::AccountCheck::connected(&account));
    }
    let found = connected(app, actor, connector, account.clone()).await;
    loans.give_back(account.id).await;
    found
}

async fn connected(
    app: &App,
    actor: &Actor,
    connector: &dyn Connector,
    account: Account,
) -> Result<json::AccountCheck, AppError> {
    let failure = match connector.connect(account.id).await {
        Ok(messenger) => {
            messenger.close().await;
            None
        }
        Err(failure) => Some(failure),
    };
    let name = account.name.clone();
    let act =
        Act::begin(app, actor, Permission::AccountCheck, "account", Some(name.as_str())).await?;
    let event = event(&account.state, failure.as_ref());
    let now = act
        .write_if(move |unit, at| match event {
            Some(event) => changed(unit, &name, &event, at),
            None => Ok(None),
        })
        .await?;
    let state = now.unwrap_or(account.state.clone());
    Ok(json::AccountCheck::of(&account, &state, failure.as_ref()))
}

/// What was found out, as something that happens to the account.
fn event(state: &AccountState, failure: Option<&Failure>) -> Option<AccountEvent> {
    match failure.map(|failure| &failure.class) {
        // Its session works, whatever was believed of it.
        None => (*state == AccountState::Revoked).then_some(AccountEvent::SignedIn),
        Some(FailureClass::Refused(Refusal::Account(fault))) => {
            Some(AccountEvent::Fault(fault.clone()))
        }
        Some(_) => None,
    }
}

type Change = Option<(AccountState, String)>;

fn changed(
    unit: &mut dyn Unit,
    name: &tg_core::ids::Slug,
    event: &AccountEvent,
    at: tg_core::time::Timestamp,
) -> Result<Change, AppError> {
    // It may have changed while Telegram was asked.
    let account = named::account(unit, name)?;
    let Ok(next) = account.state.next(event) else { return Ok(None) };
    if next == account.state {
        return Ok(None);
    }
    unit.set_account_state(account.id, &next, at)?;
    let detail = format!("{} to {}", account.state.name(), next.name());
    Ok(Some((next, detail)))
}
