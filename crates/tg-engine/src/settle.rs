//! What an answer means for a row, an account and the connection. The meaning is in the failure
//! class; the move itself is the machine's.

use crate::learn::{Ask, Learned};
use crate::turn::{Ready, Task};
use std::collections::BTreeMap;
use std::time::Duration;
use tg_core::account::{AccountEvent, AccountState};
use tg_core::delivery::{Body, Event, Move, Reason};
use tg_core::failure::{Failure, FailureClass, Refusal, WaitScope};
use tg_core::ids::{AccountId, CampaignId, DeliveryId, MessageId};
use tg_core::ports::{Entropy, HistoryPage, Receipt, Resolved, Wait};
use tg_core::retry::RetryPolicy;
use tg_core::time::Timestamp;

/// How far clocks here and at Telegram may disagree before a message in the history is doubtful.
const CLOCK_DOUBT: Duration = Duration::from_secs(300);

/// How the connection goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Course {
    /// As it is.
    Stay,
    /// Nothing more is handed over; what flies lands; then it is torn down and opened again.
    Reopen(Failure),
    /// The account stops.
    StopAccount,
    /// Everything stops.
    StopAll(Failure),
}

/// A move that waits for its commit, with what is announced after it.
#[derive(Clone, Debug)]
pub(crate) struct Settling {
    pub(crate) step: Move,
    pub(crate) campaign: CampaignId,
    /// The row was claimed by, or in the hands of, this run.
    pub(crate) held: bool,
    pub(crate) reason: Reason,
}

/// Everything that one account has to write in its next turn.
pub(crate) struct Ledger {
    account: AccountId,
    state: AccountState,
    pub(crate) settling: Vec<Settling>,
    pub(crate) learned: Vec<Learned>,
    pub(crate) waits: Vec<Wait>,
    pub(crate) fault: Option<(AccountState, String)>,
    attempts: BTreeMap<DeliveryId, u32>,
}

