//! Claimed rows that are due again.

use super::Make;
use super::home::{Home, NOW, claim, person, step};
use crate::campaign::CampaignState;
use crate::delivery::{
    Body, Button, Claim, ClaimedPart, DeliveryState, Event, Exposure, Media, MediaKind, Reason,
    Repeat,
};
use crate::failure::FailureClass;
use crate::ids::{AccessHash, AccountId, DeliveryId, Epoch, MessageId, RandomId, UserId};
use crate::peer::Peer;
use crate::ports::StoreError;
use crate::time::Timestamp;
use std::time::Duration;

fn repeats(home: &Home, account: AccountId) -> Vec<Repeat> {
    home.read(move |unit| unit.repeats(account, NOW, 100))
}

/// An answer that was lost; the row is due again at `due`.
fn lose(home: &Home, epoch: Epoch, row: DeliveryId, due: Timestamp) {
    let event =
        Event::Answered { class: FailureClass::Ambiguous, reason: Reason::named("timeout") };
    let mut lost = step(row, event);
    lost.due_at = Some(due);
    home.try_settle(epoch, vec![lost]).expect("an answer can be lost");
}

/// From the claim to the move nobody else gets a row, not even this run.
pub fn a_row_in_hand_is_not_due(make: &Make) {
    let home = Home::new(make);
    let one = home.account("one", 1);
    let campaign = home.running("list", &[one], vec![person(1)]);
    let epoch = home.epoch();
    let row = home.claim_all(epoch, campaign, one, 1)[0];
    assert!(repeats(&home, one).is_empty());
    lose(&home, epoch, row, NOW + Duration::from_secs(1));
    assert!(repeats(&home, one).is_empty(), "not before its time");
    let later = NOW + Duration::from_secs(1);
    assert_eq!(home.read(move |unit| unit.repeats(one, later, 100)).len(), 1);
}

/// The same account, person, id and body.
pub fn a_repeat_carries_what_was_claimed(make: &Make) {
    let home = Home::new(make);
    let (one, two) = (home.account("one", 1), home.account("two", 2));
    let campaign = home.running("list", &[one], vec![person(1)]);
    let epoch = home.epoch();
    let row = home.claim_all(epoch, campaign, one, 3)[0];
    let mut first = step(row, Event::Delivered);
    first.message_id = Some(MessageId(11));
    home.try_settle(epoch, vec![first]).expect("the first part arrived");
    lose(&home, epoch, row, NOW);
    assert!(repeats(&home, two).is_empty());
    let repeat = repeats(&home, one).remove(0);
    assert_eq!((repeat.delivery, repeat.campaign), (row, campaign));
    let exposure = Exposure { part: 1, ambiguous: true, ..Exposure::fresh(3) };
    assert_eq!(repeat.exposure, exposure);
    assert_eq!(repeat.peer, Peer::User { id: UserId(1_001), hash: AccessHash(1_001) });
    assert_eq!(repeat.part.body.text, "part 1");
    assert_eq!(repeat.part.random_id, RandomId(row.0 * 100 + 2));
    assert_eq!(repeat.rest.len(), 1);
    assert_eq!(repeat.rest[0].random_id, RandomId(row.0 * 100 + 3));
    assert_eq!(repeat.claimed_at, NOW);
    assert!(repeat.permission.consented && !repeat.permission.opted_out);
    let contact = home.contact(1).id;
    home.write(move |unit| unit.opt_out(contact, "wrote STOP", NOW));
    assert!(repeats(&home, one)[0].permission.opted_out);
}

/// A repeat has the files, the further ids and the buttons that the claim committed to.
pub fn a_repeat_carries_files_and_buttons(make: &Make) {
    let home = Home::new(make);
    let one = home.account("one", 1);
    let campaign = home.running("list", &[one], vec![person(1)]);
    let (epoch, due) = (home.epoch(), home.candidates(campaign, one));
    let file = |name: &str| Media {
        kind: MediaKind::Document,
        hash: "ab".repeat(32),
        name: name.to_owned(),
        mime: "application/pdf".to_owned(),
        size: 7,
    };
    let button = Button { text: "Shop".to_owned(), url: "https://example.org".to_owned() };
    let body = Body {
        media: vec![file("a.pdf"), file("b.pdf")],
        buttons: vec![vec![button]],
        ..Body::text("")
    };
    let part = ClaimedPart { body, random_id: RandomId(5), album: vec![RandomId(6)] };
    let claim = Claim { parts: vec![part.clone()], ..claim(&due[0], 1) };
    home.try_claim(epoch, one, vec![claim], Vec::new()).expect("the row is planned");
    lose(&home, epoch, due[0].delivery, NOW);
    assert_eq!(repeats(&home, one).remove(0).part, part);
}

