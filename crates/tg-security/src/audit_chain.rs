//! Verifies the chain of audit rows, and names the first row that is not as it was written.

use tg_core::ports::{AuditEntry, AuditKey, AuditRecord};

/// What is wrong with a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainFault {
    /// Numbers are missing.
    #[error("rows are missing: {expected} was expected here")]
    Gap {
        /// The number that should have come.
        expected: i64,
    },
    /// A number came twice, or out of order.
    #[error("rows are out of order: {expected} was expected here")]
    Order {
        /// The number that should have come.
        expected: i64,
    },
    /// The tag does not fit this row and all before it.
    #[error("its tag does not match: the row was edited, moved, or written under another key")]
    Tag,
}

/// The first row at which a chain breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the audit log was tampered with at row {seq}: {fault}")]
pub struct BrokenChain {
    /// Its number.
    pub seq: i64,
    /// What is wrong there.
    pub fault: ChainFault,
}

/// Walks a chain page by page, oldest row first.
///
/// A chain that is cut off at its end is whole as far as it goes: compare [`ChainCheck::head`] with
/// a head that was noted elsewhere.
pub struct ChainCheck<'a> {
    key: &'a dyn AuditKey,
    seq: i64,
    tag: [u8; 32],
}

impl<'a> ChainCheck<'a> {
    /// Begins before the first row.
    #[must_use]
    pub fn new(key: &'a dyn AuditKey) -> Self {
        Self { key, seq: 0, tag: AuditEntry::GENESIS }
    }

    /// Goes on with the rows that follow.
    ///
    /// # Errors
    /// Names the first row that does not follow. The walk ends there.
    pub fn page(&mut self, rows: &[AuditRecord]) -> Result<(), BrokenChain> {
        for row in rows {
            let broken = |fault| BrokenChain { seq: row.seq, fault };
            let expected = self.seq.saturating_add(1);
            if row.seq > expected {
                return Err(broken(ChainFault::Gap { expected }));
            }
            if row.seq < expected {
                return Err(broken(ChainFault::Order { expected }));
            }
            let fits = |bytes: Vec<u8>| self.key.chain(&self.tag, &bytes) == row.tag;
            if !row.canonical_at(row.seq).is_some_and(fits) {
                return Err(broken(ChainFault::Tag));
            }
            self.seq = row.seq;
            self.tag = row.tag;
        }
        Ok(())
    }

    /// The last row that was verified, and its tag; 0 before the first.
    #[must_use]
    pub const fn head(&self) -> (i64, [u8; 32]) {
        (self.seq, self.tag)
    }
}

/// Whether a row that does not belong where it stands was written as row `seq`, after a row with one
/// of the tags `befores`.
#[must_use]
pub fn was_written_at(
    key: &dyn AuditKey,
    found: &AuditRecord,
    seq: i64,
    befores: &[[u8; 32]],
) -> bool {
    let Some(bytes) = found.canonical_at(seq) else { return false };
    befores.iter().any(|before| key.chain(before, &bytes) == found.tag)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keyfile::MasterKey;
    use crate::keys::{AuditHmac, audit_key};
    use tg_core::time::Timestamp;

    fn key() -> AuditHmac {
        audit_key(&MasterKey::from_bytes(&[1; 32], 1))
    }

    fn chain(count: i64) -> Vec<AuditRecord> {
        let key = key();
        let mut tag = AuditEntry::GENESIS;
        (1..=count)
            .map(|seq| {
                let entry = AuditEntry {
                    at: Timestamp(seq),
                    actor: "local:operator".into(),
                    action: "campaign.start".into(),
                    object: format!("campaign/c{seq}"),
                    outcome: "done",
                    ..AuditEntry::default()
                };
                tag = key.chain(&tag, &entry.canonical(seq));
                AuditRecord { seq, version: AuditEntry::VERSION, entry, tag }
            })
            .collect()
    }

    fn verify(rows: &[AuditRecord]) -> Result<(i64, [u8; 32]), BrokenChain> {
        let key = key();
        let mut check = ChainCheck::new(&key);
        for page in rows.chunks(3) {
            check.page(page)?;
        }
        Ok(check.head())
    }

    #[test]
    fn a_whole_chain_holds_across_pages() {
        let rows = chain(10);
        assert_eq!(verify(&rows), Ok((10, rows[9].tag)));
        assert_eq!(verify(&[]), Ok((0, AuditEntry::GENESIS)));
    }

    #[test]
    fn an_edit_of_any_field_is_found_at_its_row() {
        let edits: [fn(&mut AuditRecord); 7] = [
            |row| row.entry.at = Timestamp(99),
            |row| row.entry.actor = "engine".into(),
            |row| row.entry.action.push('x'),
            |row| row.entry.object.clear(),
            |row| row.entry.outcome = "refused",
            |row| row.entry.detail.push('x'),
            |row| row.tag[31] ^= 1,
        ];
        for edit in edits {
            let mut rows = chain(6);
            edit(&mut rows[3]);
            assert_eq!(verify(&rows), Err(BrokenChain { seq: 4, fault: ChainFault::Tag }));
        }
    }

    #[test]
    fn deletion_and_reordering_are_found_at_the_first_bad_row() {
        let mut rows = chain(6);
        rows.remove(2);
        let fault = ChainFault::Gap { expected: 3 };
        assert_eq!(verify(&rows), Err(BrokenChain { seq: 4, fault }));

        // Renumbering hides the gap, but not from the tags.
        for (row, seq) in rows.iter_mut().zip(1..) {
            row.seq = seq;
        }
        assert_eq!(verify(&rows), Err(BrokenChain { seq: 3, fault: ChainFault::Tag }));

        let mut rows = chain(6);
        rows.swap(2, 3);
        let fault = ChainFault::Gap { expected: 3 };
        assert_eq!(verify(&rows), Err(BrokenChain { seq: 4, fault }));

        let mut rows = chain(6);
        rows.insert(3, rows[1].clone());
        let fault = ChainFault::Order { expected: 4 };
        assert_eq!(verify(&rows), Err(BrokenChain { seq: 2, fault }));

        // Contents exchanged under correct numbers.
        let mut rows = chain(6);
        let (a, b) = (rows[1].entry.clone(), rows[4].entry.clone());
        (rows[1].entry, rows[4].entry) = (b, a);
        assert_eq!(verify(&rows), Err(BrokenChain { seq: 2, fault: ChainFault::Tag }));
    }

    #[test]
    fn the_wrong_key_fits_no_row() {
        let other = audit_key(&MasterKey::from_bytes(&[2; 32], 1));
        let broken = ChainCheck::new(&other).page(&chain(1));
        assert_eq!(broken, Err(BrokenChain { seq: 1, fault: ChainFault::Tag }));
    }

    #[test]
    fn a_lost_tail_shows_in_the_head() {
        let rows = chain(6);
        let whole = verify(&rows).expect("holds");
        assert_ne!(verify(&rows[..4]).expect("holds as far as it goes"), whole);
    }
}
