//! The state machine: `next(state, event) -> step | refusal`, pure.
//!
//! *Exposure* is the idea that everything hangs on. A claim commits account, peer, random id and
//! body; from then on a copy may be under way, and the row is exposed. Only a "no" or "later" to
//! the *sole* transmission of a part proves that nothing was delivered. After one transmission
//! without an answer, no later answer to a repeat proves anything about the first copy: the row
//! stays with its account, its id and its body until an answer confirms the delivery, the chat's
//! history shows it, or a person decides.

use super::Reason;
use crate::failure::{FailureClass, Refusal};

/// Where a delivery stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// Waits for its due time and a permit. Any account may still take it.
    Planned,
    /// Committed to one account, id and body; a copy may be under way.
    Claimed(Exposure),
    /// Ended.
    Done(Outcome),
}

/// What is known about the transmissions of a claimed delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exposure {
    /// How many parts the message has.
    pub parts: u16,
    /// The part that is on its way; all before it were delivered.
    pub part: u16,
    /// An earlier transmission of this part went without an answer.
    pub ambiguous: bool,
    /// How often Telegram said that this part is being sent.
    pub in_flight: u16,
    /// The chat's history has to be asked before anything else, and why.
    pub check: Option<Check>,
}

impl Exposure {
    /// The exposure that a fresh claim makes.
    #[must_use]
    pub const fn fresh(parts: u16) -> Self {
        Self { parts, part: 0, ambiguous: false, in_flight: 0, check: None }
    }
}

/// Why the history has to be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Check {
    /// The replay window has passed: repeating is no longer known to be safe.
    Expired,
    /// The person may no longer be written to.
    Ineligible(Reason),
    /// A repeat was refused, which says nothing about the first copy.
    Refused(Reason),
    /// Telegram kept saying that the message is being sent.
    StillInFlight,
}

impl Check {
    /// The reason that the outcome carries if the history does not settle it.
    #[must_use]
    pub fn reason(&self) -> Reason {
        match self {
            Self::Expired => Reason::EXPIRED,
            Self::Ineligible(reason) | Self::Refused(reason) => reason.clone(),
            Self::StillInFlight => Reason::IN_FLIGHT,
        }
    }
}

/// How a delivery ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Telegram confirmed every part.
    Sent,
    /// Telegram refused it.
    Failed(Reason),
    /// It was never attempted, and why.
    Skipped(Reason),
    /// A copy may have been delivered; a person decides.
    Unknown(Reason),
    /// The campaign was cancelled before it was attempted.
    Canceled,
}

/// What can happen to a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// An account takes it; `parts` bodies are committed with it.
    Claim {
        /// At least 1.
        parts: u16,
    },
    /// The claim is given back: its current part was never handed to a connection.
    Release,
    /// Telegram confirmed the current part.
    Delivered,
    /// Telegram, or the lack of an answer, said something else about the current part.
    Answered {
        /// What it means.
        class: FailureClass,
        /// Its name.
        reason: Reason,
    },
    /// The process that had claimed it is gone: whatever it did is not known.
    Interrupted,
    /// It may not be written to (any more).
    Ineligible(Reason),
    /// It has waited longer than the replay window.
    Expired,
    /// The history shows the current part.
    HistoryFound,
    /// The history does not show the current part. `complete`: it reaches back past the claim.
    HistoryAbsent {
        /// Whether absence is proof.
        complete: bool,
    },
    /// The only account that may repeat it is gone.
    AccountGone,
    /// The database turned out to be an older copy.
    Restored,
    /// The campaign was cancelled.
    Cancel,
    /// Its turn comes later, for a reason of our own (pace): nothing was attempted.
    Postpone,
    /// A person has it tried again, under a new attempt and so with new random ids.
    Retry,
    /// A person found out what became of it.
    Resolved {
        /// The person received it.
        delivered: bool,
        /// Parts before the one in doubt were delivered.
        earlier: bool,
    },
}

