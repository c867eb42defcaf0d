//! A clock that moves when told, and chance from a seed.

use crate::ports::{BoxFuture, Clock, Entropy};
use crate::time::Timestamp;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::task::{Poll, Waker};
use std::time::Duration;

/// A clock that stands still until it is advanced. Clones share the time.
#[derive(Clone, Debug, Default)]
pub struct ManualClock(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    now: AtomicI64,
    wakers: Mutex<Vec<(i64, Waker)>>,
}

impl ManualClock {
    /// Begins at `start`.
    #[must_use]
    pub fn at(start: Timestamp) -> Self {
        let clock = Self::default();
        clock.0.now.store(start.0, Ordering::SeqCst);
        clock
    }

    /// Moves time on and wakes whoever slept until then.
    pub fn advance(&self, span: Duration) {
        let millis = i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
        let now = self.0.now.fetch_add(millis, Ordering::SeqCst) + millis;
        self.wake(now);
    }

    /// Moves time on to the earliest sleeper and wakes it. Returns whether there was one.
    #[must_use]
    pub fn advance_to_next(&self) -> bool {
        let next = self
            .0
            .wakers
            .lock()
            .ok()
            .and_then(|sleepers| sleepers.iter().map(|(due, _)| *due).min());
        let Some(due) = next else { return false };
        let now = self.0.now.load(Ordering::SeqCst).max(due);
        self.0.now.store(now, Ordering::SeqCst);
        self.wake(now);
        true
    }

    fn wake(&self, now: i64) {
        if let Ok(mut sleepers) = self.0.wakers.lock() {
            let (due, later) = sleepers.drain(..).partition(|(at, _)| *at <= now);
            *sleepers = later;
            let due: Vec<(i64, Waker)> = due;
            for (_, waker) in due {
                waker.wake();
            }
        }
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.now.load(Ordering::SeqCst))
    }

    fn sleep(&self, span: Duration) -> BoxFuture<'static, ()> {
        let shared = Arc::clone(&self.0);
        let due = (self.now() + span).0;
        Box::pin(std::future::poll_fn(move |context| {
            if shared.now.load(Ordering::SeqCst) >= due {
                return Poll::Ready(());
            }
            if let Ok(mut sleepers) = shared.wakers.lock() {
                sleepers.push((due, context.waker().clone()));
            }
            Poll::Pending
        }))
    }
}

/// Chance from a seed (splitmix64): for replaying, not for keys.
#[derive(Debug)]
pub struct SeededEntropy(AtomicU64);

impl SeededEntropy {
    /// The same seed gives the same sequence.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    /// The next 64 bits.
    pub fn next(&self) -> u64 {
        let step = 0x9E37_79B9_7F4A_7C15u64;
        let mut z = self.0.fetch_add(step, Ordering::SeqCst).wrapping_add(step);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, out: &mut [u8]) {
        for chunk in out.chunks_mut(8) {
            let bytes = self.next().to_be_bytes();
            chunk.copy_from_slice(&bytes[..chunk.len()]);
        }
    }
}
