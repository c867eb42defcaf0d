//! One delivery's whole story: what was recorded, beside what the simulator saw.

use super::journal::{Journal, Line};
use crate::table::pairs;
use crate::text::span;
use serde::Serialize;
use std::time::Duration;
use tg_app::json::{ContactDetail, Delivery, Outcome};

/// A delivery, its line in the journal, and why it was permitted.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Story {
    delivery: Delivery,
    delivered_at: String,
    text: String,
    /// Between Telegram's delivery and the recorded certainty of it, in milliseconds.
    certain_after_ms: u64,
    consent: Option<String>,
    consent_at: Option<String>,
}

impl Story {
    /// The sent message whose certainty came last after its delivery: most likely one whose answer
    /// was lost.
    pub(crate) fn pick(deliveries: &[Delivery], journal: &Journal) -> Option<Self> {
        let candidates = deliveries.iter().filter_map(|delivery| {
            // By this name the person can be asked for.
            let named = delivery.outcome == Outcome::Sent && delivery.contact.starts_with('@');
            let line = journal.to(delivery.user_id?).first().filter(|_| named)?;
            Some((gap(delivery, line)?, delivery, line))
        });
        let (gap, delivery, line) = candidates.max_by_key(|(gap, ..)| *gap)?;
        Some(Self {
            delivery: delivery.clone(),
            delivered_at: line.at.clone(),
            text: line.text.clone(),
            certain_after_ms: u64::try_from(gap.as_millis()).unwrap_or(u64::MAX),
            consent: None,
            consent_at: None,
        })
    }

    /// Who it is about.
    pub(crate) fn contact(&self) -> &str {
        &self.delivery.contact
    }

    /// Adds why the person was written to.
    pub(crate) fn permitted_by(mut self, person: &ContactDetail) -> Self {
        let consent = person.consents.first();
        self.consent = consent.map(|consent| consent.source.clone());
        self.consent_at = consent.map(|consent| consent.at.clone());
        self
    }

    /// For people.
    pub(crate) fn human(&self) -> String {
        let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        let d = &self.delivery;
        let message = d.message_id.map_or_else(|| "-".to_owned(), |id| id.to_string());
        let certain = span(Duration::from_millis(self.certain_after_ms));
        pairs([
            ("to", d.contact.clone()),
            ("permitted by", format!("\"{}\"", text(&self.consent))),
            ("  recorded", text(&self.consent_at)),
            ("planned", d.planned_at.clone()),
            (
                "claimed",
                format!("{} (account, person, id and text fixed on disk)", text(&d.claimed_at)),
            ),
            ("account", text(&d.account)),
            ("random id", text(&d.random_id)),
            ("delivered", format!("{} (in the simulator's journal)", self.delivered_at)),
            ("settled", format!("{} ({certain} later)", text(&d.settled_at))),
            ("message id", message),
            ("says", self.text.clone()),
        ])
    }
}

/// How long after its delivery a message was recorded as sent.
fn gap(delivery: &Delivery, line: &Line) -> Option<Duration> {
    let settled: jiff::Timestamp = delivery.settled_at.as_ref()?.parse().ok()?;
    let delivered: jiff::Timestamp = line.at.parse().ok()?;
    // Two roundings to the millisecond may put the effect before the cause.
    Some(Duration::try_from(settled.duration_since(delivered)).unwrap_or_default())
}
