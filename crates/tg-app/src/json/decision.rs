//! What people decided about deliveries, as results.

use serde::Serialize;

/// Deliveries that are tried again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Retry {
    /// `tg.retry/1`
    pub schema: &'static str,
    /// The campaign.
    pub campaign: String,
    /// Where it stood.
    pub was: &'static str,
    /// Where it stands now.
    pub state: &'static str,
    /// Failed deliveries that are due again, with new random ids.
    pub retried: u64,
    /// Left alone: a copy may have arrived, and nobody resolved it.
    pub unknown: u64,
    /// Left alone: a part of it arrived.
    pub partial: u64,
}

/// Deliveries about which somebody decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Resolve {
    /// `tg.resolve/1`
    pub schema: &'static str,
    /// The campaign.
    pub campaign: String,
    /// `sent` or `not-delivered`.
    #[serde(rename = "as")]
    pub decided: &'static str,
    /// How many.
    pub resolved: u64,
    /// How many are unknown still.
    pub unknown: u64,
}
