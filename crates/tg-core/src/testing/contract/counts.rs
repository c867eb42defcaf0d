//! What is open, when something falls due, and what became of everybody.

use super::Make;
use super::home::{Home, NOW, claim, person, slug, step, stranger};
use crate::campaign::{CampaignState, Variant};
use crate::delivery::{Claim, Event, Reason};
use crate::failure::{FailureClass, Method, Refusal, WaitScope};
use crate::ids::{AccountId, CampaignId, DeliveryId, Epoch, UserId};
use crate::ports::{Decision, NewCampaign, Wait};
use crate::report::{Slice, Tally};
use crate::time::Timestamp;
use std::collections::BTreeMap;
use std::time::Duration;
use uuid::Uuid;

fn tally(home: &Home, campaign: CampaignId) -> Tally {
    home.read(move |unit| unit.tally(campaign, NOW))
}

fn refused() -> Event {
    let class = FailureClass::Refused(Refusal::Recipient);
    Event::Answered { class, reason: Reason::named("USER_IS_BLOCKED") }
}

fn put_wait(home: &Home, account: AccountId, scope: WaitScope, until: Timestamp, at: Timestamp) {
    let wait = Wait { account, scope, user: None, until, reason: "FLOOD_WAIT".to_owned() };
    home.write(move |unit| unit.put_wait(&wait, at));
}

/// The sum of a tally is everybody.
pub fn a_tally_counts_everybody_once(make: &Make) {
    let home = Home::new(make);
    let one = home.account("one", 1);
    let campaign = home.running("list", &[one], (0..9).map(person).collect());
    home.running("other", &[one], vec![person(50)]);
    assert_eq!(tally(&home, campaign), Tally { pending: 9, ..Tally::default() });
    let epoch = home.epoch();
    let rows = home.claim_all(epoch, campaign, one, 1);
    let events = [
        Event::Delivered,
        Event::Delivered,
        refused(),
        Event::Ineligible(Reason::OPTED_OUT),
        Event::Ineligible(Reason::SUPPRESSED),
        Event::AccountGone,
        Event::Cancel,
        Event::Interrupted,
    ];
    for (row, event) in rows.iter().zip(events) {
        home.settle(epoch, *row, event);
    }
    // A check is no outcome.
    home.settle(epoch, rows[7], refused());
    let expected = Tally {
        pending: 2,
        sent: 2,
        failed: BTreeMap::from([(Reason::named("USER_IS_BLOCKED"), 1)]),
        skipped: BTreeMap::from([(Reason::OPTED_OUT, 1), (Reason::SUPPRESSED, 1)]),
        unknown: BTreeMap::from([(Reason::ACCOUNT_GONE, 1)]),
        canceled: 1,
        deferred: 0,
    };
    assert_eq!(tally(&home, campaign), expected);
    assert_eq!(tally(&home, campaign).recipients(), 9);
    home.assert_counted(campaign);
}

/// Deferred: not final, and held back by a due time or by a wait of its account.
pub fn waits_and_due_times_defer(make: &Make) {
    let home = Home::new(make);
    let one = home.account("one", 1);
    let campaign = home.running("list", &[one], (0..3).map(person).collect());
    let epoch = home.epoch();
    let row = home.candidates(campaign, one)[0].delivery;
    let class = FailureClass::Wait { scope: WaitScope::Account, delay: Duration::from_secs(9) };
    let mut later = step(row, Event::Answered { class, reason: Reason::named("FLOOD_WAIT") });
    later.due_at = Some(NOW + Duration::from_secs(9));
    home.try_settle(epoch, vec![later]).expect("it only delays");
    let open = |home: &Home| {
        let tally = tally(home, campaign);
        (tally.pending, tally.deferred)
    };
    assert_eq!(open(&home), (2, 1));
    put_wait(&home, one, WaitScope::Method(Method::Resolve), Timestamp::NEVER, NOW);
    put_wait(&home, one, WaitScope::Account, NOW, NOW);
    assert_eq!(open(&home), (2, 1), "another method, and one that has ended");
    put_wait(&home, one, WaitScope::Method(Method::Send), Timestamp::NEVER, NOW);
    assert_eq!(open(&home), (0, 3));
}

