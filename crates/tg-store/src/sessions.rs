//! The port of sealed sessions: ciphertext in, ciphertext out.

use crate::unit::SqliteUnit;
use rusqlite::{Row, params};
use tg_core::ids::AccountId;
use tg_core::ports::{SealedRecord, SessionBlobs, StoreError};

/// Reads ciphertext and the version of its key from the first two columns.
pub(crate) fn sealed(row: &Row<'_>) -> rusqlite::Result<SealedRecord> {
    Ok(SealedRecord { bytes: row.get(0)?, key_version: row.get(1)? })
}

impl SessionBlobs for SqliteUnit<'_> {
    fn put_session(&mut self, account: AccountId, sealed: &SealedRecord) -> Result<(), StoreError> {
        self.fits(sealed)?;
        self.execute(
            "keeping a session",
            "INSERT INTO sessions (account_id, sealed, key_version) VALUES (?1, ?2, ?3)
             ON CONFLICT DO UPDATE SET sealed = excluded.sealed,
                 key_version = excluded.key_version",
            params![account.0, sealed.bytes, sealed.key_version],
        )
        .map(|_| ())
    }

    fn forget_session(&mut self, account: AccountId) -> Result<(), StoreError> {
        self.execute(
            "forgetting a session",
            "DELETE FROM sessions WHERE account_id = ?1",
            [account.0],
        )
        .map(|_| ())
    }

    fn session(&self, account: AccountId) -> Result<Option<SealedRecord>, StoreError> {
        self.optional(
            "reading a session",
            "SELECT sealed, key_version FROM sessions WHERE account_id = ?1",
            [account.0],
            sealed,
        )
    }
}
