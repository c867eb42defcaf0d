//! Everything sealed at once, for a new master key, and the guard that keeps values under an old
//! one out.

use crate::unit::SqliteUnit;
use rusqlite::params;
use tg_core::ids::AccountId;
use tg_core::ports::{SealedBlobs, SealedHome, SealedRecord, SessionBlobs, StoreError, VaultBlobs};

/// The tables with sealed values: all of them have to follow a new master key.
#[cfg(test)]
pub(crate) const TABLES: [&str; 4] = ["secrets", "sessions", "sign_ins", "vault"];

impl SqliteUnit<'_> {
    /// Refuses a value that is sealed under another master key than the home's: whoever read the
    /// key before it was replaced would write what nobody can open.
    pub(crate) fn fits(&self, record: &SealedRecord) -> Result<(), StoreError> {
        let other = self.one(
            "asking for the master key",
            "SELECT EXISTS (SELECT 1 FROM secrets WHERE key_version <> ?1)",
            [record.key_version],
            |row| row.get::<_, bool>(0),
        )?;
        if other { Err(StoreError::KeyReplaced) } else { Ok(()) }
    }
}

impl SealedBlobs for SqliteUnit<'_> {
    fn sealed_home(&self) -> Result<SealedHome, StoreError> {
        let secrets = self.all(
            "reading the home's keys",
            "SELECT name, sealed, key_version FROM secrets ORDER BY name",
            [],
            |row| {
                Ok((
                    row.get::<_, String>(0)?,
                    SealedRecord { bytes: row.get(1)?, key_version: row.get(2)? },
                ))
            },
        )?;
        let sessions = self.all(
            "reading the sessions",
            "SELECT account_id, sealed, key_version FROM sessions ORDER BY account_id",
            [],
            |row| {
                Ok((
                    AccountId(row.get(0)?),
                    SealedRecord { bytes: row.get(1)?, key_version: row.get(2)? },
                ))
            },
        )?;
        let sign_ins = self.sealed_sign_ins()?;
        Ok(SealedHome { secrets, versions: self.all_versions()?, sessions, sign_ins })
    }

    fn reseal_home(&mut self, home: &SealedHome) -> Result<(), StoreError> {
        // First the home's own keys: from then on the others fit.
        for (name, record) in &home.secrets {
            self.execute(
                "sealing the home's keys anew",
                "INSERT INTO secrets (name, sealed, key_version) VALUES (?1, ?2, ?3)
                 ON CONFLICT DO UPDATE SET sealed = excluded.sealed,
                     key_version = excluded.key_version",
                params![name, record.bytes, record.key_version],
            )?;
        }
        for version in &home.versions {
            self.put_version(version)?;
        }
        for (account, record) in &home.sessions {
            self.put_session(*account, record)?;
        }
        for (phone, record) in &home.sign_ins {
            self.reseal_sign_in(phone, record)?;
        }
        Ok(())
    }
}