impl Ledger {
    pub(crate) fn new(account: AccountId, state: AccountState) -> Self {
        Self {
            account,
            state,
            settling: Vec::new(),
            learned: Vec::new(),
            waits: Vec::new(),
            fault: None,
            attempts: BTreeMap::new(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.settling.is_empty()
            && self.learned.is_empty()
            && self.waits.is_empty()
            && self.fault.is_none()
    }

    /// The row goes back untouched: it was never handed to the connection.
    pub(crate) fn release(&mut self, ready: &Ready, due_at: Option<Timestamp>) {
        self.push(ready, Event::Release, due_at, None, Reason::named("released"));
    }

    /// A send that was handed over has landed.
    pub(crate) fn sent(
        &mut self,
        ready: &Ready,
        result: Result<Receipt, Failure>,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Course {
        match result {
            Ok(receipt) => {
                self.attempts.remove(&ready.delivery);
                // A further part is due at once.
                self.push(
                    ready,
                    Event::Delivered,
                    Some(now),
                    Some(receipt.message_id),
                    Reason::named("sent"),
                );
                Course::Stay
            }
            Err(failure) => {
                let due = self.due_after(ready.delivery, &failure, now, entropy);
                let reason = Reason::named(&failure.reason);
                let event =
                    Event::Answered { class: failure.class.clone(), reason: reason.clone() };
                self.push(ready, event, Some(due), None, reason);
                self.course(failure, Some(ready), now)
            }
        }
    }

    /// The history of a doubtful row has been read.
    pub(crate) fn looked(
        &mut self,
        ready: &Ready,
        result: Result<HistoryPage, Failure>,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Course {
        match result {
            Ok(page) => {
                self.attempts.remove(&ready.delivery);
                let since = match ready.task {
                    Task::Look { since } => since,
                    Task::Send => now,
                };
                let (event, id) = verdict(&page, &ready.part.body, since);
                self.push(ready, event, Some(now), id, Reason::named("history"));
                Course::Stay
            }
            Err(failure) => {
                let due = self.due_after(ready.delivery, &failure, now, entropy);
                // Not having read it changes nothing but the time.
                self.push(ready, Event::Release, Some(due), None, Reason::named(&failure.reason));
                self.course(failure, None, now)
            }
        }
    }

    /// An address has been asked about.
    pub(crate) fn asked(
        &mut self,
        ask: Ask,
        result: Result<Resolved, Failure>,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Course {
        let failure = match result {
            Ok(resolved) => {
                self.learned.push(Learned { ask, peer: resolved.peer });
                return Course::Stay;
            }
            Err(failure) => failure,
        };
        let due = self.due_after(ask.delivery, &failure, now, entropy);
        let reason = Reason::named(&failure.reason);
        let event = match &failure.class {
            FailureClass::Refused(Refusal::Account(_) | Refusal::Config) => Event::Postpone,
            class => Event::Answered { class: class.clone(), reason: reason.clone() },
        };
        self.settling.push(Settling {
            step: Move { delivery: ask.delivery, event, due_at: Some(due), message_id: None },
            campaign: ask.campaign,
            held: false,
            reason,
        });
        self.course(failure, None, now)
    }

    fn push(
        &mut self,
        ready: &Ready,
        event: Event,
        due_at: Option<Timestamp>,
        message_id: Option<MessageId>,
        reason: Reason,
    ) {
        self.settling.push(Settling {
            step: Move { delivery: ready.delivery, event, due_at, message_id },
            campaign: ready.campaign,
            held: true,
            reason,
        });
    }

    /// When a row is due again after a failure.
    fn due_after(
        &mut self,
        delivery: DeliveryId,
        failure: &Failure,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Timestamp {
        match &failure.class {
            FailureClass::Wait { delay, .. } => now + *delay,
            FailureClass::Ambiguous | FailureClass::InFlight => {
                let attempt = self.attempts.entry(delivery).or_default();
                let delay = RetryPolicy::REPEAT.delay(*attempt, entropy);
                *attempt += 1;
                now + delay
            }
            FailureClass::Refused(_) | FailureClass::Elsewhere { .. } => now,
        }
    }

    /// What a failure means beyond its row.
    pub(crate) fn course(
        &mut self,
        failure: Failure,
        of: Option<&Ready>,
        now: Timestamp,
    ) -> Course {
        match &failure.class {
            FailureClass::Wait { scope, delay } => {
                self.waits.push(Wait {
                    account: self.account,
                    scope: *scope,
                    user: of
                        .filter(|_| *scope == WaitScope::Chat)
                        .map(|ready| ready.peer.user_id()),
                    until: now + *delay,
                    reason: failure.reason,
                });
                Course::Stay
            }
            FailureClass::Refused(Refusal::Account(fault)) => {
                // Every fault applies to every state.
                if let Ok(next) = self.state.next(&AccountEvent::Fault(fault.clone())) {
                    self.fault = Some((next.clone(), failure.reason));
                    self.state = next;
                }
                Course::StopAccount
            }
            FailureClass::Refused(Refusal::Config) => Course::StopAll(failure),
            FailureClass::Ambiguous | FailureClass::Elsewhere { .. } => Course::Reopen(failure),
            FailureClass::Refused(Refusal::Recipient | Refusal::Unclassified)
            | FailureClass::InFlight => Course::Stay,
        }
    }
}

/// What a chat's history proves about one part: the same text, outgoing, not before the claim.
pub(crate) fn verdict(
    page: &HistoryPage,
    body: &Body,
    claimed_at: Timestamp,
) -> (Event, Option<MessageId>) {
    // Telegram counts whole seconds.
    let from = Timestamp(claimed_at.0 - claimed_at.0.rem_euclid(1_000));
    let file = body.media.first().map(|file| file.kind);
    let same = || page.outgoing.iter().filter(|m| m.body.text == body.text && m.media == file);
    let mut after = same().filter(|m| m.at >= from);
    let doubtful = same().any(|m| m.at < from && m.at >= from - CLOCK_DOUBT);
    match (after.next(), after.next()) {
        (Some(one), None) => (Event::HistoryFound, Some(one.message_id)),
        (None, _) => (Event::HistoryAbsent { complete: page.complete && !doubtful }, None),
        (Some(_), Some(_)) => (Event::HistoryAbsent { complete: false }, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tg_core::ports::HistoryMessage;

    fn page(complete: bool, messages: &[(i32, i64, &str)]) -> HistoryPage {
        HistoryPage {
            outgoing: messages
                .iter()
                .map(|(id, at, text)| HistoryMessage {
                    message_id: MessageId(*id),
                    at: Timestamp(*at),
                    body: Body::text(text),
                    media: None,
                })
                .collect(),
            complete,
        }
    }

    #[test]
    fn the_history_is_believed_only_where_it_is_clear() {
        let body = Body::text("hi");
        let claimed = Timestamp(1_000_500);
        let ask = |p: HistoryPage| verdict(&p, &body, claimed);
        assert_eq!(
            ask(page(true, &[(7, 1_000_000, "hi")])),
            (Event::HistoryFound, Some(MessageId(7)))
        );
        assert_eq!(
            ask(page(true, &[(7, 1_000_000, "other")])),
            (Event::HistoryAbsent { complete: true }, None)
        );
        // Two of the same, an incomplete page, one shortly before: doubt.
        for doubt in [
            page(true, &[(8, 1_002_000, "hi"), (7, 1_001_000, "hi")]),
            page(false, &[]),
            page(true, &[(7, 999_000, "hi")]),
        ] {
            assert_eq!(ask(doubt), (Event::HistoryAbsent { complete: false }, None));
        }
    }
}
