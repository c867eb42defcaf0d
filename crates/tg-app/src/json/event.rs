//! What happens in a run, as one line each.

use super::inbox::outcome_of;
use super::rfc3339;
use serde::Serialize;
use tg_core::breaker::BreakerState;
use tg_core::ports::ServiceHealth;
use tg_core::time::Timestamp;
use tg_engine::{AccountNews, DeliveryNews, EventKind, RunEvent};

/// Something that happened. `at`, `kind`, `campaign`, `account` and `delivery` are always there,
/// null where they do not apply; the rest only where it does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Event {
    /// `tg.event/1`
    pub schema: &'static str,
    /// When.
    pub at: String,
    /// `started`, `account`, `campaign`, `sent`, `failed`, `skipped`, `unknown`, `deferred`,
    /// `canceled`, `reassigned`, `texts`, `message`, `opt_out`, `reply`, `gap`, `service` or `stopping`.
    pub kind: &'static str,
    /// The campaign it concerns.
    pub campaign: Option<String>,
    /// The account it concerns.
    pub account: Option<String>,
    /// The delivery it concerns.
    pub delivery: Option<i64>,
    /// Of an account: `connected`, `disconnected`, `waiting`, `crashed`, or the state in which it
    /// is now. Of a campaign: its state. Of a gap: `filled` or `open`. Of a reply: its outcome. Of a
    /// service: `open` while it is left alone, `closed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<&'static str>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The service it concerns: a way to Telegram, an SMS gateway.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// More, for a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Who wrote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<i64>,
    /// What a delivered message became; of a message that came in, its number in the account's box.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_id: Option<i32>,
    /// How many deliveries it concerns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
    /// The number of the run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub epoch: Option<i64>,
    /// For how long at most, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grace_seconds: Option<u64>,
}

impl From<&RunEvent> for Event {
    fn from(event: &RunEvent) -> Self {
        let base = Self { schema: "tg.event/1", at: rfc3339(event.at), ..Self::default() };
        match &event.kind {
            EventKind::Started { epoch, interrupted } => {
                Self { kind: "started", epoch: Some(epoch.0), rows: Some(*interrupted), ..base }
            }
            EventKind::Account { name, what } => {
                Self { kind: "account", account: Some(name.to_string()), ..base }.account_news(what)
            }
            EventKind::Campaign { name, state, note } => Self {
                kind: "campaign",
                campaign: Some(name.to_string()),
                state: Some(state.as_str()),
                text: note.clone(),
                ..base
            },
            EventKind::Delivery { campaign, account, delivery, news } => Self {
                campaign: Some(campaign.to_string()),
                account: Some(account.to_string()),
                delivery: Some(delivery.0),
                ..base
            }
            .delivery_news(news),
            EventKind::Reassigned { campaign, from, rows } => Self {
                kind: "reassigned",
                campaign: Some(campaign.to_string()),
                account: Some(from.to_string()),
                rows: Some(*rows),
                ..base
            },
            EventKind::Texts { campaign, rows, fallback } => Self {
                kind: "texts",
                campaign: Some(campaign.to_string()),
                rows: Some(*rows),
                reason: fallback.map(|reason| reason.to_string()),
                ..base
            },
            EventKind::Message { account, user, message_id, campaign, opt_out } => Self {
                kind: if *opt_out { "opt_out" } else { "message" },
                campaign: campaign.as_ref().map(ToString::to_string),
                account: Some(account.to_string()),
                user_id: Some(user.0),
                message_id: Some(message_id.0),
                ..base
            },
            EventKind::Reply { account, user, outcome } => {
                let (state, reason) = outcome_of(outcome);
                Self {
                    kind: "reply",
                    account: Some(account.to_string()),
                    user_id: Some(user.0),
                    state: Some(state),
                    reason,
                    ..base
                }
            }
            EventKind::Gap { account, filled } => Self {
                kind: "gap",
                account: Some(account.to_string()),
                state: Some(if *filled { "filled" } else { "open" }),
                ..base
            },
            EventKind::Service(health) => Self::service(health, base),
            EventKind::Stopping { grace } => {
                Self { kind: "stopping", grace_seconds: Some(grace.as_secs()), ..base }
            }
        }
    }
}

impl Event {
    fn service(health: &ServiceHealth, base: Self) -> Self {
        let until = match health.state {
            BreakerState::Open { until } => Some(rfc3339(until)),
            BreakerState::Closed | BreakerState::HalfOpen => None,
        };
        Self {
            kind: "service",
            service: Some(health.name.clone()),
            state: Some(health.state.name()),
            reason: Some(health.reason.clone()).filter(|reason| !reason.is_empty()),
            until,
            ..base
        }
    }

