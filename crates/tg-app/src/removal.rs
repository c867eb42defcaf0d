//! Taking an account out of the home: signed out at Telegram, its session forgotten, what it left in
//! doubt handed to a person. Its row stays, because the ledger names it.

use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::loans::Loans;
use crate::permissions::Permission;
use crate::{accounts, json, named};
use std::sync::Arc;
use tg_core::account::AccountEvent;
use tg_core::failure::{Failure, FailureClass};
use tg_core::ids::AccountId;
use tg_core::ports::{LoginDesk, LoginError, LoginWay, Session, Wish};
use tg_security::SealedSessions;

/// How many rows one transaction ends.
const CHUNK: usize = 1_000;

/// Removes an account. With a `desk` it is signed out at Telegram first; without one its session is
/// only forgotten here, and whoever has a copy of it may go on using it. Its proxy becomes a spare.
///
/// # Errors
/// If there is none of that name; if Telegram could not be asked to sign it out: then nothing was
/// changed.
pub async fn remove(
    app: &App,
    actor: &Actor,
    desk: Option<&dyn LoginDesk>,
    loans: &Loans,
    name: &str,
) -> Result<json::AccountDetail, AppError> {
    let act = Act::begin(app, actor, Permission::AccountRemove, "account", Some(name)).await?;
    let name = named::slug(name)?;
    let (slug, sealer) = (name.clone(), Arc::clone(&app.sealer));
    let (id, session) = act
        .read(move |unit| {
            let account = named::account(unit, &slug)?;
            let sealed = unit.session(account.id)?;
            let open = |sealed| SealedSessions::open(&sealer, account.id, &sealed);
            Ok((account.id, sealed.map(open).transpose()?))
        })
        .await?;
    // A running engine lets go of it first, and what it has in hand is settled.
    let borrowed = loans.borrow(id, Wish::Have).await;
    act.judged(borrowed).await?;
    if let (Some(desk), Some(session)) = (desk, session) {
        sign_out(desk, id, session).await?;
    }
    abandon(app, &name).await?;
    act.write(move |unit, at| {
        let account = named::account(unit, &name)?;
        let state = account.state.next(&AccountEvent::Remove).map_err(|refusal| {
            AppError::refused("wrong_state", format!("account \"{name}\": {refusal}"))
        })?;
        unit.set_account_state(account.id, &state, at)?;
        unit.forget_session(account.id)?;
        if account.exit.proxy.is_some() {
            // Nobody goes through it any more: it is a spare.
            unit.set_exit(account.id, None, at)?;
        }
        // Rows that were claimed since.
        unit.abandon_claims(account.id, at, CHUNK)?;
        let account = named::account(unit, &name)?;
        Ok((accounts::detail(unit, &account, at)?, "removed".to_owned()))
    })
    .await
}

/// What may be on its way can never be repeated by anybody else: a person decides about it.
async fn abandon(app: &App, name: &tg_core::ids::Slug) -> Result<(), AppError> {
    loop {
        let (slug, now) = (name.clone(), app.clock.now());
        let ended: Result<u64, AppError> = app
            .store
            .write(move |unit| {
                let account = named::account(unit, &slug)?;
                Ok(unit.abandon_claims(account.id, now, CHUNK)?)
            })
            .await;
        if ended? == 0 {
            return Ok(());
        }
    }
}

async fn sign_out(
    desk: &dyn LoginDesk,
    account: AccountId,
    session: Session,
) -> Result<(), AppError> {
    let line = desk.open(LoginWay::Of(account), session).await.map_err(|error| unasked(&error))?;
    let result = line.log_out().await;
    line.close().await;
    match result {
        Ok(()) => Ok(()),
        // It is not signed in any more: that is what was wanted.
        Err(LoginError::Failed(failure)) if !matches!(failure.class, FailureClass::Ambiguous) => {
            Ok(())
        }
        Err(LoginError::Failed(failure)) => Err(unasked(&failure)),
        Err(_) => Ok(()),
    }
}

fn unasked(failure: &Failure) -> AppError {
    AppError::remote(failure)
        .advise("nothing was changed; `--keep-session` removes it without asking Telegram")
}
