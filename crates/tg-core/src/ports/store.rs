//! One unit of work, and the store that runs it.

use super::{
    AccountStore, AlertStore, AudienceStore, AuditStore, BoxFuture, BudgetStore, CampaignStore,
    ContactStore, DoorStore, HealthStore, InboxStore, LoanStore, OperatorStore, OutboxStore,
    PersonalStore, ProxyStore, ReplyStore, SealedBlobs, SecretBlobs, SegmentStore, SessionBlobs,
    SignInStore, TemplateStore, VaultBlobs, WaitStore,
};
use std::sync::{Arc, Mutex};

/// Why a store could not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// A name is taken.
    #[error("the {what} \"{name}\" exists already")]
    Taken {
        /// What kind of thing.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// A row that was asked for by id does not exist.
    #[error("there is no {what} {id}")]
    Missing {
        /// What kind of thing.
        what: &'static str,
        /// Which.
        id: String,
    },
    /// Another run of the engine has taken over; this one may claim and settle nothing more.
    #[error("another engine has taken over this home")]
    Fenced,
    /// A value is sealed under a master key that the home has no more.
    #[error("the master key was replaced meanwhile; nothing was changed")]
    KeyReplaced,
    /// A delivery refused a move.
    #[error("the delivery machine refused a move: {0}")]
    Refused(#[from] crate::delivery::Refused),
    /// The database was busy for longer than the deadline.
    #[error("the database was busy for longer than {0:?}")]
    Busy(std::time::Duration),
    /// The database was written by a newer version of the program.
    #[error("the home has schema {found}, this program knows {known}")]
    Newer {
        /// What the file says.
        found: i64,
        /// What this program knows.
        known: i64,
    },
    /// The work panicked; its changes were rolled back.
    #[error("the work panicked and was rolled back: {0}")]
    Panicked(String),
    /// The store is closed or closing.
    #[error("the store is closed")]
    Closed,
    /// Anything else that the backend reports.
    #[error("{doing}: {detail}")]
    Backend {
        /// What was being done.
        doing: &'static str,
        /// What the backend said.
        detail: String,
    },
}

/// Everything that one transaction can reach.
pub trait Unit:
    AccountStore
    + ContactStore
    + AudienceStore
    + TemplateStore
    + CampaignStore
    + OutboxStore
    + InboxStore
    + ReplyStore
    + WaitStore
    + ProxyStore
    + AlertStore
    + HealthStore
    + SessionBlobs
    + SecretBlobs
    + VaultBlobs
    + SealedBlobs
    + SignInStore
    + BudgetStore
    + LoanStore
    + SegmentStore
    + PersonalStore
    + OperatorStore
    + DoorStore
    + AuditStore
{
    /// Runs `work` so that its changes are undone if it fails, and what came before is kept.
    ///
    /// # Errors
    /// Those of `work`, after its changes were undone.
    fn savepoint(
        &mut self,
        work: &mut dyn FnMut(&mut dyn Unit) -> Result<(), StoreError>,
    ) -> Result<(), StoreError>;
}

/// What becomes of a job's changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Keep them, with everything else of the same commit.
    Commit,
    /// Undo them, and only them.
    Rollback,
}

/// Work for one unit.
pub type WorkJob = Box<dyn FnOnce(&mut dyn Unit) -> Verdict + Send>;

/// Runs units of work.
pub trait Store: Send + Sync {
    /// Runs `job` in a write transaction. Returns after the commit is on disk, or after the job was
    /// undone. Jobs that arrive together may share a commit, each behind a savepoint of its own.
    fn submit(&self, job: WorkJob) -> BoxFuture<'_, Result<(), StoreError>>;

    /// Runs `job` over a consistent snapshot. What it writes is undone.
    fn query(&self, job: WorkJob) -> BoxFuture<'_, Result<(), StoreError>>;

    /// A number that differs after any process changed the database. Cheap enough to ask every
    /// second.
    fn changes(&self) -> BoxFuture<'_, Result<u64, StoreError>>;
}

impl dyn Store + '_ {
    /// Runs `work` in a write transaction: committed if it returns `Ok`, undone otherwise.
    ///
    /// # Errors
    /// Those of `work`; those of the commit.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&mut dyn Unit) -> Result<T, E> + Send + 'static,
    {
        let (job, slot) = typed(work);
        self.submit(job).await?;
        take(&slot)
    }

    /// Runs `work` over a consistent snapshot.
    ///
    /// # Errors
    /// Those of `work`; those of the store.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&mut dyn Unit) -> Result<T, E> + Send + 'static,
    {
        let (job, slot) = typed(work);
        self.query(job).await?;
        take(&slot)
    }
}

type Slot<T, E> = Arc<Mutex<Option<Result<T, E>>>>;

/// Wraps typed work so that it can pass an object-safe trait; its result waits in the slot until
/// the commit is known.
fn typed<T, E, F>(work: F) -> (WorkJob, Slot<T, E>)
where
    T: Send + 'static,
    E: Send + 'static,
    F: FnOnce(&mut dyn Unit) -> Result<T, E> + Send + 'static,
{
    let slot: Slot<T, E> = Arc::new(Mutex::new(None));
    let inner = Arc::clone(&slot);
    let job: WorkJob = Box::new(move |unit| {
        let result = work(unit);
        let verdict = if result.is_ok() { Verdict::Commit } else { Verdict::Rollback };
        if let Ok(mut guard) = inner.lock() {
            *guard = Some(result);
        }
        verdict
    });
    (job, slot)
}

fn take<T, E: From<StoreError>>(slot: &Slot<T, E>) -> Result<T, E> {
    slot.lock()
        .ok()
        .and_then(|mut guard| guard.take())
        .unwrap_or_else(|| Err(StoreError::Closed.into()))
}
