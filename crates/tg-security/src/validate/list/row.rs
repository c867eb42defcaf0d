//! What a row of a list says, or why it was refused.

use super::header::ListError;
use std::fmt::Display;
use tg_core::contact::Person;
use tg_core::ids::Slug;
use tg_core::time::Timestamp;

/// A row that names a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// Where it begins in the file, counted from 1.
    pub line: u64,
    /// Who.
    pub person: Person,
    /// How they agreed, as far as the row says it.
    pub consent: RowConsent,
    /// Labels, in their order, each once.
    pub tags: Vec<Slug>,
    /// When they said no, where the list comes from.
    pub opted_out_at: Option<Timestamp>,
    /// They were suppressed where the list comes from.
    pub suppressed: bool,
    /// The row as it was written, at most 1 KiB.
    pub raw: String,
}

/// A consent as far as a row has it; empty: the row does not say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowConsent {
    /// Where it came from.
    pub source: String,
    /// When it was given.
    pub at: Option<Timestamp>,
    /// What proves it.
    pub evidence: String,
    /// For what it was given.
    pub scope: String,
}

impl Row {
    /// The row as a reject, for reasons that only show later.
    #[must_use]
    pub fn reject(self, column: &str, reason: impl Display) -> Reject {
        Reject {
            line: self.line,
            column: column.to_owned(),
            reason: reason.to_string(),
            raw: self.raw,
        }
    }
}

/// A row that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// Where it begins in the file, counted from 1.
    pub line: u64,
    /// The column at fault.
    pub column: String,
    /// Why. Does not quote the value.
    pub reason: String,
    /// The row as it was written, at most 1 KiB: it may name a person in full.
    pub raw: String,
}

/// Why there is no person at this point of the list.
#[derive(Debug)]
pub enum RowError {
    /// This row was refused; the next one may be good.
    Rejected(Reject),
    /// The input failed; nothing follows.
    Failed(ListError),
}
