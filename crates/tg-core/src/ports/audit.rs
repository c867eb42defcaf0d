//! The record of who did what. Rows are chained by a keyed hash, so that an edit shows.

use super::StoreError;
use crate::time::Timestamp;

/// A change that a person made, or a refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// When.
    pub at: Timestamp,
    /// Who ("local:operator", "engine").
    pub actor: String,
    /// What ("campaign.start").
    pub action: String,
    /// To what ("campaign/spring"); carries no phone number.
    pub object: String,
    /// `done` or `refused`.
    pub outcome: &'static str,
    /// More, for a person; redacted.
    pub detail: String,
}

impl AuditEntry {
    /// The tag before the first row.
    pub const GENESIS: [u8; 32] = [0; 32];

    /// The row at `seq` as the bytes that are chained: the one encoding for whoever writes the
    /// chain and whoever verifies it. Every text carries its length, so that no two rows share an
    /// encoding.
    #[must_use]
    pub fn canonical(&self, seq: i64) -> Vec<u8> {
        let texts = [&self.actor, &self.action, &self.object, self.outcome, &self.detail];
        let length = texts.iter().map(|text| text.len() + 8).sum::<usize>();
        let mut row = Vec::with_capacity(length + 32);
        row.extend_from_slice(b"tg.audit/1");
        row.extend_from_slice(&seq.to_be_bytes());
        row.extend_from_slice(&self.at.0.to_be_bytes());
        for text in texts {
            let length = u64::try_from(text.len()).unwrap_or(u64::MAX);
            row.extend_from_slice(&length.to_be_bytes());
            row.extend_from_slice(text.as_bytes());
        }
        row
    }
}

/// A row as it stands in the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRecord {
    /// Position, from 1, without gaps.
    pub seq: i64,
    /// What happened.
    pub entry: AuditEntry,
    /// The tag over this row and the tag before it.
    pub tag: [u8; 32],
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
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> AuditEntry {
        AuditEntry {
            at: Timestamp(1_000),
            actor: "local:operator".into(),
            action: "campaign.start".into(),
            object: "campaign/spring".into(),
            outcome: "done",
            detail: String::new(),
        }
    }

    #[test]
    fn every_field_and_every_boundary_counts() {
        let base = entry().canonical(1);
        assert_eq!(base, entry().canonical(1));
        let shifted = AuditEntry {
            actor: "local:operatorc".into(),
            action: "ampaign.start".into(),
            ..entry()
        };
        for (seq, other) in [
            (2, entry()),
            (1, shifted),
            (1, AuditEntry { at: Timestamp(1_001), ..entry() }),
            (1, AuditEntry { actor: "engine".into(), ..entry() }),
            (1, AuditEntry { action: "campaign.pause".into(), ..entry() }),
            (1, AuditEntry { object: "campaign/autumn".into(), ..entry() }),
            (1, AuditEntry { outcome: "refused", ..entry() }),
            (1, AuditEntry { detail: "x".into(), ..entry() }),
        ] {
            assert_ne!(base, other.canonical(seq), "{other:?}");
        }
    }
}
