//! Numbers that are being signed in.

use super::Make;
use super::home::Home;
use crate::peer::PhoneNumber;
use crate::ports::{Reservation, SealedRecord, StoreError};
use crate::time::Timestamp;

const FREE: Reservation = Reservation::Ours { left: None };

fn number() -> PhoneNumber {
    PhoneNumber::from_e164("+99966200001").expect("is E.164")
}

fn reserve(home: &Home, run: i64, until: i64, at: i64) -> Reservation {
    home.write(move |unit| unit.reserve_number(&number(), run, Timestamp(until), Timestamp(at)))
}

/// The second sign-in of a number is turned away until the first has ended or its time is over.
pub fn a_number_is_reserved_by_one_sign_in(make: &Make) {
    let home = Home::new(make);
    assert_eq!(reserve(&home, 1, 100, 0), FREE);
    assert_eq!(reserve(&home, 1, 200, 99), Reservation::Taken);
    assert_eq!(reserve(&home, 1, 200, 100), FREE);
    home.write(|unit| unit.release_number(&number(), 1));
    assert_eq!(reserve(&home, 1, 300, 101), FREE);
}

/// Another run holds the home's lock, so whoever held the number is gone; the keys stay.
pub fn a_reservation_dies_with_its_run_and_leaves_its_keys(make: &Make) {
    let home = Home::new(make);
    let keys = SealedRecord { bytes: vec![1, 2], key_version: 1 };
    assert_eq!(reserve(&home, 1, 100, 0), FREE);
    let given = keys.clone();
    home.write(move |unit| unit.keep_sign_in(&number(), 1, &given));
    assert_eq!(reserve(&home, 2, 100, 1), Reservation::Ours { left: Some(keys.clone()) });
    let kept: Result<(), StoreError> =
        home.try_write(move |unit| unit.keep_sign_in(&number(), 1, &keys));
    assert!(matches!(kept, Err(StoreError::Missing { .. })));
    home.write(|unit| unit.release_number(&number(), 1));
    assert_eq!(reserve(&home, 2, 100, 2), Reservation::Taken);
    home.write(|unit| unit.release_number(&number(), 2));
    assert_eq!(reserve(&home, 3, 100, 3), FREE);
}
