//! Numbers that are being signed in: one sign-in at a time for each.

use super::{SealedRecord, StoreError};
use crate::peer::PhoneNumber;
use crate::time::Timestamp;

/// What came of asking for a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reservation {
    /// Another sign-in of the same run is at it.
    Taken,
    /// It is ours.
    Ours {
        /// The sealed keys of a sign-in that was cut off: Telegram may have agreed to it.
        left: Option<SealedRecord>,
    },
}

/// Reservations of numbers. Each belongs to one run of a process that holds the home's lock; the
/// reservations of other runs are dead.
pub trait SignInStore {
    /// Reserves a number for `run` until `until` at the longest.
    ///
    /// # Errors
    /// If the store fails.
    fn reserve_number(
        &mut self,
        phone: &PhoneNumber,
        run: i64,
        until: Timestamp,
        at: Timestamp,
    ) -> Result<Reservation, StoreError>;

    /// Keeps the keys of a reserved number's sign-in, before Telegram is told the code: should this
    /// process die between Telegram's answer and the account's row, they are found again.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if `run` does not hold the reservation.
    fn keep_sign_in(
        &mut self,
        phone: &PhoneNumber,
        run: i64,
        sealed: &SealedRecord,
    ) -> Result<(), StoreError>;

    /// Ends a reservation and forgets its keys.
    ///
    /// # Errors
    /// If the store fails.
    fn release_number(&mut self, phone: &PhoneNumber, run: i64) -> Result<(), StoreError>;
}
