//! The points between plan and settle at which a crash is tried.
//!
//! Each is named where the code passes it. With the feature `failpoints`,
//! `TG_STOP_AT=NAME:N` ends the process, as a crash would, when the point is passed for the N-th
//! time; without it a point costs nothing.

/// A point on a message's way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Before a chunk of deliveries is staged.
    Stage,
    /// A chunk is committed.
    Staged,
    /// Everything is staged; the campaign is not visible yet.
    BeforeVisible,
    /// The campaign runs.
    Visible,
    /// The run has taken over the home.
    EpochBegun,
    /// Claims of an earlier run are marked as possibly sent.
    Interrupted,
    /// Before an account connects.
    BeforeConnect,
    /// The connection has answered.
    Connected,
    /// Within the turn's transaction: what was learned by resolving is written.
    TurnLearned,
    /// Within the turn's transaction: outcomes are written, not committed.
    TurnSettled,
    /// Within the turn's transaction: claims are written, not committed.
    TurnClaimed,
    /// The turn is committed; nothing of it has left.
    TurnCommitted,
    /// Before an address is asked for.
    BeforeResolve,
    /// The answer is here, not stored.
    Resolved,
    /// Before a part is handed to the connection.
    BeforeHandOver,
    /// The part was handed over; no answer yet.
    HandedOver,
    /// The answer is here, not stored.
    Answered,
    /// Outcomes are committed, not announced.
    SettledNotAnnounced,
    /// Outcomes are announced.
    Announced,
    /// Before the history is asked.
    BeforeHistory,
    /// The history has answered, nothing is stored.
    HistoryRead,
    /// Every delivery ended; the campaign is not finished yet.
    BeforeFinish,
    /// The campaign is finished.
    Finished,
}

impl Step {
    /// All points, in the order of a message's way.
    pub const ALL: [Self; 23] = [
        Self::Stage,
        Self::Staged,
        Self::BeforeVisible,
        Self::Visible,
        Self::EpochBegun,
        Self::Interrupted,
        Self::BeforeConnect,
        Self::Connected,
        Self::TurnLearned,
        Self::TurnSettled,
        Self::TurnClaimed,
        Self::TurnCommitted,
        Self::BeforeResolve,
        Self::Resolved,
        Self::BeforeHandOver,
        Self::HandedOver,
        Self::Answered,
        Self::SettledNotAnnounced,
        Self::Announced,
        Self::BeforeHistory,
        Self::HistoryRead,
        Self::BeforeFinish,
        Self::Finished,
    ];

    /// The name in `TG_STOP_AT`.
    #[must_use]
    pub fn name(self) -> String {
        format!("{self:?}")
    }
}

/// Passes a point.
#[cfg(not(feature = "failpoints"))]
#[inline]
pub const fn reach(_step: Step) {}

/// Passes a point; ends the process there if `TG_STOP_AT` says so.
#[cfg(feature = "failpoints")]
pub fn reach(step: Step) {
    crate::stop::at(&step.name());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_point_is_listed_once() {
        assert!(Step::ALL.windows(2).all(|w| w[0] < w[1]));
        // A new point without a place in ALL fails to be the last one.
        assert_eq!(Step::ALL.last(), Some(&Step::Finished));
    }
}
