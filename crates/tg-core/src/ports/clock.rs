//! Time and chance come from outside, so that a run can be replayed.

use super::BoxFuture;
use crate::time::Timestamp;
use std::time::Duration;

/// Time.
pub trait Clock: Send + Sync {
    /// Wall-clock time.
    fn now(&self) -> Timestamp;

    /// Completes when `span` has passed.
    fn sleep(&self, span: Duration) -> BoxFuture<'static, ()>;
}

/// Chance.
pub trait Entropy: Send + Sync {
    /// Fills `out` with random bytes; cryptographically strong in production.
    fn fill(&self, out: &mut [u8]);

    /// A number in `[0, 1)`.
    fn unit(&self) -> f64 {
        let mut bytes = [0u8; 4];
        self.fill(&mut bytes);
        f64::from(u32::from_be_bytes(bytes)) / (f64::from(u32::MAX) + 1.0)
    }
}
