//! The port of numbers that are being signed in.

use crate::sessions::sealed;
use crate::unit::{SqliteUnit, missing};
use rusqlite::params;
use tg_core::peer::PhoneNumber;
use tg_core::ports::{Reservation, SealedRecord, SignInStore, StoreError};
use tg_core::time::Timestamp;

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
