//! Segments as results.

use super::rfc3339;
use serde::Serialize;
use tg_core::ports;

/// All segments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Segments {
    /// `tg.segments/1`
    pub schema: &'static str,
    /// By name.
    pub segments: Vec<Segment>,
}

/// A filter with a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Segment {
    /// The operator's name for it.
    pub name: String,
    /// Whom it chooses.
    pub filter: String,
    /// When it was made.
    pub created_at: String,
}

impl From<&ports::Segment> for Segment {
    fn from(segment: &ports::Segment) -> Self {
        Self {
            name: segment.name.to_string(),
            filter: segment.filter.to_string(),
            created_at: rfc3339(segment.created_at),
        }
    }
}

/// One segment, by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SegmentDetail {
    /// `tg.segment/1`
    pub schema: &'static str,
    /// The segment.
    #[serde(flatten)]
    pub segment: Segment,
    /// How many people of the audience it chooses; null if none was named.
    pub people: Option<u64>,
}

/// What labelling people of a list did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AudienceTags {
    /// `tg.audience_tags/1`
    pub schema: &'static str,
    /// The list.
    pub audience: String,
    /// People who were chosen.
    pub people: u64,
    /// Labels that were given or taken.
    pub changes: u64,
}
