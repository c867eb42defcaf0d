//! Totals as one plain line, for pipes and logs.

use super::counts::Counts;
use crate::text::count;
use std::fmt::Write;
use std::time::Duration;

/// `spring: 1,200 of 5,000 done: 1,190 sent, 10 failed (431/s)`; what is zero is left out.
pub(super) fn total(name: &str, counts: &Counts, running: Duration) -> String {
    let mut out = format!("{name}: {}", count(counts.ended()));
    // Writing to a String cannot fail.
    if counts.recipients > 0 {
        let _ = write!(out, " of {}", count(counts.recipients));
    }
    let _ = write!(out, " done: {}", pace(counts, running));
    out
}

/// `1,190 sent, 10 failed (431/s)`; no rate in the first second, when it means nothing.
pub(super) fn pace(counts: &Counts, running: Duration) -> String {
    let outcomes = outcomes(counts);
    if running < Duration::from_secs(1) {
        return outcomes;
    }
    let millis = u64::try_from(running.as_millis()).unwrap_or(u64::MAX);
    let per_second = counts.ended_here().saturating_mul(1_000) / millis;
    format!("{outcomes} ({}/s)", count(per_second))
}

/// `1,190 sent, 10 failed`
fn outcomes(counts: &Counts) -> String {
    let mut out = format!("{} sent", count(counts.sent));
    for (number, what) in [
        (counts.failed, "failed"),
        (counts.skipped, "skipped"),
        (counts.unknown, "unknown"),
        (counts.canceled, "canceled"),
        (counts.deferred, "put off"),
    ] {
        if number > 0 {
            let _ = write!(out, ", {} {what}", count(number));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_are_left_out() {
        let counts =
            Counts { recipients: 5_000, before: 0, sent: 1_190, failed: 10, ..Counts::default() };
        assert_eq!(
            total("spring", &counts, Duration::from_secs(2)),
            "spring: 1,200 of 5,000 done: 1,190 sent, 10 failed (600/s)"
        );
        assert_eq!(total("x", &Counts::default(), Duration::ZERO), "x: 0 done: 0 sent");
    }
}
