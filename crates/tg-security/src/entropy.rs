//! Chance from the operating system.

use ring::rand::{SecureRandom, SystemRandom};
use tg_core::ports::Entropy;

/// Cryptographically strong random bytes.
#[derive(Clone, Debug)]
pub struct SystemEntropy(SystemRandom);

impl SystemEntropy {
    /// The operating system's generator.
    #[must_use]
    pub fn new() -> Self {
        Self(SystemRandom::new())
    }
}

impl Default for SystemEntropy {
    fn default() -> Self {
        Self::new()
    }
}

impl Entropy for SystemEntropy {
    /// # Panics
    /// If the operating system has no random bytes: to go on without them would be worse.
    fn fill(&self, out: &mut [u8]) {
        self.0.fill(out).expect("the operating system hands out random bytes");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_differ_and_units_stay_in_range() {
        let entropy = SystemEntropy::new();
        let (mut a, mut b) = ([0u8; 32], [0u8; 32]);
        entropy.fill(&mut a);
        entropy.fill(&mut b);
        assert_ne!(a, b);
        assert!((0..1_000).map(|_| entropy.unit()).all(|u| (0.0..1.0).contains(&u)));
    }
}
