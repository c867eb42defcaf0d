//! One recipient's place in one campaign: its states, the events that move it, and the rule for
//! each move. This is where "at most once, exactly one outcome" is decided.

mod machine;
mod media;
mod reason;
mod records;

#[cfg(test)]
mod tests;

pub use machine::{Check, DeliveryState, Event, Exposure, Outcome, Refused, Step};
pub use media::{Button, MAX_ALBUM, MAX_MEDIA, Media, MediaKind};
pub use reason::Reason;
pub use records::{
    Body, Candidate, Claim, ClaimedPart, DeliveryRecord, Entity, EntityKind, Move, Moved, Repeat,
};
