//! The one writer: a thread that owns the only connection which writes, and groups the jobs that
//! arrive together into one commit.

use crate::error::translate;
use crate::mark::Mark;
use crate::tx::{Ran, Undo, run_job};
use crate::unit::{After, Context};
use rusqlite::Connection;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use tg_core::ports::{StoreError, WorkJob};
use tokio::sync::{mpsc, oneshot};

/// Jobs that may wait; whoever comes later waits for a place.
const QUEUE: usize = 1024;
/// Jobs in one commit.
const GROUP_JOBS: usize = 64;
/// Changed rows after which a commit takes no further job: other processes wait for the lock.
const GROUP_ROWS: u64 = 5_000;

/// A job and who waits for it.
struct Ask {
    job: WorkJob,
    answer: oneshot::Sender<Result<(), StoreError>>,
}

/// A job that has run, its fate known but for the commit.
struct Held<A> {
    answer: A,
    result: Result<(), StoreError>,
    /// Whether the fate of the commit is this job's.
    kept: bool,
}

/// Runs groups of jobs on a connection: each job behind a savepoint, one commit, then the mark.
pub(crate) struct Committer {
    conn: Connection,
    context: Context,
    mark: Arc<Mutex<Mark>>,
}

impl Committer {
    /// Takes over a connection.
    pub(crate) const fn new(conn: Connection, context: Context, mark: Arc<Mutex<Mark>>) -> Self {
        Self { conn, context, mark }
    }

    /// The connection, for reading outside of jobs.
    pub(crate) const fn conn(&self) -> &Connection {
        &self.conn
    }

    /// What units share.
    pub(crate) const fn context(&self) -> &Context {
        &self.context
    }

    /// Runs `first` and what `more` has at hand in one transaction, and tells everybody once it is
    /// on disk, or failed.
    pub(crate) fn group<A>(
        &self,
        first: (WorkJob, A),
        mut more: impl FnMut() -> Option<(WorkJob, A)>,
        mut tell: impl FnMut(A, Result<(), StoreError>),
    ) {
        if let Err(error) = self.sql("beginning to write", "BEGIN IMMEDIATE") {
            // Whoever queued behind it waited for the same lock; not once more for each.
            tell(first.1, Err(error.clone()));
            while let Some((_, answer)) = more() {
                tell(answer, Err(error.clone()));
            }
            return;
        }
        let undo = Undo(&self.conn);
        let before = self.conn.total_changes();
        let after = After::default();
        let mut group: Vec<Held<A>> = Vec::new();
        let mut next = Some(first);
        while let Some((job, answer)) = next {
            group.push(self.hold(job, answer, &after));
            // A full disk and the like end the transaction under everybody.
            let room = !self.conn.is_autocommit()
                && group.len() < GROUP_JOBS
                && self.conn.total_changes() - before < GROUP_ROWS;
            next = if room { more() } else { None };
        }
        let fate = self.commit(&group, &after);
        drop(undo);
        for held in group {
            let result = if held.kept { fate.clone() } else { held.result };
            tell(held.answer, result);
        }
    }

    fn hold<A>(&self, job: WorkJob, answer: A, after: &After) -> Held<A> {
        let renewed = after.renewed.get();
        let (result, kept) = match run_job(&self.conn, &self.context, after, job) {
            Ran::Kept => (Ok(()), true),
            Ran::Undone => (Ok(()), false),
            Ran::Broke(error) => (Err(error), false),
        };
        if !kept {
            after.renewed.set(renewed);
        }
        Held { answer, result, kept }
    }