/// What each account did, with the waits it got since the campaign began.
pub fn accounts_are_counted_by_name(make: &Make) {
    let home = Home::new(make);
    let (zoe, ann) = (home.account("zoe", 1), home.account("ann", 2));
    let before = NOW - Duration::from_secs(60);
    put_wait(&home, zoe, WaitScope::Account, NOW, before);
    let campaign = home.running("list", &[zoe, ann], (0..6).map(person).collect());
    let epoch = home.epoch();
    let rows = home.claim_all(epoch, campaign, zoe, 1);
    for (row, event) in rows.iter().zip([Event::Delivered, Event::Delivered, refused()]) {
        home.settle(epoch, *row, event);
    }
    for _ in 0..2 {
        put_wait(&home, zoe, WaitScope::Account, Timestamp::NEVER, NOW);
    }
    let counts: Vec<_> = home
        .read(move |unit| unit.account_tallies(campaign))
        .into_iter()
        .map(|t| (t.account, t.name.to_string(), t.ended.sent, t.ended.failed_total(), t.waits))
        .collect();
    assert_eq!(counts, [(ann, "ann".to_owned(), 0, 0, 0), (zoe, "zoe".to_owned(), 2, 1, 2)]);
    let later = home.running("later", &[zoe], vec![person(50)]);
    let row = home.claim_all(epoch, later, zoe, 1)[0];
    home.settle(epoch, row, Event::Delivered);
    let by_campaign = |account, most| {
        let tallies = home.read(move |unit| unit.campaign_tallies(account, most));
        tallies.into_iter().map(|t| (t.ended.sent, t.ended.failed_total())).collect::<Vec<_>>()
    };
    assert_eq!(by_campaign(zoe, 9), [(1, 0), (2, 1)], "the newest first");
    assert_eq!(by_campaign(zoe, 1), [(1, 0)]);
    assert_eq!(by_campaign(ann, 9), []);
}

/// Each end counts in the span in which it came, a message that is tried again each time it ends;
/// waits stand beside.
pub fn a_timeline_counts_what_ended_when_it_ended(make: &Make) {
    let home = Home::new(make);
    let one = home.account("one", 1);
    let campaign = home.running("list", &[one], (0..4).map(person).collect());
    let other = home.running("other", &[one], vec![person(50)]);
    let epoch = home.epoch();
    let rows = home.claim_all(epoch, campaign, one, 1);
    let minute = Duration::from_secs(60);
    let begin = Timestamp(NOW.0 - NOW.0 % 60_000) + minute;
    let settle = |row: DeliveryId, event: Event, at: Timestamp| {
        home.write(move |unit| unit.settle(epoch, &[step(row, event)], at));
    };
    settle(rows[0], Event::Delivered, begin);
    settle(rows[1], refused(), begin + Duration::from_secs(59));
    settle(rows[2], Event::Delivered, begin + minute);
    let again = rows[1];
    home.write(move |unit| unit.decide(&[again], Decision::Retry, begin + minute));
    put_wait(&home, one, WaitScope::Account, Timestamp::NEVER, begin + minute * 3);
    let read = |campaign, span| home.read(move |unit| unit.timeline(campaign, span, 9));
    let slice = |minutes: u32| Slice { from: begin + minute * minutes, ..Slice::default() };
    let by_minute = [
        Slice { sent: 1, failed: 1, ..slice(0) },
        Slice { sent: 1, ..slice(1) },
        Slice { waits: 1, ..slice(3) },
    ];
    assert_eq!(read(campaign, minute), by_minute);
    let slots: Vec<_> = read(campaign, Duration::from_secs(10)).iter().map(|s| s.from).collect();
    let ends = [0, 50, 60, 180].map(|secs| begin + Duration::from_secs(secs));
    assert_eq!(slots, ends);
    assert_eq!(read(other, minute), [Slice { waits: 1, ..slice(3) }]);
}

/// Each variant's outcomes are its own, and a retry takes one back.
pub fn variants_are_counted_as_they_end(make: &Make) {
    let home = Home::new(make);
    let one = home.account("one", 1);
    home.introduce(one, 0..4);
    home.import("list", (0..4).map(person).collect());
    home.campaign("plain", "list", &[one]);
    let plain = home.read(|unit| unit.campaign_named(&slug("plain"))).expect("it was made");
    let variant =
        |name: &str| Variant { name: name.to_owned(), template: plain.template, weight: 1 };
    let new = NewCampaign {
        name: slug("compared"),
        uuid: Uuid::from_u128(9),
        audience: plain.audience,
        template: plain.template,
        variants: vec![variant("A"), variant("B")],
        accounts: vec![one],
        pace: plain.pace,
    };
    let campaign = home.write(move |unit| unit.create_campaign(&new, NOW));
    home.stage(campaign, &[one]);
    home.set(campaign, CampaignState::Running);
    let (epoch, due) = (home.epoch(), home.candidates(campaign, one));
    let claims = (0u16..).zip(&due).map(|(n, row)| Claim { variant: Some(n % 2), ..claim(row, 1) });
    home.try_claim(epoch, one, claims.collect(), Vec::new()).expect("the rows are planned");
    for (row, event) in due.iter().zip([Event::Delivered, refused(), Event::Delivered]) {
        home.settle(epoch, row.delivery, event);
    }
    let counts = || -> Vec<(String, u64, u64)> {
        let all = home.read(move |unit| unit.variant_tallies(campaign));
        all.into_iter().map(|tally| (tally.name, tally.sent, tally.failed)).collect()
    };
    assert_eq!(counts(), [("A".to_owned(), 2, 0), ("B".to_owned(), 0, 1)]);
    let names: Vec<_> = home.deliveries(campaign).into_iter().map(|row| row.variant).collect();
    assert_eq!(names, ["A", "B", "A", "B"].map(|name| Some(name.to_owned())));
    let again = due[1].delivery;
    home.write(move |unit| unit.decide(&[again], Decision::Retry, NOW));
    assert_eq!(counts(), [("A".to_owned(), 2, 0), ("B".to_owned(), 0, 0)]);
    home.assert_counted(campaign);
}

