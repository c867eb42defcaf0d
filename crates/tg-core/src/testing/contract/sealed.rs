//! Ciphertext: what goes in comes out.

use super::Make;
use super::home::Home;
use crate::peer::PhoneNumber;
use crate::ports::{SealedRecord, SealedVersion, StoreError, VersionState};
use crate::time::Timestamp;

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
    home.write(move |unit| unit.forget_session(one));
    assert_eq!(home.read(move |unit| unit.session(one)), None);
}

/// One secret per name, the last one.
pub fn secrets_are_replaced(make: &Make) {
    let home = Home::new(make);
    for record in [sealed(1, 1), sealed(2, 1)] {
        let given = record.clone();
        home.write(move |unit| unit.put_secret("api_hash", &given));
        assert_eq!(home.read(|unit| unit.secret("api_hash")), Some(record));
    }
    assert_eq!(home.read(|unit| unit.secret("other")), None);
}

fn number() -> PhoneNumber {
    PhoneNumber::from_e164("+491511234567").expect("a phone number")
}

fn version(name: &str, version: u32, state: VersionState) -> SealedVersion {
    let byte = u8::try_from(version).unwrap_or(u8::MAX);
    SealedVersion {
        name: name.to_owned(),
        version,
        state,
        sealed: sealed(byte, 1),
        set_at: Timestamp(i64::from(version)),
    }
}

/// At most one version in each state, each under its number.
pub fn versions_of_a_secret_stand_beside_each_other(make: &Make) {
    let home = Home::new(make);
    let old = version("telegram.api_hash", 2, VersionState::Current);
    let new = version("telegram.api_hash", 3, VersionState::Pending);
    let other = version("gemini.api_key", 1, VersionState::Current);
    for row in [&new, &old, &other] {
        let row = row.clone();
        home.write(move |unit| unit.put_version(&row));
    }
    assert_eq!(home.read(|u| u.versions("telegram.api_hash")), [old.clone(), new.clone()]);
    assert_eq!(home.read(|u| u.all_versions()), [other.clone(), old, new.clone()]);
    assert_eq!(home.read(|u| u.versions("nothing")), []);
    // A second one in the same state is refused until the first has gone.
    let taken = SealedVersion { state: VersionState::Current, ..new };
    let again = taken.clone();
    assert!(home.try_write(move |unit| unit.put_version(&again)).is_err());
    assert!(home.write(|unit| unit.remove_version("telegram.api_hash", 2)));
    assert!(!home.write(|unit| unit.remove_version("telegram.api_hash", 2)));
    let kept = taken.clone();
    home.write(move |unit| unit.put_version(&kept));
    assert_eq!(home.read(|u| u.all_versions()), [other, taken]);
}

/// A new master key replaces everything at once; what is under the old one is kept out from then on.
pub fn a_new_master_key_replaces_everything(make: &Make) {
    let home = Home::new(make);
    let (one, two) = (home.account("one", 1), home.account("two", 2));
    let secret = version("gemini.api_key", 1, VersionState::Current);
    let given = secret.clone();
    home.write(move |unit| {
        unit.put_secret("random_id_key", &sealed(1, 1))?;
        unit.put_version(&given)?;
        unit.put_session(two, &sealed(3, 1))?;
        unit.put_session(one, &sealed(2, 1))?;
        unit.reserve_number(&number(), 1, Timestamp(100), Timestamp(0))?;
        unit.keep_sign_in(&number(), 1, &sealed(9, 1))
    });
    let mut all = home.read(|unit| unit.sealed_home());
    assert_eq!(all.secrets, [("random_id_key".to_owned(), sealed(1, 1))]);
    assert_eq!(all.versions, [secret]);
    assert_eq!(all.sessions, [(one, sealed(2, 1)), (two, sealed(3, 1))]);
    assert_eq!(all.sign_ins, [(number(), sealed(9, 1))]);
    all.secrets[0].1 = sealed(4, 2);
    all.versions[0].sealed = sealed(5, 2);
    all.sessions[0].1 = sealed(6, 2);
    all.sessions[1].1 = sealed(7, 2);
    all.sign_ins[0].1 = sealed(10, 2);
    all.secrets.push(("audit_key".to_owned(), sealed(8, 2)));
    let given = all.clone();
    home.write(move |unit| unit.reseal_home(&given));
    all.secrets.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(home.read(|unit| unit.sealed_home()), all);
    let late = |result: Result<(), StoreError>| assert_eq!(result, Err(StoreError::KeyReplaced));
    late(home.try_write(move |unit| unit.put_session(one, &sealed(1, 1))));
    late(home.try_write(|unit| unit.put_secret("random_id_key", &sealed(1, 1))));
    let stale = version("gemini.api_key", 2, VersionState::Pending);
    late(home.try_write(move |unit| unit.put_version(&stale)));
    late(home.try_write(|unit| unit.keep_sign_in(&number(), 1, &sealed(9, 1))));
    home.write(move |unit| unit.put_session(one, &sealed(1, 2)));
}
