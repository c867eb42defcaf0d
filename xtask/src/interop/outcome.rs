//! What became of a check, as the Python side reports it.

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Verdict {
    #[serde(rename = "passed")]
    Passed,
    #[serde(rename = "failed")]
    Failed,
    #[serde(rename = "not run")]
    NotRun,
}

/// One client, one transport, one check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Outcome {
    /// With its version.
    pub(super) client: String,
    pub(super) transport: String,
    /// `all` if it is about everything over this transport.
    pub(super) check: String,
    #[serde(rename = "outcome")]
    pub(super) verdict: Verdict,
    /// Why it failed or was not run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<String>,
}

impl Outcome {
    /// Reads a line of the Python side.
    ///
    /// # Errors
    /// The line is something else.
    pub(super) fn parse(line: &str) -> Result<Self> {
        serde_json::from_str(line).with_context(|| format!("not an outcome: {line}"))
    }

    /// A client that ended early: a failure of its own, beside those that it reported.
    pub(super) fn aborted(client: &str, reason: String) -> Self {
        Self {
            client: client.to_owned(),
            transport: "-".to_owned(),
            check: "all".to_owned(),
            verdict: Verdict::Failed,
            reason: Some(reason),
        }
    }
}

/// How many outcomes there are of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Totals {
    pub(super) passed: usize,
    pub(super) failed: usize,
    pub(super) not_run: usize,
}

impl Totals {
    /// Counts.
    pub(super) fn of(outcomes: &[Outcome]) -> Self {
        let count = |verdict| outcomes.iter().filter(|outcome| outcome.verdict == verdict).count();
        Self {
            passed: count(Verdict::Passed),
            failed: count(Verdict::Failed),
            not_run: count(Verdict::NotRun),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{Outcome, Totals, Verdict};

    #[test]
    fn lines_are_read_and_counted() {
        let lines = [
            r#"{"client":"a 1","transport":"full","check":"send","outcome":"passed"}"#,
            r#"{"client":"a 1","transport":"full","check":"bot","outcome":"failed","reason":"x"}"#,
            r#"{"client":"a 1","transport":"http","check":"all","outcome":"not run","reason":"y"}"#,
        ];
        let outcomes: Vec<_> = lines.iter().map(|line| Outcome::parse(line).unwrap()).collect();
        assert_eq!(outcomes[1].verdict, Verdict::Failed);
        assert_eq!(outcomes[2].reason.as_deref(), Some("y"));
        assert_eq!(Totals::of(&outcomes), Totals { passed: 1, failed: 1, not_run: 1 });
        assert_eq!(serde_json::to_string(&outcomes[0]).unwrap(), lines[0]);
    }

    #[test]
    fn anything_else_is_named() {
        let error = Outcome::parse("Traceback").unwrap_err().to_string();
        assert_eq!(error, "not an outcome: Traceback");
    }
}
