//! Audiences as results.

use super::{Person, rfc3339};
use serde::Serialize;
use tg_core::audience::{AudienceSummary, Listed};
use tg_core::consent::Consent;

/// What an import of people did: rows = imported + updated + unchanged + rejected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Import {
    /// `tg.import/1`
    pub schema: &'static str,
    /// The list.
    pub audience: String,
    /// Rows of the file, without its header.
    pub rows: u64,
    /// New to the list.
    pub imported: u64,
    /// Known to it, and something changed.
    pub updated: u64,
    /// Known to it, and nothing changed.
    pub unchanged: u64,
    /// Not taken.
    pub rejected: u64,
    /// Rows of people who opted out before, and stay so.
    pub opt_outs_kept: u64,
    /// Where the rejected rows are; null if there are none.
    pub rejects_file: Option<String>,
    /// Nothing was changed: this is what an import would do.
    pub dry_run: bool,
}

/// All lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Audiences {
    /// `tg.audiences/1`
    pub schema: &'static str,
    /// By name.
    pub audiences: Vec<Audience>,
}

/// One list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Audience {
    /// The operator's name for it.
    pub name: String,
    /// When it was first imported.
    pub created_at: String,
    /// People on it.
    pub members: u64,
    /// Of these, with an opt-out.
    pub opted_out: u64,
    /// Of these, suppressed here or everywhere.
    pub suppressed: u64,
    /// Columns beyond the standard ones, sorted: what templates may use.
    pub fields: Vec<String>,
}

impl From<&AudienceSummary> for Audience {
    fn from(summary: &AudienceSummary) -> Self {
        Self {
            name: summary.audience.name.to_string(),
            created_at: rfc3339(summary.audience.created_at),
            members: summary.members,
            opted_out: summary.opted_out,
            suppressed: summary.suppressed,
            fields: summary.audience.fields.clone(),
        }
    }
}

/// One list, by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AudienceDetail {
    /// `tg.audience/1`
    pub schema: &'static str,
    /// The list.
    #[serde(flatten)]
    pub audience: Audience,
    /// Whom a filter chooses of it, if one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chosen: Option<ChosenPeople>,
}

/// Whom a filter chooses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChosenPeople {
    /// The filter.
    pub filter: String,
    /// The segment that it is, if it was named so.
    pub segment: Option<String>,
    /// How many people.
    pub people: u64,
}

/// Who was suppressed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Suppressed {
    /// `tg.suppressed/1`
    pub schema: &'static str,
    /// On what list; null: everywhere.
    pub audience: Option<String>,
    /// People who were named.
    pub people: u64,
    /// Of these, not suppressed there before.
    pub newly: u64,
}

/// A list that was taken out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AudienceExport {
    /// `tg.audience_export/1`
    pub schema: &'static str,
    /// The list.
    pub audience: String,
    /// People who were written.
    pub people: u64,
    /// Where they are.
    pub file: String,
}

/// One person of a list that is taken out: whole, phone number included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Member {
    /// `tg.member/1`
    pub schema: &'static str,
    /// Who they are.
    #[serde(flatten)]
    pub person: Person,
    /// Where the consent for this list came from; null: there is none, nothing is sent.
    pub consent: Option<String>,
    /// When it was recorded.
    pub consented_at: Option<String>,
    /// When they said no, to anything of this home.
    pub opted_out_at: Option<String>,
    /// Suppressed on this list or everywhere.
    pub suppressed: bool,
    /// What proves the consent; empty if nothing is said.
    pub consent_evidence: String,
    /// For what it was given; empty if nothing is said.
    pub consent_scope: String,
    /// Labels, sorted.
    pub tags: Vec<String>,
}

impl From<&Listed> for Member {
    fn from(listed: &Listed) -> Self {
        Self {
            schema: "tg.member/1",
            person: Person::from(&listed.contact.person),
            consent: listed.consent.as_ref().map(|consent| consent.source.clone()),
            consented_at: listed.consent.as_ref().map(|consent| rfc3339(consent.at)),
            opted_out_at: listed.contact.opt_out.as_ref().map(|out| rfc3339(out.at)),
            suppressed: listed.suppressed,
            consent_evidence: remark(listed, |consent| &consent.evidence),
            consent_scope: remark(listed, |consent| &consent.scope),
            tags: listed.tags.clone(),
        }
    }
}

fn remark(listed: &Listed, which: impl Fn(&Consent) -> &String) -> String {
    listed.consent.as_ref().map(which).cloned().unwrap_or_default()
}
