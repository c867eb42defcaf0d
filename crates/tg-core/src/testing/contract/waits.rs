//! What Telegram imposed.

use super::Make;
use super::home::{Home, NOW};
use crate::failure::{Method, WaitScope};
use crate::ids::{AccountId, UserId};
use crate::ports::Wait;
use crate::time::Timestamp;
use std::time::Duration;

fn at(secs: u64) -> Timestamp {
    NOW + Duration::from_secs(secs)
}

fn wait(account: AccountId, scope: WaitScope, user: Option<i64>, until: Timestamp) -> Wait {
    Wait { account, scope, user: user.map(UserId), until, reason: "FLOOD_WAIT".to_owned() }
}

/// Of two waits for the same thing the later end holds, whichever came last.
pub fn the_later_end_holds(make: &Make) {
    let home = Home::new(make);
    let one = home.account("one", 1);
    for secs in [10, 30, 20] {
        let wait = wait(one, WaitScope::Account, None, at(secs));
        home.write(move |unit| unit.put_wait(&wait, NOW));
    }
    let standing = home.read(move |unit| unit.waits(one, NOW));
    assert_eq!(standing, [wait(one, WaitScope::Account, None, at(30))]);
    assert!(home.read(move |unit| unit.waits(one, at(30))).is_empty(), "it has ended");
}

/// Account, method and chat wait apart from each other.
pub fn waits_keep_their_scope(make: &Make) {
    let home = Home::new(make);
    let (one, two) = (home.account("one", 1), home.account("two", 2));
    let all = [
        wait(one, WaitScope::Account, None, at(1)),
        wait(one, WaitScope::Method(Method::Send), None, at(2)),
        wait(one, WaitScope::Method(Method::Resolve), None, at(3)),
        wait(one, WaitScope::Method(Method::History), None, at(4)),
        wait(one, WaitScope::Chat, Some(7), at(5)),
        wait(one, WaitScope::Chat, Some(8), at(6)),
    ];
    let given = all.clone();
    home.write(move |unit| given.iter().try_for_each(|wait| unit.put_wait(wait, NOW)));
    assert_eq!(home.read(move |unit| unit.waits(one, NOW)), all);
    assert!(home.read(move |unit| unit.waits(two, NOW)).is_empty());
}
