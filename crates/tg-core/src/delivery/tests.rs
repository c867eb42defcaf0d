//! The rules of the machine, one by one, and what holds for every history of events.

use super::*;
use crate::failure::{AccountFault, FailureClass, Refusal, WaitScope};
use proptest::prelude::*;
use std::time::Duration;

fn answered(class: FailureClass) -> Event {
    Event::Answered { class, reason: Reason::named("NAME") }
}

fn wait() -> FailureClass {
    FailureClass::Wait { scope: WaitScope::Account, delay: Duration::from_secs(7) }
}

fn after(events: &[Event]) -> DeliveryState {
    events
        .iter()
        .fold(DeliveryState::Planned, |state, event| state.next(event).expect("a known move"))
}

fn claim() -> Event {
    Event::Claim { parts: 1 }
}

#[test]
fn a_wait_to_the_sole_transmission_frees_the_row() {
    assert_eq!(after(&[claim(), answered(wait())]), DeliveryState::Planned);
}

#[test]
fn a_wait_to_a_repeat_only_delays() {
    let state = after(&[claim(), answered(FailureClass::Ambiguous), answered(wait())]);
    assert!(matches!(state, DeliveryState::Claimed(Exposure { ambiguous: true, .. })));
}

#[test]
fn a_refusal_of_a_repeat_proves_nothing() {
    let refusal = answered(FailureClass::Refused(Refusal::Recipient));
    let sole = after(&[claim(), refusal.clone()]);
    assert_eq!(sole, DeliveryState::Done(Outcome::Failed(Reason::named("NAME"))));

    let asked = [claim(), Event::Interrupted, refusal];
    let DeliveryState::Claimed(exposure) = after(&asked) else {
        panic!("the row stays exposed");
    };
    assert_eq!(exposure.check, Some(Check::Refused(Reason::named("NAME"))));
    let mut events = asked.to_vec();
    events.push(Event::HistoryAbsent { complete: true });
    assert_eq!(after(&events), DeliveryState::Done(Outcome::Unknown(Reason::named("NAME"))));
    events.pop();
    events.push(Event::HistoryFound);
    assert_eq!(after(&events), DeliveryState::Done(Outcome::Sent));
}

#[test]
fn an_opt_out_before_a_repeat_ends_it_without_sending() {
    let events = [claim(), Event::Interrupted, Event::Ineligible(Reason::OPTED_OUT)];
    let mut more = events.to_vec();
    more.push(Event::HistoryAbsent { complete: true });
    assert_eq!(after(&more), DeliveryState::Done(Outcome::Unknown(Reason::OPTED_OUT)));
}

#[test]
fn absence_is_proof_only_for_an_expired_row_with_a_complete_history() {
    let base = [claim(), Event::Interrupted, Event::Expired];
    for (complete, expected) in [
        (true, DeliveryState::Planned),
        (false, DeliveryState::Done(Outcome::Unknown(Reason::EXPIRED))),
    ] {
        let mut events = base.to_vec();
        events.push(Event::HistoryAbsent { complete });
        assert_eq!(after(&events), expected);
    }
}

#[test]
fn a_gone_account_leaves_an_exposed_row_to_a_person() {
    let state = after(&[claim(), Event::Interrupted, Event::AccountGone]);
    assert_eq!(state, DeliveryState::Done(Outcome::Unknown(Reason::ACCOUNT_GONE)));
}

#[test]
fn parts_pin_the_rest_and_a_partial_refusal_fails() {
    let two = Event::Claim { parts: 2 };
    let state = after(&[two.clone(), Event::Delivered, answered(wait())]);
    let DeliveryState::Claimed(exposure) = state else {
        panic!("the second part stays with the account");
    };
    assert_eq!((exposure.part, exposure.ambiguous), (1, false));
    let refusal = answered(FailureClass::Refused(Refusal::Recipient));
    assert_eq!(
        after(&[two.clone(), Event::Delivered, refusal]),
        DeliveryState::Done(Outcome::Failed(Reason::PARTIAL))
    );
    assert_eq!(
        after(&[two, Event::Delivered, Event::Delivered]),
        DeliveryState::Done(Outcome::Sent)
    );
}

#[test]
fn patience_with_in_flight_ends_in_the_history() {
    let mut events = vec![claim()];
    events.extend(std::iter::repeat_n(answered(FailureClass::InFlight), 6));
    let DeliveryState::Claimed(exposure) = after(&events) else {
        panic!("still exposed");
    };
    assert_eq!(exposure.check, Some(Check::StillInFlight));
}

