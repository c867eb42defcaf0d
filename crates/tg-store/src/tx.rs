//! Savepoints, and jobs behind them: a job that fails or panics undoes itself and nothing else.

use crate::error::translate;
use crate::unit::{After, Context, SqliteUnit};
use rusqlite::Connection;
use std::any::Any;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use tg_core::ports::{StoreError, Verdict, WorkJob};

/// An open savepoint. Dropped without [`Savepoint::keep`], also by a panic, it undoes what came
/// after it. SQLite stacks savepoints of one name, so that one name serves any depth.
pub(crate) struct Savepoint<'c> {
    conn: &'c Connection,
    open: bool,
}

impl<'c> Savepoint<'c> {
    /// Opens a savepoint within the transaction of `conn`.
    pub(crate) fn open(conn: &'c Connection) -> rusqlite::Result<Self> {
        conn.prepare_cached("SAVEPOINT s")?.execute([])?;
        Ok(Self { conn, open: true })
    }

    /// Keeps what came after it, as part of what surrounds it.
    pub(crate) fn keep(mut self) -> rusqlite::Result<()> {
        self.conn.prepare_cached("RELEASE s")?.execute([])?;
        self.open = false;
        Ok(())
    }
}

impl Drop for Savepoint<'_> {
    fn drop(&mut self) {
        // Some failures (a full disk) end the whole transaction: then there is nothing to undo.
        if self.open
            && !self.conn.is_autocommit()
            && let Err(error) = self.conn.execute_batch("ROLLBACK TO s; RELEASE s")
        {
            tracing::error!(%error, "a savepoint could not be undone");
        }
    }
}

/// How a job ended, before anything is committed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Ran {
    /// Its changes wait for the commit.
    Kept,
    /// It asked to be undone, and was.
    Undone,
    /// It could not be run, or panicked, and was undone.
    Broke(StoreError),
}

/// Runs a job behind a savepoint of its own.
pub(crate) fn run_job(conn: &Connection, context: &Context, after: &After, job: WorkJob) -> Ran {
    let sql = |doing, error| Ran::Broke(translate(doing, context.busy_deadline, &error));
    let point = match Savepoint::open(conn) {
        Ok(point) => point,
        Err(error) => return sql("opening a savepoint", error),
    };
    match call(conn, context, after, job) {
        Err(panic) => Ran::Broke(panic),
        Ok(Verdict::Rollback) => Ran::Undone,
        Ok(Verdict::Commit) => match point.keep() {
            Ok(()) => Ran::Kept,
            Err(error) => sql("closing a savepoint", error),
        },
    }
}

/// Runs a job over a snapshot and undoes what it wrote.
pub(crate) fn run_query(
    conn: &Connection,
    context: &Context,
    job: WorkJob,
) -> Result<(), StoreError> {
    let sql = |doing| move |error| translate(doing, context.busy_deadline, &error);
    let undo = Undo(conn);
    conn.execute_batch("BEGIN").map_err(sql("beginning to read"))?;
    let result = call(conn, context, &After::default(), job);
    drop(undo);
    result.map(|_| ())
}

/// Ends a transaction, if one is open, without keeping anything.
pub(crate) struct Undo<'c>(pub(crate) &'c Connection);

impl Drop for Undo<'_> {
    fn drop(&mut self) {
        if !self.0.is_autocommit()
            && let Err(error) = self.0.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "a transaction could not be undone");
        }
    }
}

fn call(
    conn: &Connection,
    context: &Context,
    after: &After,
    job: WorkJob,
) -> Result<Verdict, StoreError> {
    let mut unit = SqliteUnit {
        conn,
        context,
        after,
        known: RefCell::default(),
        importing: RefCell::default(),
    };
    catch_unwind(AssertUnwindSafe(|| job(&mut unit)))
        .map_err(|panic| StoreError::Panicked(panic_text(panic.as_ref())))
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "without a message".to_owned())
}
