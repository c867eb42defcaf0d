//! Numbers that follow from the seed, so that the same seed makes the same world.

use sha2::{Digest, Sha256};

/// A source of numbers without state: the same question gets the same answer, in any order, in any process.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seeded {
    seed: u64,
}

impl Seeded {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// 32 bytes for a question in a domain. Domains end in a zero byte, so that none is another's beginning.
    pub(crate) fn block(self, domain: &str, parts: &[i64]) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.seed.to_le_bytes());
        hash.update(domain.as_bytes());
        hash.update([0]);
        for part in parts {
            hash.update(part.to_le_bytes());
        }
        hash.finalize().into()
    }

    /// 64 bits for a question in a domain.
    pub(crate) fn number(self, domain: &str, parts: &[i64]) -> u64 {
        let block = self.block(domain, parts);
        let mut first = [0; 8];
        first.copy_from_slice(&block[..8]);
        u64::from_le_bytes(first)
    }

    /// A number in `[0, 1)`.
    pub(crate) fn fraction(self, domain: &str, parts: &[i64]) -> f64 {
        let high = u32::try_from(self.number(domain, parts) >> 32).unwrap_or(u32::MAX);
        f64::from(high) / (f64::from(u32::MAX) + 1.0)
    }

    /// What `viewer` has to show to address `target`. Never zero: zero means "no hash" in TL.
    pub(crate) fn access_hash(self, viewer: i64, target: i64) -> i64 {
        match self.number("access hash", &[viewer, target]).cast_signed() {
            0 => 1,
            hash => hash,
        }
    }

    /// The authorization key of one user at one data centre.
    pub(crate) fn auth_key(self, user_id: i64, dc: i32) -> [u8; 256] {
        let mut key = [0; 256];
        for (n, chunk) in (0_i64..).zip(key.chunks_exact_mut(32)) {
            chunk.copy_from_slice(&self.block("auth key", &[user_id, i64::from(dc), n]));
        }
        key
    }

    /// The salt of a key in one period; see `mtproto::salts`.
    pub(crate) fn salt(self, user_id: i64, dc: i32, period: i64) -> i64 {
        self.number("salt", &[user_id, i64::from(dc), period]).cast_signed() | 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_depend_on_seed_domain_and_question_only() {
        let one = Seeded::new(1);
        assert_eq!(one.number("a", &[1, 2]), Seeded::new(1).number("a", &[1, 2]));
        assert_ne!(one.number("a", &[1, 2]), Seeded::new(2).number("a", &[1, 2]));
        assert_ne!(one.number("a", &[1, 2]), one.number("b", &[1, 2]));
        assert_ne!(one.number("a", &[1, 2]), one.number("a", &[2, 1]));
    }

    #[test]
    fn access_hashes_differ_per_viewer() {
        let seeded = Seeded::new(7);
        assert_ne!(seeded.access_hash(1, 9), seeded.access_hash(2, 9));
    }

    #[test]
    fn fractions_stay_below_one() {
        let seeded = Seeded::new(3);
        for n in 0..1000 {
            let fraction = seeded.fraction("p", &[n]);
            assert!((0.0..1.0).contains(&fraction));
        }
    }

    #[test]
    fn keys_differ_per_data_centre() {
        let seeded = Seeded::new(3);
        assert_ne!(seeded.auth_key(1, 2), seeded.auth_key(1, 4));
    }
}
