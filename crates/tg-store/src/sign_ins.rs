//! The port of numbers that are being signed in.

use crate::rows::{phone, unreadable};
use crate::sessions::sealed;
use crate::unit::{SqliteUnit, missing};
use rusqlite::params;
use tg_core::peer::PhoneNumber;
use tg_core::ports::{Reservation, SealedRecord, SignInStore, StoreError};
use tg_core::time::Timestamp;

impl SqliteUnit<'_> {
    /// The keys of all sign-ins that have some.
    pub(crate) fn sealed_sign_ins(&self) -> Result<Vec<(PhoneNumber, SealedRecord)>, StoreError> {
        self.all(
            "reading sign-ins",
            "SELECT sealed, key_version, phone FROM sign_ins WHERE sealed IS NOT NULL
             ORDER BY phone",
            [],
            |row| {
                let phone = phone(row, 2)?.ok_or_else(|| unreadable("phone number"))?;
                Ok((phone, sealed(row)?))
            },
        )
    }

    /// Replaces the keys of a sign-in by the same under another master key.
    pub(crate) fn reseal_sign_in(
        &self,
        phone: &PhoneNumber,
        record: &SealedRecord,
    ) -> Result<(), StoreError> {
        self.execute(
            "sealing a sign-in anew",
            "UPDATE sign_ins SET sealed = ?2, key_version = ?3 WHERE phone = ?1",
            params![phone.e164(), record.bytes, record.key_version],
        )
        .map(|_| ())
    }
}

impl SignInStore for SqliteUnit<'_> {
    fn reserve_number(
        &mut self,
        phone: &PhoneNumber,
        run: i64,
        until: Timestamp,
        at: Timestamp,
    ) -> Result<Reservation, StoreError> {
        let changed = self.execute(
            "reserving a number",
            "INSERT INTO sign_ins (phone, run, until) VALUES (?1, ?2, ?3)
             ON CONFLICT DO UPDATE SET run = excluded.run, until = excluded.until
                 WHERE run <> excluded.run OR until <= ?4",
            params![phone.e164(), run, until.0, at.0],
        )?;
        if changed == 0 {
            return Ok(Reservation::Taken);
        }
        let left = self.optional(
            "reading a sign-in",
            "SELECT sealed, key_version FROM sign_ins WHERE phone = ?1 AND sealed IS NOT NULL",
            [phone.e164()],
            sealed,
        )?;
        Ok(Reservation::Ours { left })
    }

    fn keep_sign_in(
        &mut self,
        phone: &PhoneNumber,
        run: i64,
        sealed: &SealedRecord,
    ) -> Result<(), StoreError> {
        self.fits(sealed)?;
        let changed = self.execute(
            "keeping a sign-in",
            "UPDATE sign_ins SET sealed = ?3, key_version = ?4 WHERE phone = ?1 AND run = ?2",
            params![phone.e164(), run, sealed.bytes, sealed.key_version],
        )?;
        if changed == 0 { Err(missing("reservation of", phone)) } else { Ok(()) }
    }

    fn release_number(&mut self, phone: &PhoneNumber, run: i64) -> Result<(), StoreError> {
        self.execute(
            "releasing a number",
            "DELETE FROM sign_ins WHERE phone = ?1 AND run = ?2",
            params![phone.e164(), run],
        )
        .map(|_| ())
    }
}
