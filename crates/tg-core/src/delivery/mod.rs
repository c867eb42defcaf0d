//! One recipient's place in one campaign: its states, the events that move it, and the rule for
//! each move. This is where "at most once, exactly one outcome" is decided.

mod machine;
mod reason;
mod records;

#[cfg(test)]
mod tests;

pub use machine::{Check, DeliveryState, Event, Exposure, Outcome, Refused, Step};
pub use reason::Reason;
pub use records::{
    Body, Candidate, Claim, ClaimedPart, DeliveryRecord, Entity, EntityKind, Move, Moved, Repeat,
};
