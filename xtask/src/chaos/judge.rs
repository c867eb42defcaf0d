//! The verdict: the journal against the ledger, person by person.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::ledger::{Message, Row};
use super::links::Links;

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
    /// Recipients whose outcome is `unknown`, without a reason why it should be.
    pub(super) unknown: u64,
    /// Recipients that a banned account had in hand: only a person can decide about them.
    pub(super) excused: u64,
    /// Of these, those who have the message.
    pub(super) excused_delivered: u64,
    /// Recipients whose outcome does not fit the journal, or who have none.
    pub(super) untrue: u64,
    /// Connections that reached the data centre from elsewhere than a proxy, though all accounts have one.
    pub(super) past_proxies: u64,
    /// Connections that were opened while another address had one of the same account.
    pub(super) two_addresses: u64,
    /// Connections that were used on after another one had been opened with the same key.
    pub(super) used_in_turns: u64,
    /// The faults in words, the first ones.
    pub(super) faults: Vec<String>,
}

impl Verdict {
    /// Whether everybody has the message once, and the ledger says so.
    pub(super) fn is_good(&self) -> bool {
        self.faults.is_empty()
    }

    /// Whether anybody went past a proxy, or a session was open twice.
    pub(super) fn links(&mut self, links: &Links, proxied: bool) {
        self.past_proxies = if proxied { links.direct() } else { 0 };
        (self.two_addresses, self.used_in_turns) = (links.two_addresses, links.used_in_turns);
        for (count, what) in [
            (self.past_proxies, "connections reached the data centre past a proxy"),
            (self.two_addresses, "connections were opened while another address had one"),
            (self.used_in_turns, "connections were used beside a newer one with the same key"),
        ] {
            if count > 0 {
                self.fault(format!("{count} {what}"));
            }
        }
    }

    fn fault(&mut self, text: String) {
        if self.faults.len() < SHOWN {
            self.faults.push(text);
        }
    }

    fn row(&mut self, row: &Row, messages: &[Message], banned: Option<&str>) {
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
        let excused = row.outcome == "unknown"
            && row.reason.as_deref() == Some("account_gone")
            && row.account.is_some()
            && row.account.as_deref() == banned;
        if excused {
            self.excused += 1;
            self.excused_delivered += count(messages.len().min(1));
            return;
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
        if *unknown != self.excused + self.unknown {
            self.fault(format!("the report says {unknown} unknown"));
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
    banned: Option<&str>,
) -> Verdict {
    let mut verdict = Verdict { recipients: count(rows.len()), ..Verdict::default() };
    let mut strangers: BTreeSet<i64> = journal.keys().copied().collect();
    for row in rows {
        let messages = row.user_id.and_then(|user| journal.get(&user));
        if let Some(user) = row.user_id {
            strangers.remove(&user);
        }
        verdict.row(row, messages.map_or(&[], Vec::as_slice), banned);
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

    use super::{Links, Message, Report, Row, Verdict, judge};

    fn row(user: i64, outcome: &str) -> Row {
        Row {
            contact: format!("user{user}"),
            account: Some("acc01".to_owned()),
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
        judge(&journal, rows, &report, Some("acc02"))
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
    fn unknown_is_excused_only_in_the_hands_of_who_was_banned() {
        let held = |account: &str, reason: &str| Row {
            account: Some(account.to_owned()),
            reason: Some(reason.to_owned()),
            ..row(1, "unknown")
        };
        for got in [&[][..], &[1]] {
            let excused =
                verdict(&[held("acc02", "account_gone"), row(2, "sent")], &[got, &[2]].concat());
            assert!(excused.is_good(), "{excused:?}");
            assert_eq!((excused.excused, excused.unknown, excused.lost), (1, 0, 0));
        }
        assert!(!verdict(&[held("acc02", "account_gone")], &[1, 1]).is_good(), "but not twice");
        assert!(!verdict(&[held("acc01", "account_gone")], &[1]).is_good());
        assert!(!verdict(&[held("acc02", "expired")], &[1]).is_good());
    }

    #[test]
    fn whoever_goes_past_a_proxy_is_found() {
        let links: Links = serde_json::from_value(json!({
            "links": [{"account": "acc01", "address": "127.77.0.1", "opened": 9, "open": 0},
                {"account": null, "address": "127.0.0.1", "opened": 2, "open": 0}],
            "used_in_turns": 0, "two_addresses": 0
        }))
        .unwrap();
        let mut found = Verdict::default();
        found.links(&links, true);
        assert_eq!((found.past_proxies, found.is_good()), (2, false));
        let mut found = Verdict::default();
        found.links(&links, false);
        assert!(found.is_good(), "nobody has a proxy");
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
        let faults = judge(&BTreeMap::new(), &[], &report, None).faults;
        assert_eq!(faults.len(), 3, "{faults:?}");
    }
}
