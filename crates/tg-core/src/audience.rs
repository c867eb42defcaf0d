//! A named list of people who consented to hear from the operator.

use crate::consent::{Consent, Given};
use crate::contact::{Contact, Person};
use crate::ids::{AudienceId, ConsentSourceId, Slug};
use crate::time::Timestamp;

/// A named list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audience {
    /// Row.
    pub id: AudienceId,
    /// The operator's name for it.
    pub name: Slug,
    /// When it was first imported.
    pub created_at: Timestamp,
    /// Columns beyond the standard ones that any import of it had, sorted: what templates may use.
    pub fields: Vec<String>,
}

/// An audience with its counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AudienceSummary {
    /// The list.
    pub audience: Audience,
    /// People on it.
    pub members: u64,
    /// Of these, with an opt-out.
    pub opted_out: u64,
    /// Of these, suppressed here or everywhere.
    pub suppressed: u64,
}

/// Somebody on a list, with what says whether they may be written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The person, with their opt-out.
    pub contact: Contact,
    /// Their consent for this list.
    pub consent: Option<Consent>,
    /// Whether they are suppressed, here or everywhere.
    pub suppressed: bool,
    /// Their labels, sorted.
    pub tags: Vec<String>,
}

/// One run of an import: where the rows of a file go, and why those people may be written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportRun {
    /// The list they are put on.
    pub audience: AudienceId,
    /// Its number in the home; no other import has it.
    pub number: i64,
    /// Where the consent came from of rows that do not say it; without, their people wait for one.
    pub source: Option<ConsentSourceId>,
}

/// One row of a list that says more than who somebody is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListRow {
    /// Who.
    pub person: Person,
    /// How they agreed.
    pub consent: Given,
    /// Labels that they get, besides those that they have.
    pub tags: Vec<Slug>,
    /// When they said no, where the list comes from.
    pub opted_out_at: Option<Timestamp>,
    /// They were suppressed, where the list comes from.
    pub suppressed: bool,
}

impl From<Person> for ListRow {
    fn from(person: Person) -> Self {
        Self {
            person,
            consent: Given::default(),
            tags: Vec::new(),
            opted_out_at: None,
            suppressed: false,
        }
    }
}

/// What importing one row did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportVerdict {
    /// New to this audience.
    Imported,
    /// Known to it; something changed, or the same file named them before.
    Updated,
    /// Known to it; nothing changed.
    Unchanged,
    /// The row's addresses belong to different people.
    Conflict {
        /// The first column that names somebody else than the columns before it.
        column: &'static str,
        /// Which columns disagree, for a person.
        detail: String,
    },
}
