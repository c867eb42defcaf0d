//! A token bucket: one token each `interval`, at most `burst` saved up.

use crate::time::Timestamp;
use std::time::Duration;

/// A token bucket in whole milliseconds: it neither drifts nor rounds in anybody's favour.
#[derive(Clone, Debug)]
pub struct Bucket {
    interval_ms: i64,
    burst: i64,
    /// The moment at which the bucket was, or will be, empty.
    empty_at: i64,
}

impl Bucket {
    /// A bucket that is full at `now`. `interval` is per token, at least a millisecond.
    #[must_use]
    pub fn new(interval: Duration, burst: u32, now: Timestamp) -> Self {
        let interval_ms = i64::try_from(interval.as_millis()).unwrap_or(i64::MAX).max(1);
        let burst = i64::from(burst.max(1));
        Self {
            interval_ms,
            burst,
            empty_at: now.0.saturating_sub(interval_ms.saturating_mul(burst)),
        }
    }

    /// Tokens that can be taken at `now`.
    #[must_use]
    pub fn available(&self, now: Timestamp) -> u32 {
        let whole = (now.0.saturating_sub(self.empty_at)) / self.interval_ms;
        u32::try_from(whole.clamp(0, self.burst)).unwrap_or(0)
    }

    /// Takes up to `n` tokens; returns how many.
    pub fn take(&mut self, n: u32, now: Timestamp) -> u32 {
        let taken = n.min(self.available(now));
        let full = now.0.saturating_sub(self.interval_ms.saturating_mul(self.burst));
        self.empty_at = self.empty_at.max(full) + self.interval_ms * i64::from(taken);
        taken
    }

    /// Takes tokens that are not there yet: those to come pay for them.
    pub fn owe(&mut self, n: u32, now: Timestamp) {
        let full = now.0.saturating_sub(self.interval_ms.saturating_mul(self.burst));
        let owed = self.interval_ms.saturating_mul(i64::from(n));
        self.empty_at = self.empty_at.max(full).saturating_add(owed);
    }

    /// Puts back tokens that were taken and not used.
    pub fn give_back(&mut self, n: u32) {
        self.empty_at = self.empty_at.saturating_sub(self.interval_ms.saturating_mul(i64::from(n)));
    }

    /// When the next token is there.
    #[must_use]
    pub fn ready_at(&self, now: Timestamp) -> Timestamp {
        if self.available(now) > 0 {
            now
        } else {
            Timestamp(self.empty_at.saturating_add(self.interval_ms))
        }
    }

    /// Slows down to one token each `interval`, keeping nothing saved up.
    pub fn slow_to(&mut self, interval: Duration, now: Timestamp) {
        self.interval_ms = i64::try_from(interval.as_millis()).unwrap_or(i64::MAX).max(1);
        self.burst = 1;
        self.empty_at = self.empty_at.max(now.0.saturating_sub(self.interval_ms));
    }

    /// Time per token.
    #[must_use]
    pub fn interval(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.interval_ms).unwrap_or(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Never above the limit in any window, never idle when a token is due.
        #[test]
        fn keeps_its_promise(
            interval in 1u64..5_000,
            burst in 1u32..50,
            steps in proptest::collection::vec((0i64..10_000, 1u32..20), 1..200),
        ) {
            let mut bucket = Bucket::new(Duration::from_millis(interval), burst, Timestamp(0));
            let mut now = 0i64;
            let mut taken: Vec<(i64, u32)> = Vec::new();
            for (gap, want) in steps {
                now += gap;
                let got = bucket.take(want, Timestamp(now));
                taken.push((now, got));
                if got < want {
                    let ready = bucket.ready_at(Timestamp(now));
                    prop_assert!(ready.0 > now);
                    prop_assert!(ready.0 <= now + i64::try_from(interval)?);
                    prop_assert_eq!(bucket.available(ready), 1);
                }
            }
            for (i, (from, _)) in taken.iter().enumerate() {
                let mut sum = 0u64;
                for (at, n) in &taken[i..] {
                    sum += u64::from(*n);
                    let span = u64::try_from(at - from)?;
                    prop_assert!(sum <= u64::from(burst) + span / interval + 1);
                }
            }
        }
    }

    #[test]
    fn what_is_owed_is_paid_by_what_comes() {
        let mut bucket = Bucket::new(Duration::from_secs(10), 2, Timestamp(0));
        assert_eq!(bucket.take(2, Timestamp(0)), 2);
        bucket.owe(2, Timestamp(0));
        assert_eq!(bucket.available(Timestamp(29_999)), 0);
        assert_eq!(bucket.ready_at(Timestamp(0)), Timestamp(30_000));
        assert_eq!(bucket.available(Timestamp(30_000)), 1);
    }
}
