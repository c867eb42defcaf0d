//! The audit log as results.

use super::rfc3339;
use serde::Serialize;
use tg_core::ports::AuditRecord;

/// Rows that were asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditList {
    /// `tg.audit_list/1`
    pub schema: &'static str,
    /// Newest first.
    pub entries: Vec<AuditRow>,
    /// If there is more: the row before which it begins.
    pub before: Option<i64>,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditRow {
    /// `tg.audit/1`
    pub schema: &'static str,
    /// Its number, from 1, without gaps.
    pub row: i64,
    /// When.
    pub at: String,
    /// Who.
    pub actor: String,
    /// From where.
    pub source: String,
    /// What.
    pub action: String,
    /// To what.
    pub object: String,
    /// `done` or `refused`.
    pub outcome: &'static str,
    /// More, for a person.
    pub detail: String,
    /// What stood there before, where one value was replaced by another.
    pub before: Option<String>,
    /// What stands there now.
    pub after: Option<String>,
    /// The keyed hash over this row and the one before it, in hexadecimal.
    pub tag: String,
}

impl From<&AuditRecord> for AuditRow {
    fn from(record: &AuditRecord) -> Self {
        let entry = record.entry.clone();
        Self {
            schema: "tg.audit/1",
            row: record.seq,
            at: rfc3339(entry.at),
            actor: entry.actor,
            source: entry.source,
            action: entry.action,
            object: entry.object,
            outcome: entry.outcome,
            detail: entry.detail,
            before: entry.before,
            after: entry.after,
            tag: hexadecimal(&record.tag),
        }
    }
}

/// Whether the log is as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditVerified {
    /// `tg.audit_verify/1`
    pub schema: &'static str,
    /// Whether nothing is wrong.
    pub ok: bool,
    /// Rows that are as they were written.
    pub rows: i64,
    /// The tag of the last of them: noted elsewhere, it shows later that the log was not replaced
    /// as a whole.
    pub tag: String,
    /// The last row as it is noted beside the master key; it may be behind by the last commit.
    pub noted: Option<i64>,
    /// The first thing that is wrong.
    pub problem: Option<AuditProblem>,
}

/// What is wrong with a log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditProblem {
    /// `edited`, `deleted`, `moved`, `truncated`, `replaced`, `head_missing`, `head_damaged` or
    /// `setting`.
    pub kind: &'static str,
    /// The first row that it concerns.
    pub row: i64,
    /// In a sentence.
    pub message: String,
    /// What to do next.
    pub hint: &'static str,
}

/// The end of the log was noted anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditAccepted {
    /// `tg.audit_accepted/1`
    pub schema: &'static str,
    /// What the note said before.
    pub noted: String,
}

pub(crate) fn hexadecimal(tag: &[u8; 32]) -> String {
    tag.iter().map(|byte| format!("{byte:02x}")).collect()
}
