//! The audit log: who did what, and who was refused. Written in the transaction of the change.

use super::StoreError;
use crate::time::Timestamp;

/// One change that a person made, or a refusal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditEntry {
    /// When.
    pub at: Timestamp,
    /// Who ("local", "anna", "engine").
    pub actor: String,
    /// From where ("uid 1000, tty pts/3, host box"); empty if nobody was anywhere.
    pub source: String,
    /// What ("campaign.start").
    pub action: String,
    /// To what ("campaign/spring"); carries no phone number.
    pub object: String,
    /// `done` or `refused`.
    pub outcome: &'static str,
    /// More, for a person; redacted.
    pub detail: String,
    /// What stood there before, where one value was replaced by another; redacted.
    pub before: Option<String>,
    /// What stands there now.
    pub after: Option<String>,
}

impl AuditEntry {
    /// The tag before the first row.
    pub const GENESIS: [u8; 32] = [0; 32];
    /// The encoding that new rows are chained in.
    pub const VERSION: u8 = 2;

    /// The row at `seq` as the bytes that are chained: the one encoding for whoever writes the
    /// chain and whoever verifies it. Every text carries its length, so that no two rows share an
    /// encoding.
    #[must_use]
    pub fn canonical(&self, seq: i64) -> Vec<u8> {
        let mut row = self.begun(b"tg.audit/2", seq);
        let texts = [&self.actor, &self.source, &self.action, &self.object];
        for text in texts {
            push(&mut row, text);
        }
        push(&mut row, self.outcome);
        push(&mut row, &self.detail);
        for value in [&self.before, &self.after] {
            row.push(u8::from(value.is_some()));
            push(&mut row, value.as_deref().unwrap_or_default());
        }
        row
    }

    /// The encoding of rows that had no source, before and after; `None` if this row has one.
    fn canonical_1(&self, seq: i64) -> Option<Vec<u8>> {
        if !self.source.is_empty() || self.before.is_some() || self.after.is_some() {
            return None;
        }
        let mut row = self.begun(b"tg.audit/1", seq);
        for text in [&self.actor, &self.action, &self.object, self.outcome, &self.detail] {
            push(&mut row, text);
        }
        Some(row)
    }

    fn begun(&self, magic: &[u8], seq: i64) -> Vec<u8> {
        let mut row = Vec::with_capacity(256);
        row.extend_from_slice(magic);
        row.extend_from_slice(&seq.to_be_bytes());
        row.extend_from_slice(&self.at.0.to_be_bytes());
        row
    }
}

fn push(row: &mut Vec<u8>, text: &str) {
    let length = u64::try_from(text.len()).unwrap_or(u64::MAX);
    row.extend_from_slice(&length.to_be_bytes());
    row.extend_from_slice(text.as_bytes());
}

/// A row as it stands in the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRecord {
    /// Position, from 1, without gaps.
    pub seq: i64,
    /// The encoding that it was chained in.
    pub version: u8,
    /// What happened.
    pub entry: AuditEntry,
    /// The tag over this row and the tag before it.
    pub tag: [u8; 32],
}

impl AuditRecord {
    /// The bytes that were chained, if this row stood at `seq`; `None` if no row of its version can
    /// look like this.
    #[must_use]
    pub fn canonical_at(&self, seq: i64) -> Option<Vec<u8>> {
        match self.version {
            1 => self.entry.canonical_1(seq),
            AuditEntry::VERSION => Some(self.entry.canonical(seq)),
            _ => None,
        }
    }
}

/// The end of the chain, as it is noted outside of the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuditHead {
    /// There is no note.
    Missing,
    /// There is one, and it is not what this home wrote.
    Damaged(&'static str),
    /// The last row when it was written, 0 before the first, and its tag.
    Noted {
        /// The row's number, which is also how many there were.
        seq: i64,
        /// Its tag.
        tag: [u8; 32],
    },
}