/// Of two who want to repeat a row one does; a predecessor does not.
pub fn taking_is_exclusive_and_fenced(make: &Make) {
    let home = Home::new(make);
    let one = home.account("one", 1);
    let campaign = home.running("list", &[one], vec![person(1), person(2)]);
    let epoch = home.epoch();
    let rows = home.claim_all(epoch, campaign, one, 1);
    lose(&home, epoch, rows[0], NOW);
    let take =
        |epoch, rows: Vec<DeliveryId>| home.try_write(move |unit| unit.take_repeats(epoch, &rows));
    assert!(take(epoch, rows.clone()).is_err(), "the second is in hand");
    assert_eq!(repeats(&home, one).len(), 1, "so the first was not taken either");
    assert_eq!(take(epoch, vec![rows[0]]), Ok(()));
    assert!(repeats(&home, one).is_empty());
    assert!(take(epoch, vec![rows[0]]).is_err());
    lose(&home, epoch, rows[0], NOW);
    home.epoch();
    assert_eq!(take(epoch, vec![rows[0]]), Err(StoreError::Fenced));
    assert_eq!(repeats(&home, one).len(), 1);
}

/// Possible copies of a paused campaign wait; those of an ended one are looked for.
pub fn a_paused_campaign_repeats_nothing(make: &Make) {
    let home = Home::new(make);
    let one = home.account("one", 1);
    let campaign = home.running("list", &[one], vec![person(1)]);
    let epoch = home.epoch();
    let row = home.claim_all(epoch, campaign, one, 1)[0];
    lose(&home, epoch, row, NOW);
    for state in CampaignState::ALL {
        home.set(campaign, state);
        assert_eq!(!repeats(&home, one).is_empty(), state.may_repeat(), "{state:?}");
    }
}

/// After a crash every claimed row counts as possibly sent, and is due at once.
pub fn claims_of_an_earlier_run_count_as_sent(make: &Make) {
    let home = Home::new(make);
    let one = home.account("one", 1);
    let campaign = home.running("list", &[one], (0..3).map(person).collect());
    let old = home.epoch();
    let rows = home.claim_all(old, campaign, one, 1);
    lose(&home, old, rows[2], NOW + Duration::from_secs(60));
    let new = home.epoch();
    let interrupt =
        |epoch, limit| home.try_write(move |unit| unit.interrupt_claims(epoch, NOW, limit));
    assert_eq!(interrupt(old, 10), Err(StoreError::Fenced));
    assert_eq!(interrupt(new, 2), Ok(2));
    assert_eq!(interrupt(new, 2), Ok(1));
    assert_eq!(interrupt(new, 2), Ok(0));
    let due = repeats(&home, one);
    assert_eq!(due.iter().map(|r| r.delivery).collect::<Vec<_>>(), rows);
    assert!(due.iter().all(|r| r.exposure.ambiguous));
    // Rows of this run are its own business.
    home.try_write(move |unit| unit.take_repeats(new, &rows)).expect("they are due");
    assert_eq!(interrupt(new, 10), Ok(0));
}

/// A task that crashed leaves nothing in nobody's hands.
pub fn a_crashed_task_leaves_its_rows_due(make: &Make) {
    let home = Home::new(make);
    let (one, two) = (home.account("one", 1), home.account("two", 2));
    let campaign = home.running("list", &[one, two], (0..4).map(person).collect());
    let epoch = home.epoch();
    let rows = home.claim_all(epoch, campaign, one, 1);
    home.claim_all(epoch, campaign, two, 1);
    let later = NOW + Duration::from_secs(60);
    lose(&home, epoch, rows[0], later);
    let crashed = |epoch| home.try_write(move |unit| unit.interrupt_account(epoch, one, NOW, 10));
    assert_eq!(crashed(epoch), Ok(1));
    assert_eq!(crashed(epoch), Ok(0));
    assert_eq!(repeats(&home, one).len(), 1);
    assert!(repeats(&home, two).is_empty());
    let waiting = &home.deliveries(campaign)[0];
    assert_eq!(waiting.due_at, Some(later), "it waits, in nobody's hands");
    assert!(matches!(&waiting.state, DeliveryState::Claimed(e) if e.ambiguous));
    home.epoch();
    assert_eq!(crashed(epoch), Err(StoreError::Fenced));
}
