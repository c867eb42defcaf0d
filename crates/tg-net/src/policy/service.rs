//! All policies around calls to one service.

use super::breaker::Breakers;
use super::bulkhead::Bulkhead;
use super::retry::{Effect, Retry};
use super::throttle::Throttle;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tg_core::failure::Failure;
use tg_core::ports::{Clock, Entropy};
use tg_core::retry::RetryPolicy;

/// How hard a service may be used.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Calls at once.
    pub at_once: usize,
    /// Calls that may wait for their turn.
    pub queue: usize,
    /// One call each so long, on average.
    pub interval: Duration,
    /// Calls at once after a pause.
    pub burst: u32,
    /// Attempts of one call.
    pub attempts: u32,
    /// The pauses between them.
    pub retry: RetryPolicy,
}

impl Limits {
    /// Gentle enough for any API that is asked on behalf of people.
    pub const GENTLE: Self = Self {
        at_once: 4,
        queue: 64,
        interval: Duration::from_millis(200),
        burst: 10,
        attempts: 4,
        retry: RetryPolicy {
            initial: Duration::from_millis(250),
            max: Duration::from_secs(10),
            factor: 2.0,
            jitter: 0.25,
        },
    };
}

/// One service, with everything that stands between it and a caller.
pub struct Service {
    name: String,
    clock: Arc<dyn Clock>,
    breakers: Arc<Breakers>,
    bulkhead: Bulkhead,
    retry: Retry,
    throttle: Throttle,
}

impl Service {
    /// `name` is what people read, and what its breaker is called.
    pub fn new(
        name: impl Into<String>,
        clock: &Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        breakers: Arc<Breakers>,
        limits: Limits,
    ) -> Self {
        Self {
            name: name.into(),
            clock: Arc::clone(clock),
            breakers,
            bulkhead: Bulkhead::new(Arc::clone(clock), limits.at_once, limits.queue),
            retry: Retry::new(Arc::clone(clock), entropy, limits.retry, limits.attempts),
            throttle: Throttle::new(Arc::clone(clock), limits.interval, limits.burst),
        }
    }

    /// Makes a call within `limit`, waiting and repeating included.
    ///
    /// # Errors
    /// The last attempt's; `timeout`, `crowded`, `throttled` or `breaker_open` if a policy ended it.
    pub async fn call<T, F, Fut>(
        &self,
        effect: Effect,
        limit: Duration,
        mut attempt: F,
    ) -> Result<T, Failure>
    where
        F: FnMut() -> Fut,
        Fut: Future<Output = Result<T, Failure>>,
    {
        let deadline = self.clock.now() + limit;
        let _place = self.bulkhead.enter(deadline).await?;
        self.retry
            .run(effect, deadline, || {
                let admission = self.breakers.admit(&self.name);
                let call = attempt();
                async move {
                    let admission = admission?;
                    self.throttle.pass(deadline).await?;
                    let result = call.await;
                    admission.end(&result);
                    result
                }
            })
            .await
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::cell::Cell;
    use std::future::{pending, ready};
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};
    use tg_core::breaker::BreakerPolicy;
    use tg_core::ports::{HealthWatch, ServiceHealth};
    use tg_core::testing::{ManualClock, SeededEntropy};
    use tg_core::time::Timestamp;

    struct Deaf;

    impl HealthWatch for Deaf {
        fn changed(&self, _: ServiceHealth) {}
    }

    fn service(clock: &ManualClock) -> Service {
        let clock: Arc<dyn Clock> = Arc::new(clock.clone());
        let breakers =
            Arc::new(Breakers::new(Arc::clone(&clock), BreakerPolicy::SERVICE, Arc::new(Deaf)));
        Service::new("test", &clock, Arc::new(SeededEntropy::new(3)), breakers, Limits::GENTLE)
    }

    fn finish<T>(clock: &ManualClock, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        let mut context = Context::from_waker(Waker::noop());
        loop {
            if let Poll::Ready(value) = work.as_mut().poll(&mut context) {
                return value;
            }
            assert!(clock.advance_to_next(), "waits for nothing");
        }
    }

    const LIMIT: Duration = Duration::from_secs(30);

    /// The fault "a network call without a timeout", for everything that speaks through a service.
    #[test]
    fn a_black_hole_ends_in_a_timeout() {
        let clock = ManualClock::at(Timestamp(0));
        let service = service(&clock);
        let failure =
            finish(&clock, service.call(Effect::Reads, LIMIT, pending::<Result<(), Failure>>))
                .unwrap_err();
        assert_eq!(failure.reason, "timeout");
        assert_eq!(clock.now(), Timestamp(0) + LIMIT);
    }

    #[test]
    fn a_dead_service_is_left_alone_and_found_again() {
        let clock = ManualClock::at(Timestamp(0));
        let service = service(&clock);
        let asked = Cell::new(0);
        let ask = |answer: Result<(), Failure>| {
            let asked = &asked;
            let answer = move || {
                let answer = answer.clone();
                // Counted when it is polled, which is when it would reach the wire.
                async move {
                    asked.set(asked.get() + 1);
                    ready(answer).await
                }
            };
            finish(&clock, service.call(Effect::Reads, LIMIT, answer))
        };
        let dead = || Err(Failure::ambiguous("connection_lost", "nobody there"));
        for _ in 0..5 {
            assert!(ask(dead()).is_err());
        }
        let before = asked.get();
        assert!(before < 5 * 4, "the breaker spared it {before} of 20 attempts");
        clock.advance(BreakerPolicy::SERVICE.max_open);
        ask(Ok(())).unwrap();
        assert_eq!(asked.get(), before + 1);
    }
}
