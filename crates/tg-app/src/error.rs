//! Why a use case did not do what was asked.

use std::error::Error;
use tg_core::failure::{Failure, FailureClass};
use tg_core::ports::{SessionError, StoreError};
use tg_engine::RunError;

/// What kind of failure it is: the exit code of a command, the status of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It went wrong.
    Failed,
    /// It was asked in a way that is not understood.
    Usage,
    /// Something that was named does not exist.
    NotFound,
    /// Not allowed: permission, consent, state, a taken name.
    Refused,
    /// A remote service failed.
    Remote,
    /// Another process is using the home.
    InUse,
}

/// A failure that a person is told about. `Display` says what happened and why;
/// [`AppError::hint`] says what to do next.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct AppError {
    kind: Kind,
    code: &'static str,
    message: String,
    hint: Option<String>,
    #[source]
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl AppError {
    /// What kind of failure it is.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// A stable name for scripts, in snake case.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// What to do next, if anything is known to help.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    pub(crate) fn new(kind: Kind, code: &'static str, message: impl Into<String>) -> Self {
        Self { kind, code, message: message.into(), hint: None, source: None }
    }

    pub(crate) fn failed(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Kind::Failed, code, message)
    }

    pub(crate) fn usage(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, code, message)
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(Kind::NotFound, "not_found", message)
    }

    pub(crate) fn refused(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Kind::Refused, code, message)
    }

    /// A remote service said no, or nothing.
    pub(crate) fn remote(failure: &Failure) -> Self {
        let told = Self::new(Kind::Remote, "remote", failure.to_string());
        match &failure.class {
            FailureClass::Wait { delay, .. } => {
                told.advise(format!("try again in {} seconds", delay.as_secs()))
            }
            FailureClass::Ambiguous => told.advise("try again; `tg doctor` looks for causes here"),
            _ => told,
        }
    }

    pub(crate) fn advise(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(crate) fn because(mut self, source: impl Error + Send + Sync + 'static) -> Self {
        self.source = Some(Box::new(source));
        self
    }
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        let (kind, code, hint) = match &error {
            StoreError::Taken { .. } => {
                (Kind::Refused, "taken", Some("choose another name; nothing was changed"))
            }
            StoreError::Missing { .. } => (Kind::NotFound, "not_found", None),
            StoreError::Fenced => {
                (Kind::InUse, "fenced", Some("another `tg run` took this home over"))
            }
            StoreError::Busy(_) => (
                Kind::Failed,
                "busy",
                Some("another command is writing; try again when it is done"),
            ),
            StoreError::Newer { .. } => (
                Kind::Refused,
                "newer_home",
                Some("use the version of tg that wrote this home, or a later one"),
            ),
            StoreError::KeyReplaced => (Kind::InUse, "key_replaced", Some("run the command again")),
            StoreError::Refused(_) => (Kind::Failed, "refused_move", None),
            StoreError::Panicked(_) => (Kind::Failed, "internal", None),
            StoreError::Closed => (Kind::Failed, "closed", None),
            StoreError::Backend { .. } => {
                (Kind::Failed, "store", Some("`tg db check` says whether the database is intact"))
            }
        };
        // The store's sentence is the message: naming it as the source as well would say it twice.
        let told = Self::new(kind, code, error.to_string());
        match hint {
            Some(hint) => told.advise(hint),
            None => told,
        }
    }
}

impl From<SessionError> for AppError {
    fn from(error: SessionError) -> Self {
        match error {
            SessionError::Store(error) => error.into(),
            other => Self::failed("session", other.to_string())
                .advise("`tg doctor` says whether the master key is the one of this home"),
        }
    }
}

impl From<RunError> for AppError {
    fn from(error: RunError) -> Self {
        let message = error.to_string();
        match error {
            RunError::Store(error) => error.into(),
            RunError::NoAccountConnected { .. } => {
                Self::new(Kind::Remote, "no_account_connected", message)
                    .advise("`tg account list` shows what holds the accounts back")
            }
            RunError::Config(_) => Self::new(Kind::Remote, "config_refused", message)
                .advise("check the API id and hash: `tg doctor`"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn what_the_store_says_keeps_its_meaning() {
        let cases = [
            (StoreError::Taken { what: "campaign", name: "x".into() }, Kind::Refused, "taken"),
            (StoreError::Missing { what: "account", id: "7".into() }, Kind::NotFound, "not_found"),
            (StoreError::Fenced, Kind::InUse, "fenced"),
            (StoreError::Busy(Duration::from_secs(1)), Kind::Failed, "busy"),
            (StoreError::Newer { found: 9, known: 1 }, Kind::Refused, "newer_home"),
            (StoreError::Closed, Kind::Failed, "closed"),
        ];
        for (store, kind, code) in cases {
            let text = store.to_string();
            let told = AppError::from(store);
            assert_eq!((told.kind(), told.code()), (kind, code));
            assert_eq!(told.to_string(), text);
            assert!(told.source().is_none(), "said once: {text}");
        }
    }

    #[test]
    fn an_engine_that_cannot_reach_telegram_is_a_remote_failure() {
        let waited = Duration::from_secs(60);
        let cases = [
            (
                RunError::NoAccountConnected { waited, last: None },
                Kind::Remote,
                "no_account_connected",
            ),
            (
                RunError::Config(Failure::ambiguous("API_ID_INVALID", "the API id is unknown")),
                Kind::Remote,
                "config_refused",
            ),
            (RunError::Store(StoreError::Fenced), Kind::InUse, "fenced"),
        ];
        for (run, kind, code) in cases {
            let told = AppError::from(run);
            assert_eq!((told.kind(), told.code()), (kind, code));
            assert!(told.hint().is_some());
        }
    }
}
