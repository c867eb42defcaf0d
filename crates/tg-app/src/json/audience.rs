//! Audiences as results.

use super::rfc3339;
use serde::Serialize;
use tg_core::audience::AudienceSummary;

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
