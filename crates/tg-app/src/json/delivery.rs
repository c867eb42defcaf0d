//! Deliveries as results.

use super::rfc3339;
use crate::moment::Moment;
use serde::Serialize;
use tg_core::delivery::{self, DeliveryRecord, DeliveryState};
use tg_core::ids::Slug;

/// What a delivery counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Not final, and due now or in somebody's hands.
    Pending,
    /// Not final, and due later.
    Deferred,
    /// Confirmed by Telegram.
    Sent,
    /// Refused.
    Failed,
    /// Never attempted.
    Skipped,
    /// For a person to decide.
    Unknown,
    /// Canceled before an attempt.
    Canceled,
}

impl Outcome {
    /// All outcomes.
    pub const ALL: [Self; 7] = [
        Self::Pending,
        Self::Deferred,
        Self::Sent,
        Self::Failed,
        Self::Skipped,
        Self::Unknown,
        Self::Canceled,
    ];

    /// The name under which it is shown and typed.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Deferred => "deferred",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
            Self::Unknown => "unknown",
            Self::Canceled => "canceled",
        }
    }

    /// The inverse of [`Outcome::as_str`].
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == name)
    }

    fn of(record: &DeliveryRecord, moment: &Moment) -> Self {
        match &record.state {
            DeliveryState::Planned | DeliveryState::Claimed(_) if moment.defers(record) => {
                Self::Deferred
            }
            DeliveryState::Planned | DeliveryState::Claimed(_) => Self::Pending,
            DeliveryState::Done(outcome) => match outcome {
                delivery::Outcome::Sent => Self::Sent,
                delivery::Outcome::Failed(_) => Self::Failed,
                delivery::Outcome::Skipped(_) => Self::Skipped,
                delivery::Outcome::Unknown(_) => Self::Unknown,
                delivery::Outcome::Canceled => Self::Canceled,
            },
        }
    }
}

/// One delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Delivery {
    /// `tg.delivery/1`
    pub schema: &'static str,
    /// Row.
    pub delivery: i64,
    /// Its campaign.
    pub campaign: String,
    /// The person, as tables show them.
    pub contact: String,
    /// The account that has it, or prefers to.
    pub account: Option<String>,
    /// The Telegram user it was claimed for.
    pub user_id: Option<i64>,
    /// What the first part became.
    pub message_id: Option<i32>,
    /// By which Telegram recognises a repetition of the first part: decimal.
    pub random_id: Option<String>,
    /// The variant that it was claimed with, if its campaign has any.
    pub variant: Option<String>,
    /// What it counts as.
    pub outcome: Outcome,
    /// Why, for those that ended otherwise than sent.
    pub reason: Option<String>,
    /// Where its personal text stands: `written` (waits for a person), `approved`, or `fallback`, if
    /// the template is sent instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<&'static str>,
    /// Why the template is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fallback: Option<String>,
    /// When it is due, while it waits.
    pub due_at: Option<String>,
    /// When it was planned.
    pub planned_at: String,
    /// When it was claimed.
    pub claimed_at: Option<String>,
    /// When it ended.
    pub settled_at: Option<String>,
}

impl Delivery {
    pub(crate) fn new(campaign: &Slug, record: &DeliveryRecord, moment: &Moment) -> Self {
        let outcome = Outcome::of(record, moment);
        Self {
            schema: "tg.delivery/1",
            delivery: record.delivery.0,
            campaign: campaign.to_string(),
            contact: record.contact_label.clone(),
            account: record.account.as_ref().map(|(_, name)| name.to_string()),
            user_id: record.user_id.map(|id| id.0),
            message_id: record.message_id.map(|id| id.0),
            random_id: record.random_id.map(|id| id.to_string()),
            variant: record.variant.clone(),
            outcome,
            reason: reason(&record.state),
            text: record.text.map(|(state, _)| state),
            fallback: record.text.and_then(|(_, why)| why).map(|why| why.to_string()),
            // Staging writes 0 for "at once": that is no time to show.
            due_at: record.due_at.filter(|due| due.0 > 0).map(rfc3339),
            planned_at: rfc3339(record.planned_at),
            claimed_at: record.claimed_at.map(rfc3339),
            settled_at: record.settled_at.map(rfc3339),
        }
    }
}

fn reason(state: &DeliveryState) -> Option<String> {
    match state {
        DeliveryState::Done(
            delivery::Outcome::Failed(reason)
            | delivery::Outcome::Skipped(reason)
            | delivery::Outcome::Unknown(reason),
        ) => Some(reason.to_string()),
        DeliveryState::Claimed(exposure) => {
            exposure.check.as_ref().map(|check| check.reason().to_string())
        }
        DeliveryState::Planned
        | DeliveryState::Done(delivery::Outcome::Sent | delivery::Outcome::Canceled) => None,
    }
}
