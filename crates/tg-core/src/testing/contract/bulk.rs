//! Moves of many rows at once have the effect of the machine's move on each, for every state that a
//! delivery can be in.

use super::Make;
use super::home::{Home, NOW, person, step};
use crate::campaign::CampaignState;
use crate::delivery::{DeliveryState, Event, Outcome, Reason};
use crate::failure::{FailureClass, Refusal, WaitScope};
use crate::ids::{AccountId, CampaignId, Epoch};
use crate::ports::{StoreError, Unit};
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

/// Everything that can happen to a row, in few words.
fn events() -> Vec<Event> {
    let answered = |class| Event::Answered { class, reason: Reason::named("NAME") };
    let wait = FailureClass::Wait { scope: WaitScope::Account, delay: Duration::from_secs(1) };
    vec![
        Event::Claim { parts: 1 },
        Event::Claim { parts: 2 },
        Event::Release,
        Event::Delivered,
        answered(FailureClass::Ambiguous),
        answered(FailureClass::InFlight),
        answered(wait),
        answered(FailureClass::Refused(Refusal::Recipient)),
        Event::Interrupted,
        Event::Ineligible(Reason::OPTED_OUT),
        Event::Expired,
        Event::AccountGone,
        Event::Cancel,
    ]
}

/// Every kind of state with events that lead to it. How often "it is being sent" was said is
/// counted no further than the machine's patience.
fn reachable() -> Vec<(DeliveryState, Vec<Event>)> {
    const PATIENCE: u16 = 7;
    let mut found = BTreeMap::from([(
        format!("{:?}", DeliveryState::Planned),
        (DeliveryState::Planned, Vec::new()),
    )]);
    let mut queue = VecDeque::from([(DeliveryState::Planned, Vec::new())]);
    while let Some((state, path)) = queue.pop_front() {
        for event in events() {
            let Ok(next) = state.next(&event) else { continue };
            if matches!(&next, DeliveryState::Claimed(e) if e.in_flight > PATIENCE) {
                continue;
            }
            let key = format!("{next:?}");
            if found.contains_key(&key) {
                continue;
            }
            let mut way: Vec<Event> = path.clone();
            way.push(event);
            found.insert(key, (next.clone(), way.clone()));
            queue.push_back((next, way));
        }
    }
    found.into_values().collect()
}

/// A running campaign with one row in every state.
struct Zoo {
    home: Home,
    account: AccountId,
    campaign: CampaignId,
    epoch: Epoch,
    states: Vec<DeliveryState>,
}

impl Zoo {
    fn new(make: &Make) -> Self {
        let home = Home::new(make);
        let account = home.account("one", 1);
        let kinds = reachable();
        assert!(kinds.len() > 50, "the search found {} states", kinds.len());
        let people = (0..).zip(&kinds).map(|(n, _)| person(n)).collect();
        let campaign = home.running("list", &[account], people);
        let epoch = home.epoch();
        let due = home.candidates(campaign, account);
        assert_eq!(due.len(), kinds.len());
        let mut states = Vec::new();
        for (candidate, (state, path)) in due.iter().zip(kinds) {
            for event in path {
                if let Event::Claim { parts } = event {
                    let claims = vec![super::home::claim(candidate, parts)];
                    home.try_claim(epoch, account, claims, Vec::new()).expect("a known path");
                } else {
                    home.settle(epoch, candidate.delivery, event);
                }
            }
            states.push(state);
        }
        Self { home, account, campaign, epoch, states }
    }

    /// Runs a bulk move, in two steps, and compares each row with what `event` makes of it, or with
    /// itself where `touches` says so.
    fn check(
        &self,
        event: &Event,
        touches: fn(&DeliveryState) -> bool,
        bulk: impl Fn(&mut dyn Unit, usize) -> Result<u64, StoreError> + Clone + Send + 'static,
    ) {
        let expected: Vec<DeliveryState> = self
            .states
            .iter()
            .map(|state| {
                if touches(state) {
                    state.next(event).expect("a known move")
                } else {
                    state.clone()
                }
            })
            .collect();
        let touched = u64::try_from(self.states.iter().filter(|s| touches(s)).count());
        let mut sum = 0;
        for limit in [1, 10_000] {
            let bulk = bulk.clone();
            sum += self.home.write(move |unit| bulk(unit, limit));
        }
        assert_eq!(Ok(sum), touched);
        let rows = self.home.deliveries(self.campaign);
        for ((row, expected), before) in rows.iter().zip(&expected).zip(&self.states) {
            assert_eq!(&row.state, expected, "{before:?}");
            let done = matches!(row.state, DeliveryState::Done(_));
            assert_eq!(row.settled_at.is_some(), done, "{before:?}");
            assert!(!(done && row.due_at.is_some()), "{before:?}");
        }
        self.home.assert_counted(self.campaign);
    }
}

fn is_claimed(state: &DeliveryState) -> bool {
    matches!(state, DeliveryState::Claimed(_))
}

fn is_planned(state: &DeliveryState) -> bool {
    matches!(state, DeliveryState::Planned)
}

