//! Settlements: what became of a claim, through the machine and no other way.

use super::Make;
use super::home::{Home, NOW, person, step};
use crate::delivery::{DeliveryState, Event, Outcome, Reason};
use crate::failure::{FailureClass, Refusal, WaitScope};
use crate::ids::MessageId;
use crate::ports::{MessageOwner, StoreError};
use std::time::Duration;

fn answered(class: FailureClass) -> Event {
    Event::Answered { class, reason: Reason::named("NAME") }
}

fn wait() -> Event {
    answered(FailureClass::Wait { scope: WaitScope::Account, delay: Duration::from_secs(7) })
}

/// Every outcome comes back as it was reached.
pub fn outcomes_are_recorded(make: &Make) {
    let home = Home::new(make);
    let one = home.account("one", 1);
    let campaign = home.running("list", &[one], (0..5).map(person).collect());
    let epoch = home.epoch();
    let rows = home.claim_all(epoch, campaign, one, 1);
    let events = [
        (Event::Delivered, Outcome::Sent),
        (
            answered(FailureClass::Refused(Refusal::Recipient)),
            Outcome::Failed(Reason::named("NAME")),
        ),
        (Event::Ineligible(Reason::SUPPRESSED), Outcome::Skipped(Reason::SUPPRESSED)),
        (Event::AccountGone, Outcome::Unknown(Reason::ACCOUNT_GONE)),
        (Event::Cancel, Outcome::Canceled),
    ];
    for (row, (event, outcome)) in rows.iter().zip(events) {
        let moved = home.settle(epoch, *row, event);
        assert_eq!((moved.delivery, moved.campaign), (*row, campaign));
        assert_eq!(moved.state, DeliveryState::Done(outcome));
        let kept = home.read({
            let before = crate::ids::DeliveryId(row.0 - 1);
            move |unit| unit.deliveries(campaign, Some(before), 1)
        });
        assert_eq!((kept[0].delivery, &kept[0].state), (*row, &moved.state));
        assert_eq!((kept[0].settled_at, kept[0].due_at), (Some(NOW), None));
    }
}

/// One refused move takes its whole batch back.
pub fn a_move_the_machine_refuses_writes_nothing(make: &Make) {
    let home = Home::new(make);
    let one = home.account("one", 1);
    let campaign = home.running("list", &[one], vec![person(1), person(2)]);
    let epoch = home.epoch();
    let rows = home.claim_all(epoch, campaign, one, 1);
    home.settle(epoch, rows[1], Event::Delivered);
    let before: Vec<_> = home.deliveries(campaign).into_iter().map(|d| d.state).collect();
    let again = vec![step(rows[0], Event::Delivered), step(rows[1], Event::Delivered)];
    let refused = home.try_settle(epoch, again.clone());
    assert!(matches!(refused, Err(StoreError::Refused(_))));
    // Also where the caller swallows the error and commits.
    home.write(move |unit| {
        assert!(unit.settle(epoch, &again, NOW).is_err());
        Ok(())
    });
    let after: Vec<_> = home.deliveries(campaign).into_iter().map(|d| d.state).collect();
    assert_eq!(before, after);
}

/// A run that was taken over settles nothing.
pub fn settling_is_fenced(make: &Make) {
    let home = Home::new(make);
    let one = home.account("one", 1);
    let campaign = home.running("list", &[one], vec![person(1)]);
    let epoch = home.epoch();
    let row = home.claim_all(epoch, campaign, one, 1)[0];
    home.epoch();
    let fenced = home.try_settle(epoch, vec![step(row, Event::Delivered)]);
    assert_eq!(fenced.map(|_| ()), Err(StoreError::Fenced));
    assert!(matches!(home.deliveries(campaign)[0].state, DeliveryState::Claimed(_)));
}

/// A row that goes back is free: the next claim makes ids and bodies of its own.
pub fn a_requeued_row_is_due_again(make: &Make) {
    let home = Home::new(make);
    let one = home.account("one", 1);
    let campaign = home.running("list", &[one], vec![person(1)]);
    let epoch = home.epoch();
    let row = home.claim_all(epoch, campaign, one, 2)[0];
    let later = NOW + Duration::from_secs(7);
    let mut later_step = step(row, wait());
    later_step.due_at = Some(later);
    home.try_settle(epoch, vec![later_step]).expect("a wait frees the row");
    let kept = home.deliveries(campaign).remove(0);
    assert_eq!((kept.state, kept.due_at), (DeliveryState::Planned, Some(later)));
    assert_eq!((kept.claimed_at, kept.random_id), (None, None));
    assert!(home.candidates(campaign, one).is_empty());
    let due = home.read(move |unit| unit.candidates(campaign, one, later, 10));
    assert_eq!(due.len(), 1);
    home.try_claim(epoch, one, vec![super::home::claim(&due[0], 1)], Vec::new())
        .expect("it is free");
    home.settle(epoch, row, Event::Release);
    assert_eq!(home.candidates(campaign, one).len(), 1, "without a due time it is due at once");
}

/// A message id is recorded for the part that it confirms, and leads back to the delivery.
pub fn every_part_keeps_its_message(make: &Make) {
    let home = Home::new(make);
    let (one, two) = (home.account("one", 1), home.account("two", 2));
    let parts = home.running("parts", &[one], vec![person(1)]);
    let whole = home.running("whole", &[one], vec![person(1)]);
    let epoch = home.epoch();
    let in_parts = home.claim_all(epoch, parts, one, 2)[0];
    let in_one = home.claim_all(epoch, whole, one, 1)[0];
    for (row, message) in [(in_parts, 11), (in_parts, 12), (in_one, 13)] {
        let mut arrived = step(row, Event::Delivered);
        arrived.message_id = Some(MessageId(message));
        home.try_settle(epoch, vec![arrived]).expect("the part was on its way");
    }
    let kept = |campaign| home.deliveries(campaign)[0].message_id;
    assert_eq!(kept(parts), Some(MessageId(11)), "of the first part");
    assert_eq!(kept(whole), Some(MessageId(13)));
    for (account, message, owner) in [
        (one, 11, Some(in_parts)),
        (one, 12, Some(in_parts)),
        (one, 13, Some(in_one)),
        (one, 14, None),
        (two, 11, None),
        (two, 13, None),
    ] {
        let found = home.read(move |unit| unit.message_owner(account, MessageId(message)));
        assert_eq!(found, owner.map(MessageOwner::Delivery), "{message}");
    }
}