/// What the caller has to do with a delivery after a move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing: it ended.
    Stop,
    /// Free for any account, when due.
    Requeue,
    /// The same account goes on with it, when due.
    Continue,
}

/// A move that the machine does not allow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a delivery that is {state:?} cannot take {event:?}")]
pub struct Refused {
    state: DeliveryState,
    event: Event,
}

/// How often "it is being sent" is believed before the history is asked.
const IN_FLIGHT_PATIENCE: u16 = 6;

impl DeliveryState {
    /// What to do with a delivery in this state.
    #[must_use]
    pub const fn step(&self) -> Step {
        match self {
            Self::Planned => Step::Requeue,
            Self::Claimed(_) => Step::Continue,
            Self::Done(_) => Step::Stop,
        }
    }

    /// What `event` makes of this state.
    ///
    /// # Errors
    /// [`Refused`] for every pair that is not a rule here; the store writes nothing then.
    pub fn next(&self, event: &Event) -> Result<Self, Refused> {
        let next = match self {
            Self::Planned => planned(event),
            Self::Claimed(exposure) => claimed(exposure, event),
            Self::Done(outcome) => decided(outcome, event),
        };
        next.ok_or_else(|| Refused { state: self.clone(), event: event.clone() })
    }
}

fn planned(event: &Event) -> Option<DeliveryState> {
    use DeliveryState::{Claimed, Done, Planned};
    Some(match event {
        Event::Claim { parts } if *parts > 0 => Claimed(Exposure::fresh(*parts)),
        Event::Ineligible(reason) => Done(Outcome::Skipped(reason.clone())),
        Event::Cancel => Done(Outcome::Canceled),
        Event::Restored => Done(Outcome::Unknown(Reason::RESTORED)),
        Event::Postpone => Planned,
        // A wait that was met before any transmission (resolving) only delays.
        Event::Answered {
            class:
                FailureClass::Wait { .. } | FailureClass::Ambiguous | FailureClass::Elsewhere { .. },
            ..
        } => Planned,
        Event::Answered {
            class: FailureClass::Refused(Refusal::Recipient | Refusal::Unclassified),
            reason,
        } => Done(Outcome::Failed(reason.clone())),
        _ => return None,
    })
}

/// What ended moves only by a person's decision. A failed message was proven not to be delivered,
/// so it may be tried again, unless parts of it arrived. What is unknown has to be resolved first.
fn decided(outcome: &Outcome, event: &Event) -> Option<DeliveryState> {
    use DeliveryState::{Done, Planned};
    Some(match (outcome, event) {
        (Outcome::Failed(reason), Event::Retry) if *reason != Reason::PARTIAL => Planned,
        (Outcome::Unknown(_), Event::Resolved { delivered: true, .. }) => Done(Outcome::Sent),
        (Outcome::Unknown(_), Event::Resolved { delivered: false, earlier: true }) => {
            Done(Outcome::Failed(Reason::PARTIAL))
        }
        (Outcome::Unknown(_), Event::Resolved { delivered: false, earlier: false }) => {
            Done(Outcome::Failed(Reason::RESOLVED_NOT_DELIVERED))
        }
        _ => return None,
    })
}

fn claimed(exposure: &Exposure, event: &Event) -> Option<DeliveryState> {
    use DeliveryState::{Claimed, Done};
    Some(match event {
        Event::Delivered | Event::HistoryFound => delivered(exposure),
        Event::Answered { class, reason } => answered(exposure, class, reason),
        Event::Release if exposure.ambiguous || exposure.part > 0 => Claimed(exposure.clone()),
        Event::Release => DeliveryState::Planned,
        Event::Interrupted => doubtful(exposure),
        Event::Ineligible(reason) => ineligible(exposure, reason),
        Event::Cancel if exposure.ambiguous => {
            checked(exposure, Check::Ineligible(Reason::CANCELED))
        }
        Event::Cancel => undelivered(exposure, Outcome::Canceled),
        Event::Expired if exposure.ambiguous => checked(exposure, Check::Expired),
        Event::HistoryAbsent { complete } => absent(exposure, *complete)?,
        Event::AccountGone => Done(Outcome::Unknown(Reason::ACCOUNT_GONE)),
        Event::Restored => Done(Outcome::Unknown(Reason::RESTORED)),
        Event::Claim { .. }
        | Event::Expired
        | Event::Postpone
        | Event::Retry
        | Event::Resolved { .. } => return None,
    })
}

