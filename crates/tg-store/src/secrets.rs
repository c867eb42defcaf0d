//! The port of sealed secrets: ciphertext in, ciphertext out.

use crate::sessions::sealed;
use crate::unit::SqliteUnit;
use rusqlite::params;
use tg_core::ports::{SealedRecord, SecretBlobs, StoreError};

impl SecretBlobs for SqliteUnit<'_> {
    fn put_secret(&mut self, name: &str, sealed: &SealedRecord) -> Result<(), StoreError> {
        self.fits(sealed)?;
        self.execute(
            "keeping a secret",
            "INSERT INTO secrets (name, sealed, key_version) VALUES (?1, ?2, ?3)
             ON CONFLICT DO UPDATE SET sealed = excluded.sealed,
                 key_version = excluded.key_version",
            params![name, sealed.bytes, sealed.key_version],
        )
        .map(|_| ())
    }

    fn secret(&self, name: &str) -> Result<Option<SealedRecord>, StoreError> {
        self.optional(
            "reading a secret",
            "SELECT sealed, key_version FROM secrets WHERE name = ?1",
            [name],
            sealed,
        )
    }
}
