//! The verdict: the journal against the ledger, person by person.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::ledger::{Message, Row};

/// Faults that are shown; there may be thousands of one kind.
const SHOWN: usize = 20;

/// What `tg campaign report --output json` says.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Report {
    state: String,
    recipients: u64,
    pending: u64,
    deferred: u64,
    sent: u64,
    failed: Sum,
    skipped: Sum,
    unknown: u64,
    canceled: u64,
}

#[derive(Clone, Debug, Deserialize)]
struct Sum {
    total: u64,
}

/// What was found. Nothing in the faults of a chaos run is a reason for any of the counts below
/// `delivered` to be other than 0.
#[derive(Debug, Default, Serialize)]
pub(super) struct Verdict {
    /// Recipients of the campaign.
    pub(super) recipients: u64,
    /// People who got the message.
    pub(super) delivered: u64,
    /// Recipients without the message, whatever the ledger says.
    pub(super) lost: u64,
    /// Messages beyond the first to a person.
    pub(super) double: u64,
    /// Recipients whose outcome is `unknown`.
    pub(super) unknown: u64,
    /// Recipients whose outcome does not fit the journal, or who have none.
    pub(super) untrue: u64,
    /// The faults in words, the first ones.
    pub(super) faults: Vec<String>,
}

impl Verdict {
    /// Whether everybody has the message once, and the ledger says so.
    pub(super) fn is_good(&self) -> bool {
        self.faults.is_empty()
    }

    fn fault(&mut self, text: String) {
        if self.faults.len() < SHOWN {
            self.faults.push(text);
        }
    }

    fn row(&mut self, row: &Row, messages: &[Message]) {
        let whom = &row.contact;
        let outcome = row
            .reason
            .as_ref()
            .map_or_else(|| row.outcome.clone(), |reason| format!("{} ({reason})", row.outcome));
        if let [_, further @ ..] = messages
            && !further.is_empty()
        {
            self.double += count(further.len());
            self.fault(format!("{whom} got {} messages; the ledger: {outcome}", messages.len()));
        }
        let Some(message) = messages.first() else {
            self.lost += 1;
            self.untrue += u64::from(row.outcome == "sent");
            self.unknown += u64::from(row.outcome == "unknown");
            return self.fault(format!("{whom} got nothing; the ledger: {outcome}"));
        };
        self.delivered += 1;
        if row.outcome == "unknown" {
            self.unknown += 1;
            self.fault(format!("{whom} got the message; the ledger: {outcome}"));
        } else if row.outcome != "sent" {
            self.untrue += 1;
            self.fault(format!("{whom} got the message; the ledger: {outcome}"));
        } else if row.message_id != Some(message.message_id)
            || row.random_id.as_ref() != Some(&message.random_id)
        {
            self.untrue += 1;
            self.fault(format!("{whom} got another message than the ledger says"));
        }
    }

    fn report(&mut self, report: &Report, rows: u64) {
        let Report { state, recipients, pending, deferred, sent, unknown, canceled, .. } = report;
        let (failed, skipped) = (report.failed.total, report.skipped.total);
        let sum = pending + deferred + sent + failed + skipped + unknown + canceled;
        if *recipients != rows || *recipients != sum {
            self.fault(format!("{rows} rows, {recipients} recipients, outcomes of {sum}"));
        }
        if state != "finished" {
            self.fault(format!("the campaign is {state}, not finished"));
        }
        if *sent != self.delivered {
            self.fault(format!("the report says {sent} sent; {} were delivered", self.delivered));
        }
    }
}

