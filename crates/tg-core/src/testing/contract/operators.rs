//! Who may use the home, and who tried in vain.

use super::Make;
use super::home::{Home, NOW, slug};
use crate::ids::OperatorId;
use crate::operator::{ApiKey, Failures, Role, SignIn};
use crate::ports::StoreError;
use crate::time::Timestamp;
use std::time::Duration;

fn key(id: &str, operator: OperatorId) -> ApiKey {
    ApiKey {
        id: id.to_owned(),
        operator,
        proof: [7; 32],
        scope: "campaign".to_owned(),
        created_at: NOW,
        expires_at: Some(NOW + Duration::from_secs(60)),
        revoked_at: None,
        used_at: None,
    }
}

fn anna(home: &Home) -> OperatorId {
    home.write(|unit| unit.add_operator(&slug("anna"), Role::Viewer, NOW))
}

/// One operator per name; role and state are what was written last.
pub fn an_operator_has_one_name_and_one_role(make: &Make) {
    let home = Home::new(make);
    let id = anna(&home);
    let again = home.try_write(|unit| unit.add_operator(&slug("anna"), Role::Admin, NOW));
    let taken = StoreError::Taken { what: "operator", name: "anna".to_owned() };
    assert_eq!(again, Err(taken));
    home.write(move |unit| {
        unit.set_operator_role(id, Role::Operator)?;
        unit.disable_operator(id, Some(NOW))
    });
    let all = home.read(|unit| unit.operators());
    assert_eq!(all.len(), 1);
    assert_eq!((all[0].id, all[0].role, all[0].disabled_at), (id, Role::Operator, Some(NOW)));
    home.write(move |unit| unit.disable_operator(id, None));
    assert_eq!(home.read(|unit| unit.operators())[0].disabled_at, None);
    let nobody = home.try_write(|unit| unit.set_operator_role(OperatorId(9), Role::Admin));
    assert!(matches!(nobody, Err(StoreError::Missing { what: "operator", .. })));
}

/// A key comes back as it was kept, with its use and its end.
pub fn a_key_is_kept_with_its_use_and_end(make: &Make) {
    let home = Home::new(make);
    let id = anna(&home);
    let given = key("k1", id);
    let kept = given.clone();
    home.write(move |unit| unit.add_api_key(&kept));
    assert_eq!(home.read(|unit| unit.api_key("k1")), Some(given.clone()));
    assert_eq!(home.read(|unit| unit.api_key("k2")), None);
    home.write(|unit| {
        unit.api_key_used("k1", Timestamp(5))?;
        unit.revoke_api_key("k1", Timestamp(6))
    });
    let ended = ApiKey { used_at: Some(Timestamp(5)), revoked_at: Some(Timestamp(6)), ..given };
    assert_eq!(home.read(move |unit| unit.api_keys(Some(id))), vec![ended.clone()]);
    assert_eq!(home.read(|unit| unit.api_keys(None)), [ended]);
    assert!(home.read(|unit| unit.api_keys(Some(OperatorId(9)))).is_empty());
    let unknown = home.try_write(|unit| unit.revoke_api_key("k2", NOW));
    assert!(matches!(unknown, Err(StoreError::Missing { what: "key", .. })));
}

/// A sign-in is kept until it ends; those that ended are forgotten.
pub fn a_sign_in_is_kept_until_it_ends(make: &Make) {
    let home = Home::new(make);
    let id = anna(&home);
    let sign_in = |name: &str, end| SignIn {
        id: name.to_owned(),
        key: "k1".to_owned(),
        proof: [9; 32],
        created_at: NOW,
        expires_at: end,
        idle: Duration::from_secs(600),
        seen_at: NOW,
    };
    let (short, long) =
        (sign_in("s1", NOW + Duration::from_secs(1)), sign_in("s2", Timestamp::NEVER));
    let (given, later) = (short.clone(), long.clone());
    home.write(move |unit| {
        unit.add_api_key(&key("k1", id))?;
        unit.add_sign_in(&given, NOW)
    });
    assert_eq!(home.read(|unit| unit.sign_in("s1")), Some(short));
    home.write(move |unit| unit.add_sign_in(&later, NOW + Duration::from_secs(1)));
    assert_eq!(home.read(|unit| unit.sign_in("s1")), None);
    home.write(|unit| unit.sign_in_seen("s2", Timestamp(7)));
    let seen = SignIn { seen_at: Timestamp(7), ..long };
    assert_eq!(home.read(|unit| unit.sign_in("s2")), Some(seen));
    home.write(|unit| {
        unit.end_sign_in("s2")?;
        unit.end_sign_in("s2")
    });
    assert_eq!(home.read(|unit| unit.sign_in("s2")), None);
}

/// Failures are remembered per subject, and not for ever.
pub fn failures_are_remembered_for_a_while(make: &Make) {
    let home = Home::new(make);
    let old = Failures { count: 3, last_at: Timestamp(10) };
    let new = Failures { count: 1, last_at: Timestamp(20) };
    home.write(move |unit| unit.put_failures("source:a", old, Timestamp(0)));
    home.write(move |unit| unit.put_failures("source:b", new, Timestamp(10)));
    assert_eq!(home.read(|unit| unit.failures("source:a")), Some(old));
    home.write(move |unit| unit.put_failures("source:b", new, Timestamp(11)));
    assert_eq!(home.read(|unit| unit.failures("source:a")), None);
    assert_eq!(home.read(|unit| unit.failures("source:b")), Some(new));
}

/// Whether a sign-in is required is the home's to remember.
pub fn a_required_sign_in_is_remembered(make: &Make) {
    let home = Home::new(make);
    for required in [false, true, false] {
        home.write(move |unit| unit.require_sign_in(required));
        assert_eq!(home.read(|unit| unit.sign_in_required()), required);
    }
}
