//! Accounts and whom they can address.

use super::Make;
use super::home::{Home, NOW, phone, slug};
use crate::account::AccountState;
use crate::ids::{AccessHash, AccountId, UserId};
use crate::peer::Peer;
use crate::ports::{NewAccount, PeerFact, StoreError};
use crate::time::Timestamp;

fn new(name: &str, user: i64) -> NewAccount {
    NewAccount {
        name: slug(name),
        user_id: UserId(user),
        is_bot: false,
        phone: phone("+4915112345678"),
        loopback: false,
    }
}

/// Neither a name nor a Telegram user is there twice.
pub fn an_account_has_one_name_and_one_user(make: &Make) {
    let home = Home::new(make);
    let id = home.write(|unit| unit.add_account(&new("one", 1), NOW));
    for again in [new("one", 2), new("two", 1)] {
        let name = again.name.to_string();
        let error = home.try_write(move |unit| unit.add_account(&again, NOW));
        assert_eq!(error, Err(StoreError::Taken { what: "account", name }));
    }
    let kept = home.read(|unit| unit.account_named(&slug("one"))).expect("it was added");
    assert_eq!((kept.id, kept.user_id, kept.is_bot, kept.loopback), (id, UserId(1), false, false));
    assert_eq!(kept.phone, phone("+4915112345678"));
    assert_eq!(kept.state, AccountState::Active);
    assert!(home.read(|unit| unit.account_named(&slug("two"))).is_none());
    home.account("a", 3);
    let names: Vec<String> =
        home.read(|unit| unit.accounts()).iter().map(|a| a.name.to_string()).collect();
    assert_eq!(names, ["a", "one"]);
}

/// A state comes back as it went in.
pub fn an_account_keeps_its_state(make: &Make) {
    let home = Home::new(make);
    let id = home.account("one", 1);
    let frozen = |until, appeal: Option<&str>| AccountState::Frozen {
        until,
        appeal: appeal.map(str::to_owned),
    };
    for state in [
        AccountState::Paused,
        AccountState::Quarantined,
        frozen(Some(Timestamp(5)), Some("https://t.me/spambot")),
        frozen(None, None),
        AccountState::Revoked,
        AccountState::Banned,
        AccountState::Active,
    ] {
        let new = state.clone();
        home.write(move |unit| unit.set_account_state(id, &new, NOW));
        let kept = home.read(|unit| unit.account_named(&slug("one"))).expect("it was added");
        assert_eq!(kept.state, state);
    }
    let nobody =
        home.try_write(|unit| unit.set_account_state(AccountId(99), &AccountState::Paused, NOW));
    assert!(matches!(nobody, Err(StoreError::Missing { .. })));
}

/// An access hash is valid for the account that got it and for no other.
pub fn a_peer_belongs_to_an_account(make: &Make) {
    let home = Home::new(make);
    let (one, two) = (home.account("one", 1), home.account("two", 2));
    let user = UserId(77);
    for hash in [AccessHash(i64::MIN), AccessHash(4)] {
        home.write(move |unit| unit.put_peers(one, &[PeerFact { user, hash }]));
        let known = home.read(move |unit| unit.peer(one, user));
        assert_eq!(known, Some(Peer::User { id: user, hash }));
    }
    assert_eq!(home.read(move |unit| unit.peer(two, user)), None);
}