    fn commit<A>(&self, group: &[Held<A>], after: &After) -> Result<(), StoreError> {
        if !group.iter().any(|held| held.kept) {
            return Ok(());
        }
        if self.conn.is_autocommit() {
            return Err(StoreError::Backend {
                doing: "committing",
                detail: "the transaction had failed before".to_owned(),
            });
        }
        let counter = if after.claimed.get() { Some(self.counter()?) } else { None };
        self.sql("committing", "COMMIT")?;
        if after.audited.get() || after.renewed.get() {
            // The change is committed and stays so: a note that lags is caught up by the next one.
            if let Err(error) = self.context.head.follow(&self.conn, after.renewed.get()) {
                tracing::error!(%error, "the end of the audit log could not be noted");
            }
        }
        // The claims are committed; without the mark they stay claimed and unsent, which is safe.
        match counter {
            Some(counter) => self.write_mark(counter),
            None => Ok(()),
        }
    }

    /// Makes the mark say what the database says, after a person decided what to do about a
    /// restored one.
    pub(crate) fn write_mark(&self, counter: i64) -> Result<(), StoreError> {
        self.mark.lock().unwrap_or_else(PoisonError::into_inner).write(counter).map_err(|error| {
            StoreError::Backend {
                doing: "recording the number of the last claim",
                detail: error.to_string(),
            }
        })
    }

    fn counter(&self) -> Result<i64, StoreError> {
        self.conn
            .prepare_cached("SELECT claim_counter FROM meta")
            .and_then(|mut statement| statement.query_row([], |row| row.get(0)))
            .map_err(|error| self.error("reading the claim counter", &error))
    }

    fn sql(&self, doing: &'static str, sql: &str) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute([]))
            .map(|_| ())
            .map_err(|error| self.error(doing, &error))
    }

    fn error(&self, doing: &'static str, error: &rusqlite::Error) -> StoreError {
        translate(doing, self.context.busy_deadline, error)
    }

    /// Empties the write-ahead log into the file. Best effort: readers elsewhere may forbid it, and
    /// the log is no less durable than the file.
    pub(crate) fn checkpoint(&self) {
        let done = self.conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        if let Err(error) = done {
            tracing::warn!(%error, "the write-ahead log was not emptied");
        }
    }
}

/// The writer thread, as the rest of the store sees it.
pub(crate) struct Writer {
    sender: Mutex<Option<mpsc::Sender<Ask>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// Starts the thread.
    pub(crate) fn start(committer: Committer) -> std::io::Result<Self> {
        let (sender, receiver) = mpsc::channel(QUEUE);
        let thread = std::thread::Builder::new()
            .name("tg-store-writer".to_owned())
            .spawn(move || serve(&committer, receiver))?;
        Ok(Self { sender: Mutex::new(Some(sender)), thread: Mutex::new(Some(thread)) })
    }

    /// Hands a job over and waits for its fate. Dropped while it waits, the job still runs.
    pub(crate) async fn submit(&self, job: WorkJob) -> Result<(), StoreError> {
        let sender = self.sender.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let (answer, told) = oneshot::channel();
        sender
            .ok_or(StoreError::Closed)?
            .send(Ask { job, answer })
            .await
            .map_err(|_| StoreError::Closed)?;
        told.await.unwrap_or(Err(StoreError::Closed))
    }

    /// Takes no further job; returns the thread, which ends when it has done those it has.
    pub(crate) fn stop(&self) -> Option<JoinHandle<()>> {
        drop(self.sender.lock().unwrap_or_else(PoisonError::into_inner).take());
        self.thread.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if let Some(thread) = self.stop() {
            // A job may own the last handle of its store: then this is the writer itself.
            if thread.thread().id() != std::thread::current().id() && thread.join().is_err() {
                tracing::error!("the writer thread panicked");
            }
        }
    }
}

fn serve(committer: &Committer, mut receiver: mpsc::Receiver<Ask>) {
    while let Some(ask) = receiver.blocking_recv() {
        committer.group(
            (ask.job, ask.answer),
            || receiver.try_recv().ok().map(|ask| (ask.job, ask.answer)),
            // Whoever went away does not want to be told.
            |answer, result| drop(answer.send(result)),
        );
    }
    committer.checkpoint();
}
