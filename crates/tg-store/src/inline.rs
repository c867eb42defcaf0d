//! The store without threads: every job runs on the calling thread, one after the other, so that a
//! run on a virtual clock can be replayed.

use crate::tx::run_query;
use crate::writer::Committer;
use std::sync::{Mutex, PoisonError};
use tg_core::ports::{StoreError, WorkJob};

/// One connection for reading and writing.
pub(crate) struct Inline {
    committer: Mutex<Option<Committer>>,
}

impl Inline {
    /// Takes over the committer.
    pub(crate) const fn new(committer: Committer) -> Self {
        Self { committer: Mutex::new(Some(committer)) }
    }

    /// Runs a job in a commit of its own.
    pub(crate) fn submit(&self, job: WorkJob) -> Result<(), StoreError> {
        self.with(|committer| {
            let mut fate = Err(StoreError::Closed);
            committer.group((job, ()), || None, |(), result| fate = result);
            fate
        })
    }

    /// Runs a job over a snapshot.
    pub(crate) fn query(&self, job: WorkJob) -> Result<(), StoreError> {
        self.with(|committer| run_query(committer.conn(), committer.context(), job))
    }

    /// Ends it: later calls are refused.
    pub(crate) fn close(&self) {
        let taken = self.committer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(committer) = taken {
            committer.checkpoint();
        }
    }

    fn with<T>(
        &self,
        work: impl FnOnce(&Committer) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let guard = self.committer.lock().unwrap_or_else(PoisonError::into_inner);
        work(guard.as_ref().ok_or(StoreError::Closed)?)
    }
}