/// Compares the journal, by user, with the ledger and the report.
pub(super) fn judge(
    journal: &BTreeMap<i64, Vec<Message>>,
    rows: &[Row],
    report: &Report,
) -> Verdict {
    let mut verdict = Verdict { recipients: count(rows.len()), ..Verdict::default() };
    let mut strangers: BTreeSet<i64> = journal.keys().copied().collect();
    for row in rows {
        let messages = row.user_id.and_then(|user| journal.get(&user));
        if let Some(user) = row.user_id {
            strangers.remove(&user);
        }
        verdict.row(row, messages.map_or(&[], Vec::as_slice));
    }
    for user in strangers {
        verdict.untrue += 1;
        verdict.fault(format!("user {user} got a message that the ledger does not have"));
    }
    verdict.report(report, count(rows.len()));
    verdict
}

fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::BTreeMap;

    use serde_json::json;

    use super::{Message, Report, Row, Verdict, judge};

    fn row(user: i64, outcome: &str) -> Row {
        Row {
            contact: format!("user{user}"),
            user_id: Some(user),
            message_id: Some(user + 100),
            random_id: Some(user.to_string()),
            outcome: outcome.to_owned(),
            reason: None,
            claimed_at: None,
        }
    }

    /// Everybody in `rows` has an outcome; the users in `got` got a message each time they are named.
    fn verdict(rows: &[Row], got: &[i64]) -> Verdict {
        let mut journal: BTreeMap<i64, Vec<Message>> = BTreeMap::new();
        for user in got {
            let message =
                Message { to_user_id: *user, message_id: user + 100, random_id: user.to_string() };
            journal.entry(*user).or_default().push(message);
        }
        let n = |outcome: &str| rows.iter().filter(|row| row.outcome == outcome).count();
        let report: Report = serde_json::from_value(json!({
            "state": "finished", "recipients": rows.len(), "pending": n("pending"), "deferred": 0,
            "sent": n("sent"), "failed": {"total": n("failed")}, "skipped": {"total": 0},
            "unknown": n("unknown"), "canceled": 0
        }))
        .unwrap();
        judge(&journal, rows, &report)
    }

    #[test]
    fn everybody_once_is_good() {
        let verdict = verdict(&[row(1, "sent"), row(2, "sent")], &[2, 1]);
        assert!(verdict.is_good(), "{verdict:?}");
        assert_eq!((verdict.recipients, verdict.delivered), (2, 2));
    }

    #[test]
    fn whoever_got_it_twice_is_counted() {
        let verdict = verdict(&[row(1, "sent")], &[1, 1, 1]);
        assert_eq!((verdict.double, verdict.is_good()), (2, false));
    }

    #[test]
    fn whoever_got_nothing_is_counted_whatever_the_ledger_says() {
        for (outcome, untrue) in [("sent", 1), ("failed", 0), ("pending", 0)] {
            let verdict = verdict(&[row(1, outcome)], &[]);
            assert_eq!((verdict.lost, verdict.untrue), (1, untrue), "{outcome}");
            assert!(!verdict.is_good());
        }
    }

    #[test]
    fn unknown_is_a_fault_delivered_or_not() {
        assert_eq!(verdict(&[row(1, "unknown")], &[1]).unknown, 1);
        assert_eq!(verdict(&[row(1, "unknown")], &[]).unknown, 1);
    }

    #[test]
    fn an_outcome_that_does_not_fit_is_found() {
        assert_eq!(verdict(&[row(1, "failed")], &[1]).untrue, 1);
        assert_eq!(verdict(&[row(1, "sent")], &[1, 7]).untrue, 1);
        let mut other = row(1, "sent");
        other.random_id = Some("9".to_owned());
        assert_eq!(verdict(&[other], &[1]).untrue, 1);
    }

    #[test]
    fn a_sum_that_does_not_hold_is_found() {
        let report: Report = serde_json::from_value(json!({
            "state": "running", "recipients": 3, "pending": 1, "deferred": 0, "sent": 1,
            "failed": {"total": 0}, "skipped": {"total": 0}, "unknown": 0, "canceled": 0
        }))
        .unwrap();
        let faults = judge(&BTreeMap::new(), &[], &report).faults;
        assert_eq!(faults.len(), 3, "{faults:?}");
    }
}