/// The earliest of what may still be done, in campaigns in which it may be done.
pub fn the_next_due_row_is_found(make: &Make) {
    let home = Home::new(make);
    let (one, two) = (home.account("one", 1), home.account("two", 2));
    let next = |account| {
        let (due, all) = home.read(move |unit| Ok((unit.next_due(account)?, unit.next_dues()?)));
        let among_all = all.iter().find(|(id, _)| *id == account).map(|(_, due)| *due);
        assert_eq!(among_all, due, "one by one, or all at once");
        due
    };
    assert_eq!(next(one), None);
    let first = home.running("first", &[one], vec![person(1)]);
    let second = home.running("second", &[one], vec![person(2)]);
    assert!(next(one).is_some_and(|due| due <= NOW), "at once");
    assert_eq!(next(two), None);
    let epoch = home.epoch();
    let claimed = home.claim_all(epoch, first, one, 1)[0];
    let planned = home.candidates(second, one)[0].delivery;
    let at = |secs| NOW + Duration::from_secs(secs);
    let class = FailureClass::Wait { scope: WaitScope::Account, delay: Duration::from_secs(1) };
    let due = |row: DeliveryId, class: FailureClass, at: Timestamp, epoch: Epoch| {
        let mut moved = step(row, Event::Answered { class, reason: Reason::named("NAME") });
        moved.due_at = Some(at);
        home.try_settle(epoch, vec![moved]).expect("it only delays");
    };
    due(planned, class, at(20), epoch);
    assert_eq!(next(one), Some(at(20)), "what is in hand is not due");
    due(claimed, FailureClass::Ambiguous, at(10), epoch);
    assert_eq!(next(one), Some(at(10)));
    home.set(first, CampaignState::Paused);
    assert_eq!(next(one), Some(at(20)));
    home.set(second, CampaignState::Canceled);
    assert_eq!(next(one), None);
    home.set(first, CampaignState::Canceled);
    assert_eq!(next(one), Some(at(10)), "a possible copy is still looked for");
}

/// (planned, claimed)
pub fn open_rows_are_planned_or_claimed(make: &Make) {
    let home = Home::new(make);
    let one = home.account("one", 1);
    let campaign = home.running("list", &[one], vec![person(1)]);
    let open = || home.read(move |unit| unit.open_rows(campaign));
    assert_eq!(open(), (true, false));
    let epoch = home.epoch();
    let row = home.claim_all(epoch, campaign, one, 1)[0];
    assert_eq!(open(), (false, true));
    home.settle(epoch, row, Event::Delivered);
    assert_eq!(open(), (false, false));
}

/// By campaign in order of rows, by person newest first; never a whole phone number.
pub fn deliveries_are_listed(make: &Make) {
    let home = Home::new(make);
    let one = home.account("one", 1);
    let mut by_phone = stranger(1);
    by_phone.username = None;
    by_phone.phone = super::home::phone("+4915112345678");
    by_phone.user_id = Some(UserId(1_001));
    let mut people: Vec<_> = (2..6).map(person).collect();
    people.insert(0, by_phone);
    let first = home.running("first", &[one], people);
    let second = home.running("second", &[one], vec![person(3)]);
    let all = home.deliveries(first);
    assert_eq!(all.len(), 5);
    assert_eq!(all[0].contact_label, "+491…78");
    assert_eq!(all[1].contact_label, "@person_2");
    assert_eq!(all[0].account, Some((one, slug("one"))));
    assert_eq!((all[0].campaign, all[0].audience), (first, home.audience("first")));
    let (mut after, mut paged) = (None, Vec::new());
    loop {
        let page = home.read(move |unit| unit.deliveries(first, after, 2));
        let Some(last) = page.last() else { break };
        after = Some(last.delivery);
        paged.extend(page.into_iter().map(|row| row.delivery));
    }
    assert_eq!(paged, all.iter().map(|row| row.delivery).collect::<Vec<_>>());
    let contact = home.contact(3).id;
    let to = home.read(move |unit| unit.deliveries_to(contact, 10));
    let named: Vec<_> = to.iter().map(|(name, row)| (name.as_str(), row.campaign)).collect();
    assert_eq!(named, [("second", second), ("first", first)]);
    assert_eq!(home.read(move |unit| unit.deliveries_to(contact, 1)).len(), 1);
}
