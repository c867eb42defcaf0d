//! How a delivery waits for its text: its due time lies in an age of its own, and what it was
//! before is added to that. So a claim, which reads what is due, never meets such a row and costs
//! the same as without personal texts.

use crate::time::Timestamp;

/// From here on a due time says: no text was written yet.
pub const UNWRITTEN: Timestamp = Timestamp(1 << 60);
/// From here on a due time says: a text was written, and a person has to look at it.
pub const UNAPPROVED: Timestamp = Timestamp(1 << 61);
