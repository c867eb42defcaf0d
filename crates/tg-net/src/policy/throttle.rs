//! At most so many calls in so long: a token bucket in front of a service.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tg_core::failure::Failure;
use tg_core::pace::Bucket;
use tg_core::ports::Clock;
use tg_core::time::Timestamp;

/// Lets calls through one by one.
pub struct Throttle {
    clock: Arc<dyn Clock>,
    bucket: Mutex<Bucket>,
}

impl Throttle {
    /// One call each `interval`, `burst` at once after a pause.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, interval: Duration, burst: u32) -> Self {
        let bucket = Mutex::new(Bucket::new(interval, burst, clock.now()));
        Self { clock, bucket }
    }

    /// Waits until a call may be made.
    ///
    /// # Errors
    /// `throttled` at once if that would not be before `deadline`.
    pub async fn pass(&self, deadline: Timestamp) -> Result<(), Failure> {
        loop {
            let now = self.clock.now();
            let ready = {
                // Every change is one call: a panic elsewhere leaves the bucket whole.
                let mut bucket = self.bucket.lock().unwrap_or_else(PoisonError::into_inner);
                if bucket.take(1, now) == 1 {
                    return Ok(());
                }
                bucket.ready_at(now)
            };
            if ready >= deadline {
                return Err(Failure::ambiguous(
                    "throttled",
                    "Too many calls in a short time, so this one was not made",
                ));
            }
            self.clock.sleep(ready.since(now)).await;
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::pin::pin;
    use std::task::{Context, Waker};
    use tg_core::testing::ManualClock;

    #[tokio::test]
    async fn a_call_waits_for_its_token_but_not_beyond_its_deadline() {
        let clock = ManualClock::at(Timestamp(0));
        let throttle = Throttle::new(Arc::new(clock.clone()), Duration::from_secs(1), 2);
        throttle.pass(Timestamp(0)).await.unwrap();
        throttle.pass(Timestamp(0)).await.unwrap();
        let failure = throttle.pass(Timestamp(1_000)).await.unwrap_err();
        assert_eq!(failure.reason, "throttled");
        let mut waiting = pin!(throttle.pass(Timestamp(5_000)));
        let mut context = Context::from_waker(Waker::noop());
        assert!(waiting.as_mut().poll(&mut context).is_pending());
        clock.advance(Duration::from_secs(1));
        waiting.await.unwrap();
    }
}
