//! What one transaction can reach: the implementation of [`Unit`] over a connection.

use crate::error::{is_taken, translate};
use crate::head::HeadFile;
use crate::import::ImportStatements;
use crate::tx::Savepoint;
use rusqlite::{CachedStatement, Connection, OptionalExtension, Params, Row};
use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use tg_core::ids::{AccountId, UserId};
use tg_core::ports::{AuditKey, StoreError, Unit};

/// What every unit of a store shares.
#[derive(Clone)]
pub(crate) struct Context {
    /// The key of the audit chain.
    pub(crate) audit_key: Arc<dyn AuditKey>,
    /// How long a busy database is waited for.
    pub(crate) busy_deadline: Duration,
    /// The end of the audit chain, outside the database.
    pub(crate) head: Arc<HeadFile>,
}

/// What has to follow a commit, outside of the database.
#[derive(Debug, Default)]
pub(crate) struct After {
    /// The claim counter was raised: the mark follows.
    pub(crate) claimed: Cell<bool>,
    /// Audit rows were appended: the noted head follows.
    pub(crate) audited: Cell<bool>,
    /// The noted head is replaced, whatever it says.
    pub(crate) renewed: Cell<bool>,
}

/// A unit of work over a connection in a transaction.
pub(crate) struct SqliteUnit<'c> {
    pub(crate) conn: &'c Connection,
    pub(crate) context: &'c Context,
    /// What has to follow the commit.
    pub(crate) after: &'c After,
    /// Whom which account knows, as read with candidates: their claims need not look again.
    pub(crate) known: RefCell<HashSet<(UserId, AccountId)>>,
    /// What an import runs for every row.
    pub(crate) importing: RefCell<Option<ImportStatements<'c>>>,
}

impl<'c> SqliteUnit<'c> {
    /// Runs SQL; errors say what was being done, and no values.
    pub(crate) fn run<T>(
        &self,
        doing: &'static str,
        work: impl FnOnce(&'c Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        self.alive(doing)?;
        work(self.conn).map_err(|error| translate(doing, self.context.busy_deadline, &error))
    }

    /// Some failures (a full disk) end the transaction. What a job did after one would be committed
    /// at once, and alone.
    fn alive(&self, doing: &'static str) -> Result<(), StoreError> {
        if self.conn.is_autocommit() {
            let detail = "the transaction has failed".to_owned();
            return Err(StoreError::Backend { doing, detail });
        }
        Ok(())
    }

    /// Runs SQL which adds something with a name of its own.
    pub(crate) fn add<T>(
        &self,
        doing: &'static str,
        what: &'static str,
        name: &str,
        work: impl FnOnce(&'c Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        self.alive(doing)?;
        work(self.conn).map_err(|error| {
            if is_taken(&error) {
                StoreError::Taken { what, name: name.to_owned() }
            } else {
                translate(doing, self.context.busy_deadline, &error)
            }
        })
    }

    /// Takes a statement to run it for many rows.
    pub(crate) fn prepare(
        &self,
        doing: &'static str,
        sql: &str,
    ) -> Result<CachedStatement<'c>, StoreError> {
        self.run(doing, |conn| conn.prepare_cached(sql))
    }

    /// Runs a statement that changes rows.
    pub(crate) fn execute(
        &self,
        doing: &'static str,
        sql: &str,
        params: impl Params,
    ) -> Result<usize, StoreError> {
        self.run(doing, |conn| conn.prepare_cached(sql)?.execute(params))
    }

    /// Reads at most one row.
    pub(crate) fn optional<T>(
        &self,
        doing: &'static str,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, StoreError> {
        self.run(doing, |conn| conn.prepare_cached(sql)?.query_row(params, read).optional())
    }

    /// Reads the one row that is always there.
    pub(crate) fn one<T>(
        &self,
        doing: &'static str,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        self.run(doing, |conn| conn.prepare_cached(sql)?.query_row(params, read))
    }

    /// Reads all rows.
    pub(crate) fn all<T>(
        &self,
        doing: &'static str,
        sql: &str,
        params: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        self.run(doing, |conn| conn.prepare_cached(sql)?.query_map(params, read)?.collect())
    }

    /// Runs `work` behind a savepoint: all of it or nothing.
    pub(crate) fn whole<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let point = self.run("opening a savepoint", Savepoint::open)?;
        let result = work(self)?;
        self.run("closing a savepoint", |_| point.keep())?;
        Ok(result)
    }
}

impl Unit for SqliteUnit<'_> {
    fn savepoint(
        &mut self,
        work: &mut dyn FnMut(&mut dyn Unit) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.whole(|unit| work(unit))
    }
}

/// The error for a row that was asked for by id and is not there.
pub(crate) fn missing(what: &'static str, id: impl ToString) -> StoreError {
    StoreError::Missing { what, id: id.to_string() }
}

/// A limit as SQL takes it.
pub(crate) fn limit(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
