//! One person, as a result: asked for by name, so nothing is masked.

use super::{Delivery, Message, Person};
use serde::Serialize;

/// Everything about one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ContactDetail {
    /// `tg.contact/1`
    pub schema: &'static str,
    /// Row.
    pub id: i64,
    /// Who they are.
    #[serde(flatten)]
    pub person: Person,
    /// Labels, sorted.
    pub tags: Vec<String>,
    /// Lists that they are on without a consent: nothing is sent.
    pub waiting_on: Vec<String>,
    /// Why they are written to, oldest first.
    pub consents: Vec<GivenConsent>,
    /// Their no, if they ever said it. Holds for all lists.
    pub opt_out: Option<ContactOptOut>,
    /// Whether they are suppressed on all lists.
    pub suppressed_everywhere: bool,
    /// Lists on which they are suppressed.
    pub suppressed_on: Vec<String>,
    /// What was sent, or will be: the newest first, at most 1,000.
    pub deliveries: Vec<Delivery>,
    /// What they and the accounts wrote besides: the newest 1,000, oldest first.
    pub messages: Vec<Message>,
}

/// Somebody's labels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ContactTags {
    /// `tg.contact_tags/1`
    pub schema: &'static str,
    /// Row.
    pub id: i64,
    /// Sorted.
    pub tags: Vec<String>,
}

/// A recorded consent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GivenConsent {
    /// For what list.
    pub audience: String,
    /// Where it came from, in the operator's words.
    pub source: String,
    /// When it was given, or recorded.
    pub at: String,
    /// What proves it; empty if nothing is said.
    pub evidence: String,
    /// For what it was given; empty if nothing is said.
    pub scope: String,
}

/// An opt-out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ContactOptOut {
    /// When.
    pub at: String,
    /// How it came.
    pub how: String,
}
