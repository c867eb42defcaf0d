//! The points at which a crash is tried while keys, secrets and the database itself are replaced.
//!
//! As with the points of a message's way ([`crate::steps`]), `TG_STOP_AT=NAME:N` ends the process
//! there in builds with the feature `failpoints`, and costs nothing in others.

/// A point on the way of a change to the home itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HomeStep {
    /// A new master key is in a file of its own; nothing is sealed under it.
    RekeyDrafted,
    /// Within the transaction: everything is sealed anew, not committed.
    RekeySealed,
    /// Everything is sealed anew; the old key file has its name still.
    RekeyCommitted,
    /// The old key file has a second name.
    RekeyKept,
    /// The new key file has its name.
    RekeySwapped,
    /// The secrets of a plaintext file are sealed; the file is as it was.
    MigrateSealed,
    /// Each sealed copy was read back; the file is as it was.
    MigrateVerified,
    /// The file without its secrets is written beside it.
    MigrateDrafted,
    /// The file has its secrets no more.
    MigrateReplaced,
    /// A copy of the database is written, under another name.
    BackupWritten,
    /// A copy is ready to take the database's place.
    RestoreStaged,
    /// The old database is out of the way; there is none.
    RestoreAside,
    /// The copy has taken its place.
    RestoreReplaced,
}

impl HomeStep {
    /// All points.
    pub const ALL: [Self; 13] = [
        Self::RekeyDrafted,
        Self::RekeySealed,
        Self::RekeyCommitted,
        Self::RekeyKept,
        Self::RekeySwapped,
        Self::MigrateSealed,
        Self::MigrateVerified,
        Self::MigrateDrafted,
        Self::MigrateReplaced,
        Self::BackupWritten,
        Self::RestoreStaged,
        Self::RestoreAside,
        Self::RestoreReplaced,
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
pub const fn reach(_step: HomeStep) {}

/// Passes a point; ends the process there if `TG_STOP_AT` says so.
#[cfg(feature = "failpoints")]
pub fn reach(step: HomeStep) {
    crate::stop::at(&step.name());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_point_is_listed_once() {
        assert!(HomeStep::ALL.windows(2).all(|w| w[0] < w[1]));
        assert_eq!(HomeStep::ALL.last(), Some(&HomeStep::RestoreReplaced));
    }
}
