//! The port of the vault: ciphertext in, ciphertext out.

use crate::rows::unreadable;
use crate::unit::SqliteUnit;
use rusqlite::{Row, params};
use tg_core::ports::{SealedRecord, SealedVersion, StoreError, VaultBlobs, VersionState};
use tg_core::time::Timestamp;

fn version(row: &Row<'_>) -> rusqlite::Result<SealedVersion> {
    Ok(SealedVersion {
        name: row.get(0)?,
        version: row.get(1)?,
        state: VersionState::parse(row.get_ref(2)?.as_str()?)
            .ok_or_else(|| unreadable("state of a secret"))?,
        sealed: SealedRecord { bytes: row.get(3)?, key_version: row.get(4)? },
        set_at: Timestamp(row.get(5)?),
    })
}

impl VaultBlobs for SqliteUnit<'_> {
    fn put_version(&mut self, version: &SealedVersion) -> Result<(), StoreError> {
        self.fits(&version.sealed)?;
        self.execute(
            "keeping a secret",
            "INSERT INTO vault (name, version, state, sealed, key_version, set_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (name, version) DO UPDATE SET state = excluded.state,
                 sealed = excluded.sealed, key_version = excluded.key_version,
                 set_at = excluded.set_at",
            params![
                version.name,
                version.version,
                version.state.as_str(),
                version.sealed.bytes,
                version.sealed.key_version,
                version.set_at.0
            ],
        )
        .map(|_| ())
    }

    fn versions(&self, name: &str) -> Result<Vec<SealedVersion>, StoreError> {
        self.all(
            "reading a secret",
            "SELECT name, version, state, sealed, key_version, set_at FROM vault
             WHERE name = ?1 ORDER BY version",
            [name],
            version,
        )
    }

    fn all_versions(&self) -> Result<Vec<SealedVersion>, StoreError> {
        self.all(
            "reading the vault",
            "SELECT name, version, state, sealed, key_version, set_at FROM vault
             ORDER BY name, version",
            [],
            version,
        )
    }

    fn remove_version(&mut self, name: &str, version: u32) -> Result<bool, StoreError> {
        self.execute(
            "removing a secret",
            "DELETE FROM vault WHERE name = ?1 AND version = ?2",
            params![name, version],
        )
        .map(|rows| rows > 0)
    }
}
