//! The judgement: what the report says against what the simulator's journal proves.

use super::journal::Journal;
use std::collections::BTreeMap;
use tg_app::json::{Delivery, Outcome, Report};

/// What is compared.
#[derive(Debug)]
pub(crate) struct Seen<'a> {
    /// What `tg` says in all.
    pub(crate) report: &'a Report,
    /// What `tg` says of each recipient.
    pub(crate) deliveries: &'a [Delivery],
    /// The accounts' Telegram users, by name.
    pub(crate) accounts: &'a BTreeMap<String, i64>,
    /// What was delivered.
    pub(crate) journal: &'a Journal,
    /// People on the list.
    pub(crate) people: u64,
    /// People who blocked the sender.
    pub(crate) blocked: u64,
}

/// Problems that are listed; more would say the same.
const MOST: usize = 20;

/// Everything that does not match, a sentence each.
pub(crate) fn check(seen: &Seen<'_>) -> Vec<String> {
    let mut wrong = Vec::new();
    sums(seen, &mut wrong);
    at_most_once(seen, &mut wrong);
    for delivery in seen.deliveries {
        if let Some(problem) = line_by_line(seen, delivery) {
            wrong.push(problem);
        }
    }
    wrong.truncate(MOST);
    wrong
}

fn sums(seen: &Seen<'_>, wrong: &mut Vec<String>) {
    let report = seen.report;
    let refused = report.failed.by_reason.get("USER_IS_BLOCKED").copied().unwrap_or(0);
    let rows = u64::try_from(seen.deliveries.len()).unwrap_or(u64::MAX);
    for (what, found, expected) in [
        ("the outcomes add up to", report.sum(), report.recipients),
        ("recipients are", report.recipients, seen.people),
        ("deliveries are", rows, report.recipients),
        ("failed are", report.failed.total, refused),
        ("without an outcome are", report.pending + report.deferred, 0),
    ] {
        if found != expected {
            wrong.push(format!("{what} {found}, not {expected}"));
        }
    }
    // Somebody who blocked the sender fails, unless the connection was cut with their message under
    // way: the refusal of the repetition then proves nothing about the first copy.
    if refused > seen.blocked || refused + report.unknown < seen.blocked {
        let blocked = seen.blocked;
        wrong.push(format!("{blocked} blocked the sender, {refused} failed because of that"));
    }
    let (sent, maybe) = (report.sent, report.sent + report.unknown);
    let delivered = seen.journal.len();
    if !(sent..=maybe).contains(&delivered) {
        wrong.push(format!("{delivered} were delivered, {sent} are recorded as sent"));
    }
}

fn at_most_once(seen: &Seen<'_>, wrong: &mut Vec<String>) {
    for (user, lines) in seen.journal.people().filter(|(_, lines)| lines.len() > 1) {
        wrong.push(format!("user {user} got {} messages", lines.len()));
    }
}

/// A sent message is in the journal as it was recorded; of an unknown one nothing is claimed; any
/// other is not in it.
fn line_by_line(seen: &Seen<'_>, delivery: &Delivery) -> Option<String> {
    let who = &delivery.contact;
    let lines = delivery.user_id.map_or(&[][..], |user| seen.journal.to(user));
    if delivery.outcome == Outcome::Unknown {
        return None;
    }
    if delivery.outcome != Outcome::Sent {
        let outcome = delivery.outcome.as_str();
        return (!lines.is_empty()).then(|| format!("{who} is {outcome}, and got a message"));
    }
    let Some(line) = lines.first() else {
        return Some(format!("{who} is sent, and got nothing"));
    };
    let sender = delivery.account.as_ref().and_then(|name| seen.accounts.get(name));
    let same = sender == Some(&line.from_user_id)
        && delivery.message_id == Some(line.message_id)
        && delivery.random_id.as_deref() == Some(line.random_id.as_str());
    (!same).then(|| format!("{who} is recorded with another account or id than delivered"))
}

#[cfg(test)]
mod tests {
    use super::super::journal::Line;
    use super::*;
    use tg_app::json::ByReason;

    fn report(sent: u64, failed: u64) -> Report {
        Report {
            schema: "tg.report/1",
            campaign: "spring".into(),
            state: "finished",
            recipients: sent + failed,
            sent,
            failed: ByReason {
                total: failed,
                by_reason: BTreeMap::from([("USER_IS_BLOCKED".to_owned(), failed)]),
            },
            ..Report::default()
        }
    }

    fn delivery(user: i64, outcome: Outcome) -> Delivery {
        Delivery {
            schema: "tg.delivery/1",
            delivery: user,
            campaign: "spring".into(),
            contact: format!("@user{user}"),
            account: Some("anna".into()),
            user_id: Some(user),
            message_id: Some(7),
            random_id: Some("42".into()),
            variant: None,
            outcome,
            reason: None,
            text: None,
            fallback: None,
            due_at: None,
            planned_at: String::new(),
            claimed_at: None,
            settled_at: None,
        }
    }

    fn line(to_user_id: i64, random_id: &str) -> Line {
        Line {
            at: String::new(),
            from_user_id: 1,
            to_user_id,
            message_id: 7,
            random_id: random_id.to_owned(),
            text: String::new(),
        }
    }

    fn judge(report: &Report, deliveries: &[Delivery], lines: &[Line]) -> Vec<String> {
        let mut journal = Journal::default();
        lines.iter().cloned().for_each(|line| journal.add(line));
        let accounts = BTreeMap::from([("anna".to_owned(), 1)]);
        let people = u64::try_from(deliveries.len()).expect("a few");
        check(&Seen {
            report,
            deliveries,
            accounts: &accounts,
            journal: &journal,
            people,
            blocked: 1,
        })
    }

    #[test]
    fn what_matches_is_silent() {
        let deliveries = [delivery(5, Outcome::Sent), delivery(6, Outcome::Failed)];
        assert_eq!(judge(&report(1, 1), &deliveries, &[line(5, "42")]), Vec::<String>::new());
    }

    #[test]
    fn an_unknown_outcome_may_have_been_delivered_or_not_but_not_twice() {
        let mut report = report(1, 0);
        (report.recipients, report.unknown) = (2, 1);
        let deliveries = [delivery(5, Outcome::Sent), delivery(6, Outcome::Unknown)];
        assert_eq!(judge(&report, &deliveries, &[line(5, "42")]), Vec::<String>::new());
        let delivered = [line(5, "42"), line(6, "1")];
        assert_eq!(judge(&report, &deliveries, &delivered), Vec::<String>::new());
        let twice = [line(5, "42"), line(6, "1"), line(6, "2")];
        assert!(!judge(&report, &deliveries, &twice).is_empty());
    }

    #[test]
    fn a_second_copy_a_lost_one_and_a_wrong_id_are_found() {
        let deliveries = [delivery(5, Outcome::Sent), delivery(6, Outcome::Failed)];
        let twice = judge(&report(1, 1), &deliveries, &[line(5, "42"), line(5, "42")]);
        assert!(twice.iter().any(|problem| problem == "user 5 got 2 messages"), "{twice:?}");
        let lost = judge(&report(1, 1), &deliveries, &[]);
        assert!(lost.iter().any(|problem| problem.ends_with("got nothing")), "{lost:?}");
        let wrong = judge(&report(1, 1), &deliveries, &[line(5, "43")]);
        assert_eq!(wrong.len(), 1, "{wrong:?}");
        let refused = judge(&report(1, 1), &deliveries, &[line(5, "42"), line(6, "42")]);
        assert!(
            refused.iter().any(|problem| problem.contains("is failed, and got")),
            "{refused:?}"
        );
    }
}
