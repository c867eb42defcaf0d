//! Repeating what failed: by the class of the failure, with growing pauses, and never for longer
//! than the caller waits.

use super::timed::within;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tg_core::failure::{Failure, FailureClass};
use tg_core::ports::{Clock, Entropy};
use tg_core::retry::RetryPolicy;
use tg_core::time::Timestamp;

/// What a call does on the other side; decides what may be repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It asks. Asking twice changes nothing.
    Reads,
    /// It changes something. It is repeated only after an answer that proves that it did not, never
    /// after silence.
    Acts,
}

/// Repeats calls.
#[derive(Clone)]
pub struct Retry {
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    policy: RetryPolicy,
    attempts: u32,
}

impl Retry {
    /// At most `attempts` attempts, at least one, with the pauses of `policy` between them.
    #[must_use]
    pub fn new(
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        policy: RetryPolicy,
        attempts: u32,
    ) -> Self {
        Self { clock, entropy, policy, attempts: attempts.max(1) }
    }

    /// Makes attempts until one succeeds, must not be repeated, or could not be repeated before
    /// `deadline`. Each attempt has the time that is left.
    ///
    /// # Errors
    /// The failure of the last attempt; `timeout` if the deadline passed during it.
    pub async fn run<T, F, Fut>(
        &self,
        effect: Effect,
        deadline: Timestamp,
        mut attempt: F,
    ) -> Result<T, Failure>
    where
        F: FnMut() -> Fut,
        Fut: Future<Output = Result<T, Failure>>,
    {
        let mut made = 0;
        loop {
            let left = deadline.since(self.clock.now());
            let failure = match within(self.clock.as_ref(), left, attempt()).await {
                Ok(Ok(value)) => return Ok(value),
                Ok(Err(failure)) => failure,
                Err(elapsed) => return Err(Failure::ambiguous("timeout", elapsed.to_string())),
            };
            made += 1;
            let pause = self.pause(effect, &failure, made - 1);
            let Some(pause) = pause.filter(|_| made < self.attempts) else { return Err(failure) };
            if self.clock.now() + pause >= deadline {
                return Err(failure);
            }
            tracing::debug!(reason = failure.reason, attempt = made, "tried again after a pause");
            self.clock.sleep(pause).await;
        }
    }

    /// How long to wait before the next attempt; `None` if there must be none.
    fn pause(&self, effect: Effect, failure: &Failure, failed: u32) -> Option<Duration> {
        let delay = || self.policy.delay(failed, self.entropy.as_ref());
        match &failure.class {
            FailureClass::Wait { delay: told, .. } => Some((*told).max(delay())),
            FailureClass::Ambiguous if effect == Effect::Reads => Some(delay()),
            // Where it is asked next is the adapter's business; what is being done is done.
            FailureClass::Ambiguous
            | FailureClass::InFlight
            | FailureClass::Refused(_)
            | FailureClass::Elsewhere { .. } => None,
        }
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
    use tg_core::failure::{AccountFault, Refusal, WaitScope};
    use tg_core::testing::{ManualClock, SeededEntropy};

    const POLICY: RetryPolicy = RetryPolicy {
        initial: Duration::from_millis(100),
        max: Duration::from_secs(5),
        factor: 2.0,
        jitter: 0.0,
    };

    fn retry(clock: &ManualClock) -> Retry {
        Retry::new(Arc::new(clock.clone()), Arc::new(SeededEntropy::new(1)), POLICY, 4)
    }

    fn failing(class: FailureClass) -> Failure {
        Failure::new(class, "test", "a failure of the test")
    }

    fn wait(secs: u64) -> FailureClass {
        FailureClass::Wait { scope: WaitScope::Account, delay: Duration::from_secs(secs) }
    }

    /// Runs on the virtual clock to the end; the result, and how often it was tried.
    fn run(
        effect: Effect,
        limit: Duration,
        answers: impl Fn(u32) -> Result<u32, FailureClass>,
    ) -> (Result<u32, Failure>, u32, Timestamp) {
        let clock = ManualClock::at(Timestamp(0));
        let retry = retry(&clock);
        let tried = Cell::new(0);
        let mut running = pin!(retry.run(effect, Timestamp(0) + limit, || {
            tried.set(tried.get() + 1);
            ready(answers(tried.get()).map_err(failing))
        }));
        let mut context = Context::from_waker(Waker::noop());
        loop {
            if let Poll::Ready(result) = running.as_mut().poll(&mut context) {
                return (result, tried.get(), clock.now());
            }
            assert!(clock.advance_to_next(), "waits for nothing");
        }
    }

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn a_question_without_an_answer_is_asked_again_with_growing_pauses() {
        let (result, tried, at) =
            run(Effect::Reads, LONG, |n| if n < 4 { Err(FailureClass::Ambiguous) } else { Ok(n) });
        assert_eq!((result.unwrap(), tried), (4, 4));
        assert_eq!(at, Timestamp(100 + 200 + 400));
        let (result, tried, _) = run(Effect::Reads, LONG, |_| Err(FailureClass::Ambiguous));
        assert_eq!((result.unwrap_err().class, tried), (FailureClass::Ambiguous, 4), "bounded");
    }

    #[test]
    fn what_may_have_been_done_is_not_done_again() {
        for class in [FailureClass::Ambiguous, FailureClass::InFlight] {
            let (result, tried, _) = run(Effect::Acts, LONG, |_| Err(class.clone()));
            assert_eq!((result.unwrap_err().class, tried), (class, 1));
        }
        let (result, tried, at) =
            run(Effect::Acts, LONG, |n| if n < 2 { Err(wait(7)) } else { Ok(n) });
        assert_eq!((result.unwrap(), tried, at), (2, 2, Timestamp(7_000)), "was not done");
    }

    #[test]
    fn a_refusal_is_not_argued_with() {
        for class in [
            FailureClass::Refused(Refusal::Recipient),
            FailureClass::Refused(Refusal::Account(AccountFault::Quarantined)),
            FailureClass::Refused(Refusal::Config),
            FailureClass::Refused(Refusal::Unclassified),
            FailureClass::Elsewhere { dc: 4 },
        ] {
            for effect in [Effect::Reads, Effect::Acts] {
                let (result, tried, _) = run(effect, LONG, |_| Err(class.clone()));
                assert_eq!((result.unwrap_err().class, tried), (class.clone(), 1));
            }
        }
    }

    #[test]
    fn nothing_outlives_the_callers_deadline() {
        let limit = Duration::from_secs(5);
        let (result, tried, at) = run(Effect::Reads, limit, |_| Err(wait(7)));
        assert_eq!((result.unwrap_err().class, tried, at), (wait(7), 1, Timestamp(0)));
        let short = Duration::from_millis(250);
        let (_, tried, at) = run(Effect::Reads, short, |_| Err(FailureClass::Ambiguous));
        assert_eq!((tried, at), (2, Timestamp(100)), "the second pause would end too late");
    }

    #[tokio::test]
    async fn an_attempt_that_hangs_ends_with_the_deadline() {
        let clock = ManualClock::at(Timestamp(0));
        let retry = retry(&clock);
        let mut running =
            pin!(retry.run(Effect::Reads, Timestamp(5_000), pending::<Result<(), Failure>>));
        let mut context = Context::from_waker(Waker::noop());
        assert!(running.as_mut().poll(&mut context).is_pending());
        clock.advance(Duration::from_secs(5));
        assert_eq!(running.await.unwrap_err().reason, "timeout");
    }
}