/// The current part arrived: the next one begins unexposed, or all is done.
fn delivered(exposure: &Exposure) -> DeliveryState {
    let part = exposure.part + 1;
    if part >= exposure.parts {
        return DeliveryState::Done(Outcome::Sent);
    }
    DeliveryState::Claimed(Exposure { part, ..Exposure::fresh(exposure.parts) })
}

fn doubtful(exposure: &Exposure) -> DeliveryState {
    DeliveryState::Claimed(Exposure { ambiguous: true, ..exposure.clone() })
}

fn checked(exposure: &Exposure, check: Check) -> DeliveryState {
    DeliveryState::Claimed(Exposure { check: Some(check), ..exposure.clone() })
}

/// The person may no longer be written to: a possible copy is looked for, a part that was never
/// sent is not sent.
fn ineligible(exposure: &Exposure, reason: &Reason) -> DeliveryState {
    if exposure.ambiguous {
        checked(exposure, Check::Ineligible(reason.clone()))
    } else {
        undelivered(exposure, Outcome::Skipped(reason.clone()))
    }
}

/// The current part was proven not to be delivered and never will be.
fn undelivered(exposure: &Exposure, outcome: Outcome) -> DeliveryState {
    DeliveryState::Done(if exposure.part > 0 { Outcome::Failed(Reason::PARTIAL) } else { outcome })
}

/// The current part was proven not to be delivered and may be tried again.
fn again(exposure: &Exposure) -> DeliveryState {
    if exposure.part > 0 {
        // Earlier parts pin the rest to this account.
        DeliveryState::Claimed(Exposure { part: exposure.part, ..Exposure::fresh(exposure.parts) })
    } else {
        DeliveryState::Planned
    }
}

fn answered(exposure: &Exposure, class: &FailureClass, reason: &Reason) -> DeliveryState {
    match class {
        FailureClass::Ambiguous => doubtful(exposure),
        FailureClass::InFlight => {
            let in_flight = exposure.in_flight.saturating_add(1);
            DeliveryState::Claimed(Exposure {
                ambiguous: true,
                in_flight,
                check: (in_flight >= IN_FLIGHT_PATIENCE).then_some(Check::StillInFlight),
                ..exposure.clone()
            })
        }
        FailureClass::Wait { .. } | FailureClass::Elsewhere { .. } if exposure.ambiguous => {
            DeliveryState::Claimed(exposure.clone())
        }
        FailureClass::Wait { .. } | FailureClass::Elsewhere { .. } => again(exposure),
        FailureClass::Refused(Refusal::Account(_) | Refusal::Config) if exposure.ambiguous => {
            DeliveryState::Claimed(exposure.clone())
        }
        FailureClass::Refused(Refusal::Account(_) | Refusal::Config) => again(exposure),
        FailureClass::Refused(Refusal::Recipient | Refusal::Unclassified) if exposure.ambiguous => {
            checked(exposure, Check::Refused(reason.clone()))
        }
        FailureClass::Refused(Refusal::Recipient | Refusal::Unclassified) => {
            undelivered(exposure, Outcome::Failed(reason.clone()))
        }
    }
}

/// The history was asked and does not show the part.
fn absent(exposure: &Exposure, complete: bool) -> Option<DeliveryState> {
    let check = exposure.check.as_ref()?;
    Some(match check {
        Check::Expired if complete => again(exposure),
        other => DeliveryState::Done(Outcome::Unknown(other.reason())),
    })
}
