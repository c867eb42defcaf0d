//! What a person decides about deliveries that ended: retried with new ids, or resolved.

use super::Make;
use super::home::{Home, NOW, person, step};
use crate::delivery::{DeliveryState, Event, Outcome, Reason};
use crate::failure::{FailureClass, Refusal};
use crate::ids::{AccountId, CampaignId, DeliveryId, Epoch};
use crate::ports::{Decision, StoreError};
use std::time::Duration;

fn refused(reason: &str) -> Event {
    let class = FailureClass::Refused(Refusal::Recipient);
    Event::Answered { class, reason: Reason::named(reason) }
}

/// A running campaign with rows that ended in every way, two messages each.
struct Ended {
    home: Home,
    account: AccountId,
    campaign: CampaignId,
    epoch: Epoch,
    /// Sent, failed, failed otherwise, failed in part, unknown, unknown after a part, skipped.
    rows: Vec<DeliveryId>,
}

impl Ended {
    fn new(make: &Make) -> Self {
        let home = Home::new(make);
        let account = home.account("one", 1);
        let campaign = home.running("list", &[account], (0..7).map(person).collect());
        let epoch = home.epoch();
        let rows = home.claim_all(epoch, campaign, account, 2);
        let lives: [&[Event]; 7] = [
            &[Event::Delivered, Event::Delivered],
            &[refused("BLOCKED")],
            &[refused("PRIVATE")],
            &[Event::Delivered, refused("BLOCKED")],
            &[Event::Interrupted, Event::AccountGone],
            &[Event::Delivered, Event::Interrupted, Event::AccountGone],
            &[Event::Ineligible(Reason::OPTED_OUT)],
        ];
        for (row, life) in rows.iter().zip(lives) {
            for event in life {
                home.settle(epoch, *row, event.clone());
            }
        }
        Self { home, account, campaign, epoch, rows }
    }

    fn decidable(&self, decision: Decision, reason: Option<Reason>) -> Vec<DeliveryId> {
        let campaign = self.campaign;
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let reason = reason.clone();
            let page = self
                .home
                .read(move |unit| unit.decidable(campaign, decision, reason.as_ref(), after, 1));
            let Some(last) = page.last() else { return all };
            after = Some(*last);
            all.extend(page);
        }
    }

    fn decide(&self, rows: &[DeliveryId], decision: Decision) -> Result<(), StoreError> {
        let (rows, at) = (rows.to_vec(), NOW + Duration::from_secs(60));
        let decided = self.home.try_write(move |unit| unit.decide(&rows, decision, at).map(|_| ()));
        self.home.assert_counted(self.campaign);
        decided
    }

    fn states(&self) -> Vec<DeliveryState> {
        self.home.deliveries(self.campaign).into_iter().map(|row| row.state).collect()
    }
}

/// Only what was proven not to be delivered can be retried; only what is unknown resolved.
pub fn decisions_are_about_rows_that_ended_so(make: &Make) {
    let ended = Ended::new(make);
    let rows = &ended.rows;
    assert_eq!(ended.decidable(Decision::Retry, None), [rows[1], rows[2]]);
    assert_eq!(ended.decidable(Decision::Retry, Some(Reason::named("PRIVATE"))), [rows[2]]);
    assert_eq!(ended.decidable(Decision::Retry, Some(Reason::PARTIAL)), []);
    for decision in [Decision::Delivered, Decision::NotDelivered] {
        assert_eq!(ended.decidable(decision, None), [rows[4], rows[5]]);
        assert_eq!(ended.decidable(decision, Some(Reason::ACCOUNT_GONE)), [rows[4], rows[5]]);
        assert_eq!(ended.decidable(decision, Some(Reason::RESTORED)), []);
    }
    let before = ended.states();
    for (row, decision) in [
        (0, Decision::Retry),
        (3, Decision::Retry),
        (4, Decision::Retry),
        (6, Decision::Retry),
        (0, Decision::Delivered),
        (1, Decision::NotDelivered),
    ] {
        // Together with one that could be decided: nothing of the batch is written.
        let fine = if decision == Decision::Retry { rows[1] } else { rows[4] };
        let refused = ended.decide(&[fine, rows[row]], decision);
        assert!(matches!(refused, Err(StoreError::Refused(_))), "{row} {decision:?}");
    }
    assert_eq!(ended.states(), before);
}

/// A retry raises the attempt and frees the row: the next claim makes ids and bodies of its own.
pub fn a_retry_is_a_new_attempt(make: &Make) {
    let ended = Ended::new(make);
    let (home, row) = (&ended.home, ended.rows[1]);
    ended.decide(&[row], Decision::Retry).expect("it failed");
    let kept = home.deliveries(ended.campaign).remove(1);
    let due = NOW + Duration::from_secs(60);
    assert_eq!((kept.state, kept.due_at), (DeliveryState::Planned, Some(due)));
    assert_eq!((kept.random_id, kept.claimed_at, kept.settled_at), (None, None, None));
    let (campaign, account) = (ended.campaign, ended.account);
    let again = home.read(move |unit| unit.candidates(campaign, account, due, 10));
    assert_eq!((again.len(), again[0].delivery, again[0].attempt), (1, row, 1));
    home.try_claim(ended.epoch, account, vec![super::home::claim(&again[0], 1)], Vec::new())
        .expect("it is free");
    home.settle(ended.epoch, row, Event::Delivered);
    assert_eq!(ended.states()[1], DeliveryState::Done(Outcome::Sent));
}

/// A resolved row ends as the person said; what arrived in part is never sent again.
pub fn a_person_resolves_what_is_unknown(make: &Make) {
    let ended = Ended::new(make);
    let failed = |reason| DeliveryState::Done(Outcome::Failed(reason));
    ended.decide(&ended.rows[4..6], Decision::NotDelivered).expect("they are unknown");
    let states = ended.states();
    assert_eq!(states[4], failed(Reason::RESOLVED_NOT_DELIVERED));
    assert_eq!(states[5], failed(Reason::PARTIAL));
    assert_eq!(ended.decidable(Decision::Delivered, None), []);
    assert_eq!(ended.decidable(Decision::Retry, None), [1, 2, 4].map(|at| ended.rows[at]));
    let other = Ended::new(make);
    other.decide(&other.rows[4..6], Decision::Delivered).expect("they are unknown");
    assert_eq!(other.states()[4..6], [0, 1].map(|_| DeliveryState::Done(Outcome::Sent)));
    let late = other.home.try_settle(other.epoch, vec![step(other.rows[4], Event::Delivered)]);
    assert!(matches!(late, Err(StoreError::Refused(_))), "a late answer changes nothing");
}
