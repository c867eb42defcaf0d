//! From what SQLite reports to what the ports promise. No value of a row ever enters a message.

use crate::lock::LockError;
use rusqlite::ErrorCode;
use std::path::PathBuf;
use std::time::Duration;
use tg_core::ports::StoreError;

/// Why a home's database could not be opened or made.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is no such file.
    #[error("there is no database at {0}")]
    Missing(PathBuf),
    /// A new database was asked for, and there is one.
    #[error("there is a database at {0} already")]
    Exists(PathBuf),
    /// The file is no SQLite database, or one of another program.
    #[error("{0} is not a database of this program")]
    NotOurs(PathBuf),
    /// The schema has to be migrated, or the file made, and another process has the home.
    #[error("the database has to be changed by one process alone")]
    Locked(#[source] LockError),
    /// The file system refused.
    #[error("{path} could not be used")]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A threaded store was opened outside of a runtime.
    #[error("a threaded store needs a tokio runtime")]
    NoRuntime,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whether SQLite gave up waiting for somebody else's lock.
pub(crate) fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

/// Whether a unique index refused a row.
pub(crate) fn is_taken(error: &rusqlite::Error) -> bool {
    use rusqlite::ffi::{SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE};
    matches!(error, rusqlite::Error::SqliteFailure(failure, _)
        if [SQLITE_CONSTRAINT_UNIQUE, SQLITE_CONSTRAINT_PRIMARYKEY].contains(&failure.extended_code))
}

/// Translates an error. `deadline` is how long a busy database was waited for.
pub(crate) fn translate(
    doing: &'static str,
    deadline: Duration,
    error: &rusqlite::Error,
) -> StoreError {
    if is_busy(error) {
        return StoreError::Busy(deadline);
    }
    let detail = match error {
        // SQLite names tables and columns here, never values.
        rusqlite::Error::SqliteFailure(failure, Some(text)) => {
            format!("{text} (code {})", failure.extended_code)
        }
        rusqlite::Error::SqliteFailure(failure, None) => failure.to_string(),
        rusqlite::Error::SqlInputError { error, msg, .. } => {
            format!("{msg} (code {})", error.extended_code)
        }
        rusqlite::Error::QueryReturnedNoRows => "the row is missing".to_owned(),
        rusqlite::Error::FromSqlConversionFailure(_, _, source)
        | rusqlite::Error::ToSqlConversionFailure(source) => source.to_string(),
        rusqlite::Error::InvalidColumnType(column, name, kind) => {
            format!("column {column} ({name}) holds an unexpected {kind}")
        }
        rusqlite::Error::IntegralValueOutOfRange(column, _) => {
            format!("column {column} holds a number out of range")
        }
        other => format!("unexpected: {}", kind_of(other)),
    };
    StoreError::Backend { doing, detail }
}

/// The variant's name: its `Display` might carry a value.
fn kind_of(error: &rusqlite::Error) -> String {
    let debug = format!("{error:?}");
    debug.chars().take_while(char::is_ascii_alphanumeric).collect()
}
