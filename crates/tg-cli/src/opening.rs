//! What a person is told when a home cannot be opened.

use crate::env;
use crate::error::CliError;
use crate::exit::Exit;
use tg_security::{HomeKeyError, KeyError};
use tg_store::{LockError, OpenError};

impl From<LockError> for CliError {
    fn from(error: LockError) -> Self {
        match &error {
            LockError::Held { .. } => Self::new(Exit::InUse, "in_use", error.to_string())
                .hint("one engine per home: end that process, or wait for it"),
            LockError::Io { source, .. } => {
                Self::new(Exit::Failed, "home_lock", error.to_string()).because(source)
            }
        }
    }
}

impl From<OpenError> for CliError {
    fn from(error: OpenError) -> Self {
        let failed = |code| Self::new(Exit::Failed, code, error.to_string());
        match error {
            OpenError::Store(error) => error.into(),
            OpenError::Locked(lock) => Self::from(lock),
            OpenError::Missing(_) => failed("no_database")
                .hint("restore the file from a backup, or make a new home with `tg init`"),
            OpenError::Exists(_) => failed("database_exists"),
            OpenError::NotOurs(_) => failed("not_a_database")
                .hint("restore the file from a backup, or move it away and run `tg init`"),
            OpenError::Io { ref source, .. } => failed("database_io").because(source),
            OpenError::NoRuntime => failed("internal"),
        }
    }
}

impl From<KeyError> for CliError {
    fn from(error: KeyError) -> Self {
        let failed = |code| Self::new(Exit::Failed, code, error.to_string());
        match &error {
            KeyError::Missing(_) => failed("no_key")
                .hint(format!("restore the file from a backup, or set {}", env::MASTER_KEY.name)),
            KeyError::Exposed { path, .. } => {
                failed("key_exposed").hint(format!("chmod 600 {}", path.display()))
            }
            KeyError::Malformed { .. } | KeyError::NotAFile(_) => {
                failed("bad_key").hint("restore the key from a backup")
            }
            KeyError::Io { source, .. } => failed("key_io").because(source),
            KeyError::Locked { .. } => {
                failed("bad_key").hint("a key in a variable stands there as it is: 64 hex digits")
            }
            KeyError::WrongPassphrase { .. } => failed("wrong_passphrase")
                .hint(format!("type it again, or correct {}", env::PASSPHRASE.name)),
            KeyError::WeakPassphrase => {
                Self::new(Exit::Usage, "weak_passphrase", error.to_string())
                    .hint("several words that do not belong together are easy to keep in mind")
            }
            KeyError::Exists(_) | KeyError::Entropy | KeyError::Derivation(_) => failed("key"),
        }
    }
}

impl From<HomeKeyError> for CliError {
    fn from(error: HomeKeyError) -> Self {
        let failed = Self::new(Exit::Failed, "home_key", error.to_string());
        match &error {
            HomeKeyError::Store(store) => store.clone().into(),
            HomeKeyError::Seal(seal) => {
                failed.because(seal).hint("is this the master key that the home was made with?")
            }
            HomeKeyError::Length(_) | HomeKeyError::Missing | HomeKeyError::Exists => failed,
        }
    }
}
