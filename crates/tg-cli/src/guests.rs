//! Commands that open accounts' sessions: alone in the home if no engine runs, else beside it with
//! accounts that it lends them. One such command at a time.

use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::wire::{self, Need, Opened};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tg_app::loans::{EngineRuns, Loans};
use tg_core::ports::Borrowers;
use tg_store::{HomeLock, LockError, SessionLock};

/// The engine looks whether somebody has the sessions' lock, and holds it for that moment.
const LOOKS: u32 = 20;
const LOOK: Duration = Duration::from_millis(50);

/// Opens the home for `work` and gives back what it borrowed.
///
/// # Errors
/// If another command is at it; those of opening and of `work`; a refusal.
pub(crate) async fn with<T>(
    context: &Context,
    need: Need<'_>,
    work: impl AsyncFnOnce(&Opened, &Loans) -> Result<T, CliError>,
) -> Result<T, CliError> {
    context.home.require()?;
    let sessions = match take(context).await {
        Ok(sessions) => sessions,
        Err(held) => {
            // Who may not is refused also while others are at it.
            wire::with(context, async |opened| opened.permit(need).await).await?;
            return Err(held);
        }
    };
    let result = match HomeLock::acquire(context.home.dir()) {
        Ok(lock) => {
            let alone = async |opened: &Opened| {
                served(Loans::alone(opened.app.clone()), opened, work).await
            };
            wire::locked(context, lock, need, alone).await
        }
        Err(LockError::Held { .. }) => {
            let dir = context.home.dir().to_owned();
            let engine: EngineRuns = Arc::new(move || HomeLock::probe(&dir).is_err());
            let beside = async |opened: &Opened| {
                opened.permit(need).await?;
                served(Loans::beside(opened.app.clone(), engine), opened, work).await
            };
            wire::with(context, beside).await
        }
        Err(error) => Err(error.into()),
    };
    drop(sessions);
    result
}

async fn served<T>(
    loans: Loans,
    opened: &Opened,
    work: impl AsyncFnOnce(&Opened, &Loans) -> Result<T, CliError>,
) -> Result<T, CliError> {
    loans.begin().await?;
    let result = work(opened, &loans).await;
    loans.end().await;
    result
}

async fn take(context: &Context) -> Result<SessionLock, CliError> {
    let mut looks = 0;
    loop {
        match SessionLock::acquire(context.home.dir()) {
            Err(LockError::Held { .. }) if looks < LOOKS => looks += 1,
            Err(LockError::Held { pid }) => {
                let who = pid.map_or_else(String::new, |pid| format!(" (process {pid})"));
                let message = format!("another command signs accounts in or looks after them{who}");
                return Err(CliError::new(Exit::InUse, "in_use", message)
                    .hint("one at a time: wait for it to end"));
            }
            other => return Ok(other?),
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Whoever holds the sessions' lock of a home.
pub(crate) struct SessionGuests(PathBuf);

impl SessionGuests {
    /// Of this home.
    pub(crate) fn of(context: &Context) -> Arc<dyn Borrowers> {
        Arc::new(Self(context.home.dir().to_owned()))
    }
}

impl Borrowers for SessionGuests {
    fn any(&self) -> bool {
        SessionLock::is_held(&self.0)
    }
}