    fn account_news(self, what: &AccountNews) -> Self {
        match what {
            AccountNews::Connected => Self { state: Some("connected"), ..self },
            AccountNews::Disconnected { reason, text } => Self {
                state: Some("disconnected"),
                reason: Some(reason.clone()),
                text: Some(text.clone()),
                ..self
            },
            AccountNews::Waiting { until, reason } => Self {
                state: Some("waiting"),
                until: Some(rfc3339(*until)),
                reason: Some(reason.clone()),
                ..self
            },
            AccountNews::Stopped { state, reason } => {
                Self { state: Some(state), reason: Some(reason.clone()), ..self }
            }
            AccountNews::Crashed => Self { state: Some("crashed"), ..self },
        }
    }

    fn delivery_news(self, news: &DeliveryNews) -> Self {
        let because = |kind, reason: &dyn ToString, until: Option<Timestamp>, event: Self| Self {
            kind,
            reason: Some(reason.to_string()),
            until: until.map(rfc3339),
            ..event
        };
        match news {
            DeliveryNews::Sent { message_id } => {
                Self { kind: "sent", message_id: message_id.map(|id| id.0), ..self }
            }
            DeliveryNews::Failed { reason } => because("failed", reason, None, self),
            DeliveryNews::Skipped { reason } => because("skipped", reason, None, self),
            DeliveryNews::Unknown { reason } => because("unknown", reason, None, self),
            DeliveryNews::Deferred { until, reason } => because("deferred", reason, *until, self),
            DeliveryNews::Canceled => Self { kind: "canceled", ..self },
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::time::Duration;
    use tg_core::campaign::CampaignState;
    use tg_core::delivery::{Outcome, Reason};
    use tg_core::ids::{DeliveryId, Epoch, MessageId, Slug, UserId};

    fn slug(name: &str) -> Slug {
        Slug::parse(name).unwrap()
    }

    fn delivery(news: DeliveryNews) -> EventKind {
        EventKind::Delivery {
            campaign: slug("spring"),
            account: slug("acc-1"),
            delivery: DeliveryId(7),
            news,
        }
    }

    fn account(what: AccountNews) -> EventKind {
        EventKind::Account { name: slug("acc-1"), what }
    }

    #[test]
    fn every_kind_is_one_line() {
        let until = Timestamp::from_secs(1_800_000_060);
        let (reason, text) = ("timeout".to_owned(), "no answer in time".to_owned());
        let kinds = [
            EventKind::Started { epoch: Epoch(3), interrupted: 2 },
            account(AccountNews::Connected),
            account(AccountNews::Disconnected { reason, text }),
            account(AccountNews::Waiting { until, reason: "FLOOD_WAIT".to_owned() }),
            account(AccountNews::Stopped { state: "quarantined", reason: "PEER_FLOOD".to_owned() }),
            account(AccountNews::Crashed),
            EventKind::Campaign {
                name: slug("spring"),
                state: CampaignState::Paused,
                note: Some("no account is left".to_owned()),
            },
            delivery(DeliveryNews::Sent { message_id: Some(MessageId(9)) }),
            delivery(DeliveryNews::Failed { reason: Reason::named("USER_IS_BLOCKED") }),
            delivery(DeliveryNews::Skipped { reason: Reason::OPTED_OUT }),
            delivery(DeliveryNews::Unknown { reason: Reason::EXPIRED }),
            delivery(DeliveryNews::Deferred {
                until: Some(until),
                reason: Reason::named("timeout"),
            }),
            delivery(DeliveryNews::Canceled),
            EventKind::Reassigned { campaign: slug("spring"), from: slug("acc-1"), rows: 4 },
            EventKind::Message {
                account: slug("acc-1"),
                user: UserId(5_000_001),
                message_id: MessageId(11),
                campaign: Some(slug("spring")),
                opt_out: true,
            },
            EventKind::Message {
                account: slug("acc-1"),
                user: UserId(5_000_002),
                message_id: MessageId(12),
                campaign: None,
                opt_out: false,
            },
            EventKind::Reply {
                account: slug("acc-1"),
                user: UserId(5_000_002),
                outcome: Outcome::Failed(Reason::named("USER_IS_BLOCKED")),
            },
            EventKind::Gap { account: slug("acc-1"), filled: false },
            EventKind::Stopping { grace: Duration::from_secs(10) },
        ];
        let at = Timestamp::from_secs(1_800_000_000);
        let lines: Vec<String> = kinds
            .into_iter()
            .map(|kind| serde_json::to_string(&Event::from(&RunEvent { at, kind })).unwrap())
            .collect();
        insta::assert_snapshot!(lines.join("\n"));
    }
}
