//! Persistence in one SQLite file: the only crate that knows SQL. It implements the store ports of
//! `tg-core` and makes no business decision; of secrets and sessions it sees ciphertext only.

mod accounts;
mod alerts;
mod audiences;
mod audit;
mod backup;
mod budgets;
mod campaigns;
mod check;
mod connection;
mod contacts;
mod door;
mod error;
mod filter;
mod foreign;
mod head;
mod health;
mod import;
mod inbox;
mod inline;
mod loans;
mod lock;
mod mark;
mod migrate;
mod operators;
mod outbox;
mod personal;
mod pool;
mod proxies;
mod replies;
mod rows;
mod sealed;
mod secrets;
mod segments;
mod sessions;
mod sign_ins;
mod store;
mod templates;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod tx;
mod unit;
mod vault;
mod waits;
mod writer;

#[cfg(test)]
mod tests;

pub use check::CheckReport;
pub use error::OpenError;
pub use foreign::{ForeignError, read_session_file};
pub use lock::{HomeLock, LockError, SessionLock};
pub use mark::MarkState;
pub use store::{Mode, OpenOptions, SqliteStore};
