//! The home's identity, the run epoch that fences predecessors, and the claim counter.

use crate::rows::uuid;
use crate::unit::SqliteUnit;
use tg_core::ids::Epoch;
use tg_core::ports::StoreError;
use uuid::Uuid;

impl SqliteUnit<'_> {
    pub(super) fn home_identity(&self) -> Result<Uuid, StoreError> {
        self.one("reading the home's identity", "SELECT home FROM meta", [], |row| uuid(row, 0))
    }

    pub(super) fn raise_epoch(&mut self) -> Result<Epoch, StoreError> {
        self.one(
            "beginning a run",
            "UPDATE meta SET epoch = epoch + 1 RETURNING epoch",
            [],
            |row| row.get(0),
        )
        .map(Epoch)
    }

    /// Refuses whoever is not the current run.
    pub(crate) fn fence(&self, epoch: Epoch) -> Result<(), StoreError> {
        let current: i64 =
            self.one("reading the run", "SELECT epoch FROM meta", [], |row| row.get(0))?;
        if current == epoch.0 { Ok(()) } else { Err(StoreError::Fenced) }
    }

    /// Counts a claim; the mark outside the database follows the commit.
    pub(crate) fn count_claim(&self) -> Result<(), StoreError> {
        self.execute("counting a claim", "UPDATE meta SET claim_counter = claim_counter + 1", [])?;
        self.after.claimed.set(true);
        Ok(())
    }
}
