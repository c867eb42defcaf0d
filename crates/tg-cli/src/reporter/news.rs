//! Events in words. Deliveries are not among them: they are counted.

use crate::text::{counted, span};
use std::collections::BTreeMap;
use tg_core::breaker::BreakerState;
use tg_core::delivery::Outcome;
use tg_core::ids::Slug;
use tg_core::ports::ServiceHealth;
use tg_engine::{AccountNews, EventKind, RunEvent};

/// What was said already, so that an account that tries again and again says it once. As large as
/// the number of accounts.
#[derive(Debug, Default)]
pub(super) struct News {
    /// Accounts that are said to be off, and why.
    off: BTreeMap<Slug, String>,
}

impl News {
    /// One line for people; `None` for what is only counted, or was said before.
    pub(super) fn line(&mut self, event: &RunEvent) -> Option<String> {
        if let EventKind::Account { name, what } = &event.kind {
            match what {
                AccountNews::Connected => {
                    return self
                        .off
                        .remove(name)
                        .map(|_| format!("account {name} is connected again"));
                }
                AccountNews::Disconnected { reason, .. } => {
                    if self.off.get(name) == Some(reason) {
                        return None;
                    }
                    self.off.insert(name.clone(), reason.clone());
                }
                _ => {}
            }
        }
        line(event)
    }
}

fn line(event: &RunEvent) -> Option<String> {
    match &event.kind {
        EventKind::Delivery { .. } => None,
        EventKind::Started { interrupted: 0, .. } => None,
        EventKind::Started { interrupted, .. } => Some(format!(
            "{} an earlier run left under way: they are repeated or looked for, never sent twice",
            counted(*interrupted, "message that", "messages that")
        )),
        EventKind::Account { name, what } => account(name.as_str(), what, event),
        EventKind::Campaign { name, state, note } => {
            let why = note.as_ref().map_or_else(String::new, |note| format!(" ({note})"));
            Some(format!("campaign {name} is {}{why}", state.as_str()))
        }
        EventKind::Reassigned { campaign, from, rows } => Some(format!(
            "campaign {campaign}: {} from account {from} to others",
            counted(*rows, "message goes", "messages go")
        )),
        EventKind::Texts { fallback: None, .. } => None,
        EventKind::Texts { campaign, rows, fallback: Some(reason) } => Some(format!(
            "campaign {campaign}: {} the template instead of a text of their own ({reason})",
            counted(*rows, "recipient gets", "recipients get")
        )),
        EventKind::Message { account, user, campaign, opt_out, .. } => {
            let what = if *opt_out { "opted out" } else { "wrote" };
            let about =
                campaign.as_ref().map_or_else(String::new, |name| format!(" (campaign {name})"));
            Some(format!("user {user} {what} to account {account}{about}: tg inbox show {user}"))
        }
        EventKind::Reply { account, user, outcome } => {
            let (outcome, why) = match outcome {
                Outcome::Sent => return Some(format!("account {account} answered user {user}")),
                Outcome::Failed(why) => ("failed", why.to_string()),
                Outcome::Skipped(why) => ("was not sent", why.to_string()),
                Outcome::Unknown(why) => ("may or may not have arrived", why.to_string()),
                Outcome::Canceled => ("was not sent", "canceled".to_owned()),
            };
            Some(format!("the answer of account {account} to user {user} {outcome} ({why})"))
        }
        EventKind::Gap { account, filled: true } => Some(format!(
            "account {account} was away for so long that Telegram kept no list of what it missed: its chats were read instead"
        )),
        EventKind::Gap { account, filled: false } => Some(format!(
            "account {account} was away for too long: what people wrote to it meanwhile may be missing here, opt-outs among it"
        )),
        EventKind::Service(health) => Some(service(health)),
        EventKind::Stopping { grace } => Some(format!(
            "stopping: messages in flight have {} to finish; again to end at once",
            span(*grace)
        )),
    }
}

fn service(health: &ServiceHealth) -> String {
    match health.state {
        BreakerState::Open { until } => format!(
            "{} failed {} times in a row ({}) and is left alone for {}",
            health.name,
            health.failures,
            health.reason,
            span(until.since(health.at))
        ),
        BreakerState::Closed | BreakerState::HalfOpen => format!("{} works again", health.name),
    }
}

fn account(name: &str, what: &AccountNews, event: &RunEvent) -> Option<String> {
    match what {
        // Only trouble, and its end, are worth a line.
        AccountNews::Connected => None,
        AccountNews::Disconnected { reason, text } => {
            Some(format!("account {name} is not connected ({reason}): {text}"))
        }
        AccountNews::Waiting { until, reason } => {
            Some(format!("account {name} waits {} ({reason})", span(until.since(event.at))))
        }
        AccountNews::Stopped { state, reason } => {
            Some(format!("account {name} is {state} now ({reason}) and sends nothing more"))
        }
        AccountNews::Crashed => {
            Some(format!("account {name} crashed and is started again; please report this"))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::time::Duration;
    use tg_core::ids::{Epoch, Slug};
    use tg_core::time::Timestamp;

    #[test]
    fn an_account_that_keeps_trying_is_mentioned_once() {
        let mut news = News::default();
        let mut hear = |what| {
            let name = Slug::parse("anna").unwrap();
            let kind = EventKind::Account { name, what };
            news.line(&RunEvent { at: Timestamp(0), kind })
        };
        let off = |reason: &str| AccountNews::Disconnected {
            reason: reason.to_owned(),
            text: "no answer".to_owned(),
        };
        assert_eq!(hear(AccountNews::Connected), None);
        assert_eq!(
            hear(off("timeout")).unwrap(),
            "account anna is not connected (timeout): no answer"
        );
        assert_eq!(hear(off("timeout")), None);
        assert!(hear(off("connection_lost")).is_some());
        assert_eq!(hear(AccountNews::Connected).unwrap(), "account anna is connected again");
        assert!(hear(off("connection_lost")).is_some());
    }

    fn said(kind: EventKind) -> Option<String> {
        line(&RunEvent { at: Timestamp(1_000), kind })
    }

    #[test]
    fn trouble_is_told_in_words() {
        let name = Slug::parse("anna").unwrap();
        let what = AccountNews::Waiting { until: Timestamp(8_000), reason: "FLOOD_WAIT".into() };
        assert_eq!(
            said(EventKind::Account { name: name.clone(), what }).unwrap(),
            "account anna waits 7.0 s (FLOOD_WAIT)"
        );
        let what = AccountNews::Stopped { state: "quarantined", reason: "PEER_FLOOD".into() };
        assert_eq!(
            said(EventKind::Account { name, what }).unwrap(),
            "account anna is quarantined now (PEER_FLOOD) and sends nothing more"
        );
        assert_eq!(
            said(EventKind::Stopping { grace: Duration::from_secs(20) }).unwrap(),
            "stopping: messages in flight have 20.0 s to finish; again to end at once"
        );
    }

    #[test]
    fn a_clean_start_is_not_news() {
        assert_eq!(said(EventKind::Started { epoch: Epoch(1), interrupted: 0 }), None);
        assert!(said(EventKind::Started { epoch: Epoch(1), interrupted: 3 }).is_some());
    }
}
