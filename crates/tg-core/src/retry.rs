//! How long to wait before the next attempt: exponential back-off with jitter from [`Entropy`].
//!
//! The delays come from the `backoff` crate; this is the only file that names it. Its own jitter is
//! switched off because it draws from a global source, which would make runs unrepeatable.

use crate::ports::Entropy;
use backoff::backoff::Backoff;
use backoff::exponential::ExponentialBackoff;
use backoff::{ExponentialBackoffBuilder, SystemClock};
use std::time::Duration;

/// A schedule of delays that grows and is bounded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RetryPolicy {
    /// The first delay.
    pub initial: Duration,
    /// No delay is longer, jitter excepted.
    pub max: Duration,
    /// Growth per attempt.
    pub factor: f64,
    /// Share of the delay that jitter may add, 0 to 1.
    pub jitter: f64,
}

impl RetryPolicy {
    /// For opening a connection again.
    pub const RECONNECT: Self = Self {
        initial: Duration::from_millis(250),
        max: Duration::from_secs(60),
        factor: 2.0,
        jitter: 0.25,
    };
    /// For repeating a transmission whose outcome is not known.
    pub const REPEAT: Self = Self {
        initial: Duration::from_millis(100),
        max: Duration::from_secs(30),
        factor: 2.0,
        jitter: 0.25,
    };

    /// The delay before attempt `attempt + 1`, counting from 0.
    #[must_use]
    pub fn delay(&self, attempt: u32, entropy: &dyn Entropy) -> Duration {
        let mut schedule: ExponentialBackoff<SystemClock> = ExponentialBackoffBuilder::new()
            .with_initial_interval(self.initial)
            .with_max_interval(self.max)
            .with_multiplier(self.factor)
            .with_randomization_factor(0.0)
            .with_max_elapsed_time(None)
            .build();
        let mut delay = self.initial;
        // Past 64 doublings every schedule has met its maximum.
        for _ in 0..=attempt.min(64) {
            delay = schedule.next_backoff().unwrap_or(self.max);
        }
        delay.mul_f64(1.0 + self.jitter.clamp(0.0, 1.0) * entropy.unit())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::SeededEntropy;

    #[test]
    fn delays_grow_to_the_maximum_and_no_further() {
        let entropy = SeededEntropy::new(1);
        let policy = RetryPolicy { jitter: 0.0, ..RetryPolicy::RECONNECT };
        let delays: Vec<_> = (0..20).map(|n| policy.delay(n, &entropy)).collect();
        assert_eq!(delays[0], Duration::from_millis(250));
        assert_eq!(delays[1], Duration::from_millis(500));
        assert!(delays.windows(2).all(|w| w[0] <= w[1]));
        assert_eq!(delays[19], policy.max);
    }

    #[test]
    fn jitter_only_adds_and_is_bounded() {
        let entropy = SeededEntropy::new(7);
        for n in 0..50 {
            let delay = RetryPolicy::REPEAT.delay(n % 12, &entropy);
            assert!(delay >= RetryPolicy::REPEAT.initial);
            assert!(delay <= RetryPolicy::REPEAT.max.mul_f64(1.25));
        }
    }
}
