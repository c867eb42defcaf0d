//! A sliding window: at most `limit` events in any stretch of `span`.

use crate::time::Timestamp;
use std::collections::VecDeque;
use std::time::Duration;

/// Remembers the last `limit` events and no more.
#[derive(Clone, Debug)]
pub struct Window {
    span: Duration,
    limit: usize,
    events: VecDeque<Timestamp>,
}

impl Window {
    /// An empty window.
    #[must_use]
    pub fn new(limit: u32, span: Duration) -> Self {
        let limit = usize::try_from(limit.max(1)).unwrap_or(usize::MAX);
        Self { span, limit, events: VecDeque::new() }
    }

    /// Events that may happen at `now`.
    #[must_use]
    pub fn available(&self, now: Timestamp) -> u32 {
        let live = self.events.iter().filter(|at| **at + self.span > now).count();
        u32::try_from(self.limit.saturating_sub(live)).unwrap_or(u32::MAX)
    }

    /// Records `n` events.
    pub fn take(&mut self, n: u32, now: Timestamp) {
        for _ in 0..n {
            if self.events.len() >= self.limit {
                self.events.pop_front();
            }
            self.events.push_back(now);
        }
    }

    /// Takes back the last `n` events: they did not happen.
    pub fn give_back(&mut self, n: u32) {
        for _ in 0..n {
            self.events.pop_back();
        }
    }

    /// When the next event may happen.
    #[must_use]
    pub fn ready_at(&self, now: Timestamp) -> Timestamp {
        if self.available(now) > 0 {
            return now;
        }
        let oldest = self.events.len().saturating_sub(self.limit);
        self.events.get(oldest).map_or(now, |at| *at + self.span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Never above the limit in any stretch, never idle below it.
        #[test]
        fn keeps_its_promise(
            limit in 1u32..8,
            span in 1u64..5_000,
            steps in proptest::collection::vec((0i64..3_000, 1u32..6, 0u32..3), 1..120),
        ) {
            let mut window = Window::new(limit, Duration::from_millis(span));
            let mut now = 0i64;
            let mut taken: Vec<i64> = Vec::new();
            for (gap, want, back) in steps {
                now += gap;
                let got = want.min(window.available(Timestamp(now)));
                window.take(got, Timestamp(now));
                let back = back.min(got);
                window.give_back(back);
                taken.extend((0..got - back).map(|_| now));
                let ready = window.ready_at(Timestamp(now));
                if window.available(Timestamp(now)) == 0 {
                    prop_assert!(ready.0 > now);
                    prop_assert_eq!(window.available(Timestamp(ready.0 - 1)), 0);
                }
                prop_assert!(window.available(ready) > 0);
            }
            let span = i64::try_from(span)?;
            for (first, from) in taken.iter().enumerate() {
                let inside = taken[first..].iter().filter(|at| **at < from + span).count();
                prop_assert!(inside <= usize::try_from(limit)?, "{} from {}", inside, from);
            }
        }
    }

    #[test]
    fn no_more_than_the_limit_in_any_stretch() {
        let mut window = Window::new(3, Duration::from_secs(10));
        window.take(2, Timestamp(0));
        window.take(1, Timestamp(4_000));
        assert_eq!(window.available(Timestamp(9_999)), 0);
        assert_eq!(window.ready_at(Timestamp(9_999)), Timestamp(10_000));
        assert_eq!(window.available(Timestamp(10_000)), 2);
        assert_eq!(window.available(Timestamp(14_000)), 3);
    }
}
