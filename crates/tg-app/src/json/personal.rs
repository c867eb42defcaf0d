//! Personal texts as results.

use super::rfc3339;
use serde::Serialize;
use std::collections::BTreeMap;
use tg_core::ids::Slug;
use tg_core::personal::{Draft, Tally, Usage};
use tg_core::ports::DraftRecord;

/// What became of a campaign's personal texts: texts = approved + waiting + the sum of fallback.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PersonalReport {
    /// Recipients whose text a model wrote, approved or waiting.
    pub written: u64,
    /// Of these, sent or to be sent.
    pub approved: u64,
    /// Of these, waiting for a person (`campaign review`).
    pub waiting: u64,
    /// Recipients who get the template instead, by reason.
    pub fallback: BTreeMap<String, u64>,
    /// What the texts cost.
    pub tokens: Tokens,
    /// Texts that were paid for; others said the same.
    pub paid: u64,
}

/// Tokens, as the provider bills them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tokens {
    /// Of what was asked.
    pub input: i64,
    /// Of what was answered, thoughts included.
    pub output: i64,
}

impl PersonalReport {
    pub(crate) fn new(tally: &Tally, usage: Usage, paid: u64) -> Self {
        Self {
            written: tally.approved + tally.waiting,
            approved: tally.approved,
            waiting: tally.waiting,
            fallback: tally.fallback.iter().map(|(why, n)| (why.to_string(), *n)).collect(),
            tokens: Tokens { input: usage.input, output: usage.output },
            paid,
        }
    }
}

/// One text, for a person to look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PersonalText {
    /// `tg.text/1`
    pub schema: &'static str,
    /// The campaign.
    pub campaign: String,
    /// Row of the delivery.
    pub delivery: i64,
    /// The person, as tables show them.
    pub contact: String,
    /// `written` (waits for a person), `approved` or `fallback`.
    pub state: &'static str,
    /// The text; none where the template is sent.
    pub text: Option<String>,
    /// Why the template is sent.
    pub reason: Option<String>,
    /// When it was written, or decided.
    pub written_at: String,
}

impl PersonalText {
    pub(crate) fn new(campaign: &Slug, record: &DraftRecord) -> Self {
        let (text, reason) = match &record.draft {
            Draft::Written(text) | Draft::Approved(text) => (Some(text.clone()), None),
            Draft::Template(reason) => (None, Some(reason.to_string())),
        };
        Self {
            schema: "tg.text/1",
            campaign: campaign.to_string(),
            delivery: record.delivery.0,
            contact: record.contact_label.clone(),
            state: record.draft.name(),
            text,
            reason,
            written_at: rfc3339(record.written_at),
        }
    }
}

/// Texts about which somebody decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Review {
    /// `tg.review/1`
    pub schema: &'static str,
    /// The campaign.
    pub campaign: String,
    /// `approved` or `rejected`.
    pub decided: &'static str,
    /// How many.
    pub texts: u64,
    /// How many wait still.
    pub waiting: u64,
}

/// What a campaign's personal texts would cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PersonalCost {
    /// The model that would be asked; none if no key is set.
    pub model: Option<String>,
    /// Recipients who would get a text.
    pub texts: u64,
    /// Of these, how many were looked at to predict.
    pub sampled: u64,
    /// Whether the provider counted the prompt's tokens; otherwise they are estimated.
    pub counted: bool,
    /// Tokens that one text asks, on average.
    pub input_per_text: i64,
    /// Tokens that one text answers, on average.
    pub output_per_text: i64,
    /// Tokens in all, if no two recipients' questions are the same.
    pub tokens: i64,
    /// The same as money, such as `1.25 USD`; none if no prices are set.
    pub money: Option<String>,
    /// What may be spent, in tokens.
    pub budget_tokens: Option<i64>,
    /// What may be spent, in money.
    pub budget_money: Option<String>,
    /// Recipients for whom the budgets would last.
    pub affordable: u64,
}