/// `interrupt_claims` is `Event::Interrupted`.
pub fn interrupting_is_the_machines_move(make: &Make) {
    let zoo = Zoo::new(make);
    let epoch = zoo.home.epoch();
    assert!(epoch > zoo.epoch);
    zoo.check(&Event::Interrupted, is_claimed, move |unit, limit| {
        unit.interrupt_claims(epoch, NOW, limit)
    });
}

/// `interrupt_account` is `Event::Interrupted`.
pub fn interrupting_an_account_is_the_machines_move(make: &Make) {
    let zoo = Zoo::new(make);
    let (epoch, account) = (zoo.epoch, zoo.account);
    zoo.check(&Event::Interrupted, is_claimed, move |unit, limit| {
        unit.interrupt_account(epoch, account, NOW, limit)
    });
}

/// `hold_restored` is `Event::Restored`, and leaves drafts alone.
pub fn holding_is_the_machines_move(make: &Make) {
    let zoo = Zoo::new(make);
    let draft = zoo.home.campaign("draft", "list", &[zoo.account]);
    zoo.home.stage(draft, &[zoo.account]);
    zoo.check(
        &Event::Restored,
        |state| is_planned(state) || is_claimed(state),
        |unit, limit| unit.hold_restored(NOW, limit),
    );
    let rows = zoo.home.deliveries(draft);
    assert!(rows.iter().all(|row| is_planned(&row.state)), "nothing of it was sent");
}

/// `cancel_planned` is `Event::Cancel` for planned rows of a canceled campaign.
pub fn canceling_is_the_machines_move(make: &Make) {
    let zoo = Zoo::new(make);
    let campaign = zoo.campaign;
    let early = zoo.home.write(move |unit| unit.cancel_planned(campaign, NOW, 10));
    assert_eq!(early, 0, "the campaign is not canceled");
    zoo.home.set(campaign, CampaignState::Canceled);
    zoo.check(&Event::Cancel, is_planned, move |unit, limit| {
        unit.cancel_planned(campaign, NOW, limit)
    });
}

/// `abandon_claims` is `Event::AccountGone`, for that account.
pub fn abandoning_is_the_machines_move(make: &Make) {
    let zoo = Zoo::new(make);
    let (account, other) = (zoo.account, zoo.home.account("two", 2));
    let none = zoo.home.write(move |unit| unit.abandon_claims(other, NOW, 10));
    assert_eq!(none, 0);
    zoo.check(&Event::AccountGone, is_claimed, move |unit, limit| {
        unit.abandon_claims(account, NOW, limit)
    });
}

/// Only the preference of planned rows changes hands.
pub fn reassigning_deals_out_planned_rows(make: &Make) {
    let home = Home::new(make);
    let [one, two, three] =
        [home.account("one", 1), home.account("two", 2), home.account("three", 3)];
    let campaign = home.running("list", &[one], (0..7).map(person).collect());
    let epoch = home.epoch();
    let first = home.candidates(campaign, one).remove(0);
    home.try_claim(epoch, one, vec![super::home::claim(&first, 1)], Vec::new())
        .expect("is planned");
    let deal = |to: Vec<AccountId>, limit| {
        home.write(move |unit| unit.reassign(campaign, one, &to, limit))
    };
    assert_eq!((deal(Vec::new(), 10), deal(vec![one], 10)), (0, 0));
    assert_eq!(deal(vec![two, one, three], 4), 4);
    assert_eq!(deal(vec![two, three], 10), 2);
    assert_eq!(deal(vec![two, three], 10), 0);
    let mut loads = BTreeMap::new();
    for row in home.deliveries(campaign) {
        *loads.entry(row.account.expect("has one").0).or_insert(0) += 1;
    }
    assert_eq!(loads, BTreeMap::from([(one, 1), (two, 3), (three, 3)]));
    assert_eq!(home.candidates(campaign, two).len(), 3);
    let claimed = &home.deliveries(campaign)[0];
    assert_eq!(claimed.account.as_ref().map(|(id, _)| *id), Some(one), "it is pinned");
}

/// No bulk move touches more rows than it was told.
pub fn bulk_moves_are_bounded(make: &Make) {
    let home = Home::new(make);
    let one = home.account("one", 1);
    let campaign = home.running("list", &[one], (0..5).map(person).collect());
    assert_eq!(home.write(|unit| unit.hold_restored(NOW, 2)), 2);
    home.set(campaign, CampaignState::Canceled);
    assert_eq!(home.write(move |unit| unit.cancel_planned(campaign, NOW, 2)), 2);
    let left = home.deliveries(campaign);
    assert_eq!(left.iter().filter(|row| is_planned(&row.state)).count(), 1);
    let done = DeliveryState::Done(Outcome::Unknown(Reason::RESTORED));
    assert_eq!(left.iter().filter(|row| row.state == done).count(), 2);
    assert!(home.try_settle(home.epoch(), vec![step(left[0].delivery, Event::Cancel)]).is_err());
}
