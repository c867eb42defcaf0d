//! At most so many calls at once, and at most so many that wait for their turn: a slow service
//! fills its own compartment and no other.

use super::timed::within;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tg_core::failure::Failure;
use tg_core::ports::Clock;
use tg_core::time::Timestamp;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// A compartment.
pub struct Bulkhead {
    clock: Arc<dyn Clock>,
    places: Arc<Semaphore>,
    waiting: AtomicUsize,
    queue: usize,
}

/// A place in it, given back when dropped.
pub struct Place {
    _permit: OwnedSemaphorePermit,
}

/// Counts itself out of the queue however the wait ends.
struct Queued<'a>(&'a AtomicUsize);

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Bulkhead {
    /// `places` at once, `queue` waiting.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, places: usize, queue: usize) -> Self {
        let places = Arc::new(Semaphore::new(places.max(1)));
        Self { clock, places, waiting: AtomicUsize::new(0), queue }
    }

    /// Waits for a place.
    ///
    /// # Errors
    /// `crowded` if the queue is full, or no place came free before `deadline`.
    pub async fn enter(&self, deadline: Timestamp) -> Result<Place, Failure> {
        let crowded = || {
            Failure::ambiguous("crowded", "Too many calls are under way, so this one was not made")
        };
        let places = Arc::clone(&self.places);
        if let Ok(permit) = Arc::clone(&places).try_acquire_owned() {
            return Ok(Place { _permit: permit });
        }
        let queued = Queued(&self.waiting);
        if self.waiting.fetch_add(1, Ordering::SeqCst) >= self.queue {
            return Err(crowded());
        }
        let left = deadline.since(self.clock.now());
        let permit = within(self.clock.as_ref(), left, places.acquire_owned()).await;
        drop(queued);
        match permit {
            Ok(Ok(permit)) => Ok(Place { _permit: permit }),
            // The semaphore is never closed.
            Ok(Err(_)) | Err(_) => Err(crowded()),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::pin::pin;
    use std::task::{Context, Waker};
    use std::time::Duration;
    use tg_core::testing::ManualClock;

    #[tokio::test]
    async fn places_and_queue_are_bounded() {
        let clock = ManualClock::at(Timestamp(0));
        let bulkhead = Bulkhead::new(Arc::new(clock.clone()), 1, 1);
        let place = bulkhead.enter(Timestamp(1_000)).await.unwrap();
        let mut context = Context::from_waker(Waker::noop());
        {
            let mut second = pin!(bulkhead.enter(Timestamp(1_000)));
            assert!(second.as_mut().poll(&mut context).is_pending());
            let third = bulkhead.enter(Timestamp(1_000)).await.err().unwrap();
            assert_eq!(third.reason, "crowded", "the queue is full");
            clock.advance(Duration::from_secs(1));
            assert_eq!(second.await.err().unwrap().reason, "crowded", "no place in time");
        }
        let mut fourth = pin!(bulkhead.enter(Timestamp(2_000)));
        assert!(fourth.as_mut().poll(&mut context).is_pending());
        drop(place);
        assert!(fourth.await.is_ok(), "whoever waits gets the place that came free");
    }
}