#[test]
fn an_account_that_is_refused_gives_an_unexposed_row_back() {
    let fault = FailureClass::Refused(Refusal::Account(AccountFault::Quarantined));
    assert_eq!(after(&[claim(), answered(fault.clone())]), DeliveryState::Planned);
    let state = after(&[claim(), Event::Interrupted, answered(fault)]);
    assert!(matches!(state, DeliveryState::Claimed(_)));
}

fn resolved(delivered: bool) -> Event {
    Event::Resolved { delivered, earlier: false }
}

#[test]
fn a_person_decides_what_became_of_an_unknown_row() {
    let unknown = [claim(), Event::Interrupted, Event::AccountGone];
    let with = |event: Event| after(&[&unknown[..], &[event]].concat());
    assert_eq!(with(resolved(true)), DeliveryState::Done(Outcome::Sent));
    assert_eq!(
        with(resolved(false)),
        DeliveryState::Done(Outcome::Failed(Reason::RESOLVED_NOT_DELIVERED))
    );
    let partial = Event::Resolved { delivered: false, earlier: true };
    assert_eq!(with(partial), DeliveryState::Done(Outcome::Failed(Reason::PARTIAL)));
}

#[test]
fn only_what_was_not_delivered_is_tried_again() {
    let refusal = answered(FailureClass::Refused(Refusal::Recipient));
    assert_eq!(after(&[claim(), refusal.clone(), Event::Retry]), DeliveryState::Planned);
    let resolved = [claim(), Event::Interrupted, Event::AccountGone, resolved(false), Event::Retry];
    assert_eq!(after(&resolved), DeliveryState::Planned);
    let two = Event::Claim { parts: 2 };
    for never in [
        after(&[]),
        after(&[claim()]),
        after(&[claim(), Event::Delivered]),
        after(&[claim(), Event::Interrupted, Event::AccountGone]),
        after(&[two, Event::Delivered, refusal]),
        after(&[Event::Ineligible(Reason::OPTED_OUT)]),
        after(&[Event::Cancel]),
    ] {
        assert!(never.next(&Event::Retry).is_err(), "{never:?}");
    }
}

fn any_event() -> impl Strategy<Value = Event> {
    let class = prop_oneof![
        Just(FailureClass::Ambiguous),
        Just(FailureClass::InFlight),
        Just(wait()),
        Just(FailureClass::Elsewhere { dc: 4 }),
        Just(FailureClass::Refused(Refusal::Recipient)),
        Just(FailureClass::Refused(Refusal::Config)),
        Just(FailureClass::Refused(Refusal::Unclassified)),
        Just(FailureClass::Refused(Refusal::Account(AccountFault::Revoked))),
    ];
    prop_oneof![
        (1u16..4).prop_map(|parts| Event::Claim { parts }),
        Just(Event::Release),
        Just(Event::Delivered),
        class.prop_map(answered),
        Just(Event::Interrupted),
        Just(Event::Ineligible(Reason::OPTED_OUT)),
        Just(Event::Expired),
        Just(Event::HistoryFound),
        any::<bool>().prop_map(|complete| Event::HistoryAbsent { complete }),
        Just(Event::AccountGone),
        Just(Event::Cancel),
        Just(Event::Retry),
        (any::<bool>(), any::<bool>())
            .prop_map(|(delivered, earlier)| Event::Resolved { delivered, earlier }),
    ]
}

proptest! {
    /// An outcome is final unless a person decides, what was sent is final for good, and an exposed
    /// row is never freed by anything but proof.
    #[test]
    fn histories(events in proptest::collection::vec(any_event(), 1..40)) {
        let mut state = DeliveryState::Planned;
        for event in events {
            let Ok(next) = state.next(&event) else { continue };
            let by_a_person = match &state {
                DeliveryState::Done(Outcome::Failed(_)) => event == Event::Retry,
                DeliveryState::Done(Outcome::Unknown(_)) => {
                    matches!(event, Event::Resolved { .. })
                }
                DeliveryState::Done(_) => false,
                DeliveryState::Planned | DeliveryState::Claimed(_) => true,
            };
            prop_assert!(by_a_person, "{state:?} moved by {event:?}");
            if let DeliveryState::Claimed(exposure) = &state {
                let freed = matches!(
                    next,
                    DeliveryState::Planned
                        | DeliveryState::Done(Outcome::Failed(_) | Outcome::Skipped(_) | Outcome::Canceled)
                );
                let proven = matches!(event, Event::HistoryAbsent { complete: true })
                    && exposure.check == Some(Check::Expired);
                prop_assert!(
                    !(exposure.ambiguous && freed) || proven,
                    "{exposure:?} was freed by {event:?}"
                );
            }
            state = next;
        }
    }
}
