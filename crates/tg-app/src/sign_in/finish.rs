//! From "Telegram agreed" to an account of the home: row, sealed session, audit row, in one
//! transaction; or the session is ended at Telegram, so that none is left behind.

use super::target::{Checked, check};
use super::{Desk, Target, Tell};
use crate::act::Act;
use crate::app::App;
use crate::error::AppError;
use crate::{accounts, json, named};
use std::sync::Arc;
use tg_core::account::AccountEvent;
use tg_core::ids::AccountId;
use tg_core::peer::PhoneNumber;
use tg_core::ports::{
    Loan, LoanState, LoginError, LoginWay, NewAccount, Session, SignIn, SignedIn, Unit, Wish,
};
use tg_core::time::Timestamp;
use tg_security::{SealedSessions, Sealer};

/// A sign-in to which Telegram is about to agree, or has.
pub(super) struct Finish<'a> {
    pub(super) app: &'a App,
    pub(super) act: &'a Act<'a>,
    pub(super) desk: Desk<'a>,
    pub(super) line: &'a dyn SignIn,
    pub(super) target: Target<'a>,
    pub(super) tell: Tell<'a>,
    /// The number that is reserved for it, and by which command.
    pub(super) reserved: Option<(&'a PhoneNumber, i64)>,
}

impl Finish<'_> {
    /// Keeps what was signed in, and ends the session that it replaces.
    ///
    /// # Errors
    /// If it is another account than was meant, or cannot be stored; then it was signed out again.
    pub(super) async fn keep(&self, who: SignedIn) -> Result<json::AccountDetail, AppError> {
        let (sealer, target) = (Arc::clone(&self.app.sealer), self.target.owned());
        let reserved = self.reserved.map(|(phone, run)| (phone.clone(), run));
        let (session, borrower) = (who.session.clone(), self.desk.loans.borrower());
        let kept = self
            .act
            .write(move |unit, at| {
                let stored = store(unit, &sealer, target.target(), &who, borrower, at)?;
                if let Some((phone, run)) = &reserved {
                    unit.release_number(phone, *run)?;
                }
                Ok((stored, "signed in".to_owned()))
            })
            .await;
        match kept {
            Ok(stored) => {
                self.end_former(stored.id, stored.former, &session).await;
                Ok(stored.detail)
            }
            Err(error) => {
                self.undo().await;
                Err(error)
            }
        }
    }

    async fn undo(&self) {
        match self.line.log_out().await {
            Ok(()) => (self.tell)(json::LoginNews::plain("signed_out")),
            Err(error) => {
                tracing::warn!(%error, "a sign-in that is not kept could not be ended");
                (self.tell)(json::LoginNews::plain("left_behind"));
            }
        }
    }

    /// The session that was replaced is nobody's any more: it should not stay open at Telegram.
    async fn end_former(&self, account: AccountId, former: Option<Session>, session: &Session) {
        let keys = |session: &Session| session.dcs.iter().map(|dc| dc.key).collect::<Vec<_>>();
        let Some(former) = former.filter(|former| keys(former) != keys(session)) else { return };
        let line = match self.desk.telegram.open(LoginWay::Of(account), former).await {
            Ok(line) => line,
            Err(error) => {
                tracing::info!(%error, "the former session was not ended");
                return;
            }
        };
        if let Err(error) = line.log_out().await {
            tracing::info!(%error, "the former session was not ended; it may have been already");
        }
        line.close().await;
    }
}

/// What was stored, and what it replaced.
struct Stored {
    id: AccountId,
    detail: json::AccountDetail,
    former: Option<Session>,
}

fn store(
    unit: &mut dyn Unit,
    sealer: &Sealer,
    target: Target<'_>,
    who: &SignedIn,
    borrower: i64,
    at: Timestamp,
) -> Result<Stored, AppError> {
    let mut former = None;
    let (id, name) = match check(unit, sealer, target, None)? {
        Checked::New(name, route) => {
            let known = unit.accounts()?.into_iter().find(|known| known.user_id == who.user_id);
            if let Some(known) = known {
                return Err(AppError::refused(
                    "account_conflict",
                    format!(
                        "Telegram user {} is in this home already, as \"{}\"",
                        who.user_id, known.name
                    ),
                )
                .advise(format!("`tg account login {}` signs it in again", known.name)));
            }
            let loopback = who.session.dcs.iter().all(|dc| dc.addr.ip().is_loopback());
            let new = NewAccount {
                name: name.clone(),
                user_id: who.user_id,
                is_bot: who.is_bot,
                phone: who.phone.clone(),
                loopback,
            };
            let id = unit.add_account(&new, at)?;
            // Its session is open here: a running engine takes it up when that has ended.
            let (wish, state) = (Wish::Have, LoanState::Lent);
            unit.put_loan(&Loan { account: id, borrower, wish, state })?;
            if let Some(proxy) = &route.proxy {
                // It was nowhere else: there is nothing to wait for.
                unit.set_exit(id, Some(proxy.id), at)?;
            }
            (id, name)
        }
        Checked::Again(account) => {
            if account.user_id != who.user_id {
                return Err(AppError::refused(
                    "wrong_identity",
                    format!(
                        "\"{}\" is Telegram user {}, but user {} signed in",
                        account.name, account.user_id, who.user_id
                    ),
                )
                .advise("add the other one under a name of its own with `tg account add`"));
            }
            let state = account.state.next(&AccountEvent::SignedIn).map_err(|refusal| {
                AppError::refused("wrong_state", format!("account \"{}\": {refusal}", account.name))
            })?;
            unit.set_account_state(account.id, &state, at)?;
            // One that cannot be opened cannot be ended either.
            let sealed = unit.session(account.id)?;
            former = sealed.and_then(|s| SealedSessions::open(sealer, account.id, &s).ok());
            (account.id, account.name)
        }
    };
    put(unit, sealer, id, who)?;
    let account = named::account(unit, &name)?;
    Ok(Stored { id, detail: accounts::detail(unit, &account, at)?, former })
}

fn put(
    unit: &mut dyn Unit,
    sealer: &Sealer,
    id: AccountId,
    who: &SignedIn,
) -> Result<(), AppError> {
    let sealed = SealedSessions::seal(sealer, id, &who.session)?;
    Ok(unit.put_session(id, &sealed)?)
}

/// What a failed step means for whoever asked.
pub(super) fn failed(error: LoginError) -> AppError {
    let message = error.to_string();
    match error {
        LoginError::NoAccount => AppError::refused("sign_up_required", message)
            .advise("make the account in Telegram's own app first"),
        LoginError::WrongCode | LoginError::ExpiredCode | LoginError::WrongPassword => {
            AppError::refused("login_refused", message)
        }
        LoginError::NoOtherWay => AppError::refused("no_other_way", message),
        LoginError::Failed(failure) => AppError::remote(&failure),
    }
}
