//! Ciphertext: what goes in comes out.

use super::Make;
use super::home::Home;
use crate::ports::SealedRecord;

fn sealed(byte: u8, key_version: u32) -> SealedRecord {
    SealedRecord { bytes: vec![byte, 0, 255], key_version }
}

/// One session per account, the last one.
pub fn sessions_are_replaced(make: &Make) {
    let home = Home::new(make);
    let (one, two) = (home.account("one", 1), home.account("two", 2));
    for record in [sealed(1, 1), sealed(2, u32::MAX)] {
        let given = record.clone();
        home.write(move |unit| unit.put_session(one, &given));
        assert_eq!(home.read(move |unit| unit.session(one)), Some(record));
    }
    assert_eq!(home.read(move |unit| unit.session(two)), None);
}

/// One secret per name, the last one.
pub fn secrets_are_replaced(make: &Make) {
    let home = Home::new(make);
    for record in [sealed(1, 1), sealed(2, 2)] {
        let given = record.clone();
        home.write(move |unit| unit.put_secret("api_hash", &given));
        assert_eq!(home.read(|unit| unit.secret("api_hash")), Some(record));
    }
    assert_eq!(home.read(|unit| unit.secret("other")), None);
    for _ in 0..2 {
        home.write(|unit| unit.remove_secret("api_hash"));
        assert_eq!(home.read(|unit| unit.secret("api_hash")), None);
    }
}
