//! The facts that a claim is judged by.

use super::Make;
use super::home::{Home, NOW, claim, person, step, stranger};
use crate::consent::Permission;
use crate::delivery::{Event, Reason};
use crate::failure::{FailureClass, WaitScope};
use crate::ids::{AccessHash, UserId};
use crate::peer::Peer;
use crate::time::Timestamp;
use std::time::Duration;

const FREE: Permission = Permission { consented: true, opted_out: false, suppressed: false };

/// Names, fields, and how this account addresses the person.
pub fn a_candidate_carries_person_and_peer(make: &Make) {
    let home = Home::new(make);
    let (one, two) = (home.account("one", 1), home.account("two", 2));
    home.introduce(two, 1..3);
    let mut rich = person(1);
    rich.fields.insert("city".to_owned(), "Ulm".to_owned());
    home.import("list", vec![rich.clone(), stranger(2)]);
    let campaign = home.campaign("spring", "list", &[one, two]);
    home.stage(campaign, &[one]);
    home.set(campaign, crate::campaign::CampaignState::Running);
    let seen = home.candidates(campaign, one);
    assert_eq!(seen.len(), 2);
    assert_eq!((&seen[0].person, seen[0].permission), (&rich, FREE));
    assert_eq!((seen[0].peer, seen[0].attempt, seen[0].twin), (None, 0, None));
    assert_eq!(seen[0].contact, home.contact(1).id);
    home.introduce(one, 1..2);
    let seen = home.candidates(campaign, one);
    assert_eq!(seen[0].peer, Some(Peer::User { id: UserId(1_001), hash: AccessHash(7) }));
    assert_eq!(seen[1].peer, None);
    assert!(home.candidates(campaign, two).is_empty(), "two prefers none of them");
    let most = home.read(move |unit| unit.candidates(campaign, one, NOW, 1));
    assert_eq!(most.len(), 1);
}

/// What forbids it is read in the same statement.
pub fn permission_is_read_with_the_candidate(make: &Make) {
    let home = Home::new(make);
    let one = home.account("one", 1);
    let campaign = home.running("list", &[one], (0..4).map(person).collect());
    home.import_one("other", person(3));
    let ids = [0, 1, 2, 3].map(|n| home.contact(n).id);
    let (list, other) = (home.audience("list"), home.audience("other"));
    home.write(move |unit| {
        unit.opt_out(ids[0], "wrote STOP", NOW)?;
        unit.suppress(ids[1], Some(list), NOW)?;
        unit.suppress(ids[2], None, NOW)?;
        unit.suppress(ids[3], Some(other), NOW)
    });
    let seen: Vec<Permission> =
        home.candidates(campaign, one).into_iter().map(|c| c.permission).collect();
    let suppressed = Permission { suppressed: true, ..FREE };
    assert_eq!(seen, [Permission { opted_out: true, ..FREE }, suppressed, suppressed, FREE]);
}

/// The same person under another contact has said no.
pub fn an_opt_out_is_found_by_user_id(make: &Make) {
    let home = Home::new(make);
    let one = home.account("one", 1);
    let campaign = home.running("list", &[one], vec![stranger(1)]);
    home.import_one("other", person(2));
    let (no, row) = (home.contact(2).id, home.candidates(campaign, one)[0].delivery);
    home.write(move |unit| unit.opt_out(no, "wrote STOP", NOW));
    assert_eq!(home.candidates(campaign, one)[0].permission, FREE, "nobody knows yet");
    home.write(move |unit| unit.identify(row, UserId(1_002)).map(|_| ()));
    assert!(home.candidates(campaign, one)[0].permission.opted_out);
    // And the other way round: the "no" comes after the row was identified.
    let next = home.running("next", &[one], vec![stranger(3)]);
    home.import_one("other", person(4));
    let (row, sayer) = (home.candidates(next, one)[0].delivery, home.contact(3).id);
    home.write(move |unit| unit.identify(row, UserId(1_004)).map(|_| ()));
    home.write(move |unit| unit.opt_out(sayer, "wrote STOP", NOW));
    assert!(home.contact(4).opt_out.is_some(), "known to be the same user");
}

/// Another row that is, or was, for the same Telegram user.
pub fn a_twin_is_reported(make: &Make) {
    let home = Home::new(make);
    let one = home.account("one", 1);
    let campaign = home.running("list", &[one], vec![person(1), stranger(2)]);
    let rows = home.candidates(campaign, one);
    let (first, second) = (rows[0].delivery, rows[1].delivery);
    // The stranger turns out to be the first person.
    let epoch = home.epoch();
    home.try_claim(epoch, one, vec![claim(&rows[0], 1)], Vec::new()).expect("is planned");
    let twin = home.write(move |unit| unit.identify(second, UserId(1_001)));
    assert_eq!(twin.map(|t| t.delivery), Some(first));
    let nobody = home.write(move |unit| unit.identify(second, UserId(1_009)));
    assert_eq!(nobody, None);
    assert_eq!(home.candidates(campaign, one)[0].twin, None);
    // A contact that learns the id later is recognised as well.
    let next = home.running("next", &[one], vec![stranger(5), stranger(6)]);
    let row = home.candidates(next, one)[0].delivery;
    let other = home.contact(6).id;
    home.write(move |unit| unit.identify(row, UserId(70)).map(|_| ()));
    home.write(move |unit| unit.learn_user_id(other, UserId(70)));
    let twins: Vec<_> = home.candidates(next, one).into_iter().map(|c| c.twin).collect();
    assert_eq!(twins, [None, Some(row)]);
}

/// First what was due first; later rows are not offered.
pub fn candidates_come_in_order_of_due_time(make: &Make) {
    let home = Home::new(make);
    let one = home.account("one", 1);
    let campaign = home.running("list", &[one], (0..4).map(person).collect());
    let rows: Vec<_> = home.candidates(campaign, one).iter().map(|c| c.delivery).collect();
    assert!(rows.is_sorted());
    let epoch = home.epoch();
    let at = |secs| NOW - Duration::from_secs(100) + Duration::from_secs(secs);
    let wait = |row: usize, due: Timestamp| {
        let class = FailureClass::Wait { scope: WaitScope::Account, delay: Duration::from_secs(1) };
        let event = Event::Answered { class, reason: Reason::named("FLOOD_WAIT") };
        let mut step = step(rows[row], event);
        step.due_at = Some(due);
        home.try_settle(epoch, vec![step]).expect("a wait delays a planned row");
    };
    wait(0, at(2));
    wait(1, at(1));
    wait(2, at(200));
    let seen: Vec<_> = home.candidates(campaign, one).iter().map(|c| c.delivery).collect();
    assert_eq!(seen, [rows[3], rows[1], rows[0]]);
}