/// Which rows are asked for. What is `None` does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// By this actor.
    pub actor: Option<String>,
    /// This action, or all of a noun ("campaign").
    pub action: Option<String>,
    /// To this object, or to all of a noun.
    pub object: Option<String>,
    /// Not before this time.
    pub since: Option<Timestamp>,
    /// Before this row.
    pub before: Option<i64>,
}

/// The key of the chain, which the store does not see.
pub trait AuditKey: Send + Sync {
    /// The tag of a row: a keyed hash over the previous tag and the row's canonical bytes.
    fn chain(&self, previous: &[u8; 32], row: &[u8]) -> [u8; 32];
}

/// Where audit rows are kept.
pub trait AuditStore {
    /// Appends a row to the chain, in the transaction of the change it records.
    ///
    /// # Errors
    /// If the store fails.
    fn audit(&mut self, entry: &AuditEntry) -> Result<(), StoreError>;

    /// Rows with `seq > after`, oldest first, at most `limit`.
    ///
    /// # Errors
    /// If the store fails.
    fn audit_page(&self, after: i64, limit: usize) -> Result<Vec<AuditRecord>, StoreError>;

    /// Rows that fit, newest first, at most `limit`.
    ///
    /// # Errors
    /// If the store fails.
    fn audit_find(
        &self,
        filter: &AuditFilter,
        limit: usize,
    ) -> Result<Vec<AuditRecord>, StoreError>;

    /// The end of the chain as it is noted outside of the database. The note follows each commit
    /// that appended; after a crash in between it lags by that commit.
    ///
    /// # Errors
    /// If the note cannot be read.
    fn audit_head(&self) -> Result<AuditHead, StoreError>;

    /// Has the note say what the database says, whatever it said before, once this unit is
    /// committed: after a person has looked, or put an older copy in place. Otherwise a note that
    /// the chain does not lead to stays as it is.
    fn renew_audit_head(&mut self);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> AuditEntry {
        AuditEntry {
            at: Timestamp(1_000),
            actor: "local".into(),
            source: "host box".into(),
            action: "campaign.start".into(),
            object: "campaign/spring".into(),
            outcome: "done",
            detail: String::new(),
            before: None,
            after: Some("running".into()),
        }
    }

    #[test]
    fn every_field_and_every_boundary_counts() {
        let base = entry().canonical(1);
        assert_eq!(base, entry().canonical(1));
        let shifted = AuditEntry { actor: "localh".into(), source: "ost box".into(), ..entry() };
        for (seq, other) in [
            (2, entry()),
            (1, shifted),
            (1, AuditEntry { at: Timestamp(1_001), ..entry() }),
            (1, AuditEntry { actor: "engine".into(), ..entry() }),
            (1, AuditEntry { source: String::new(), ..entry() }),
            (1, AuditEntry { action: "campaign.pause".into(), ..entry() }),
            (1, AuditEntry { object: "campaign/autumn".into(), ..entry() }),
            (1, AuditEntry { outcome: "refused", ..entry() }),
            (1, AuditEntry { detail: "x".into(), ..entry() }),
            (1, AuditEntry { before: Some(String::new()), ..entry() }),
            (1, AuditEntry { before: Some("running".into()), after: None, ..entry() }),
        ] {
            assert_ne!(base, other.canonical(seq), "{other:?}");
        }
    }

    #[test]
    fn an_old_row_cannot_be_given_what_its_version_does_not_cover() {
        let old = AuditEntry { source: String::new(), after: None, ..entry() };
        let record = |version, entry| AuditRecord { seq: 1, version, entry, tag: [0; 32] };
        let first = record(1, old.clone()).canonical_at(1).expect("a row of the first version");
        assert!(first.starts_with(b"tg.audit/1"));
        assert_ne!(Some(first), record(2, old.clone()).canonical_at(1));
        for field in [
            AuditEntry { source: "x".into(), ..old.clone() },
            AuditEntry { before: Some("x".into()), ..old.clone() },
            AuditEntry { after: Some("x".into()), ..old.clone() },
        ] {
            assert_eq!(record(1, field).canonical_at(1), None);
        }
        assert_eq!(record(3, old).canonical_at(1), None);
    }
}
