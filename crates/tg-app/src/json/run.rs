//! What a run of the engine did, as a result.

use super::rfc3339;
use serde::Serialize;
use tg_engine::{Ended, RunSummary};

/// What a run did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Run {
    /// `tg.run/1`
    pub schema: &'static str,
    /// `idle`: nothing is due; `stopped`: it was told to.
    pub ended: &'static str,
    /// When the next delivery is due; null if none is.
    pub next_due: Option<String>,
    /// Confirmed by Telegram in this run.
    pub sent: u64,
    /// Refused by Telegram in this run.
    pub failed: u64,
    /// Found ineligible in this run.
    pub skipped: u64,
    /// Left to a person in this run.
    pub unknown: u64,
    /// Put off in this run; one delivery may be put off several times.
    pub deferred: u64,
}

impl From<&RunSummary> for Run {
    fn from(summary: &RunSummary) -> Self {
        Self {
            schema: "tg.run/1",
            ended: match summary.ended {
                Ended::Idle => "idle",
                Ended::Stopped => "stopped",
            },
            next_due: summary.next_due.map(rfc3339),
            sent: summary.sent,
            failed: summary.failed,
            skipped: summary.skipped,
            unknown: summary.unknown,
            deferred: summary.deferred,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tg_core::time::Timestamp;

    #[test]
    fn a_run_says_why_it_ended_and_what_comes_next() {
        let summary = RunSummary {
            ended: Ended::Idle,
            next_due: Some(Timestamp::from_secs(1_800_000_000)),
            sent: 1,
            failed: 2,
            skipped: 3,
            unknown: 4,
            deferred: 5,
        };
        insta::assert_json_snapshot!(Run::from(&summary));
    }
}
