//! Circuit breakers by name: per endpoint, per service.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tg_core::breaker::{Breaker, BreakerPolicy, BreakerState, Tripped};
use tg_core::failure::{Failure, FailureClass};
use tg_core::ports::{Clock, HealthWatch, ServiceHealth};

/// Names that are remembered at most. Only those in trouble are.
const MAX_NAMES: usize = 4_096;

/// Breakers that share a policy.
pub struct Breakers {
    clock: Arc<dyn Clock>,
    policy: BreakerPolicy,
    watch: Arc<dyn HealthWatch>,
    /// Who is not here has no failures.
    troubled: Mutex<BTreeMap<String, Breaker>>,
}

impl Breakers {
    /// `watch` hears of every breaker that opens or closes.
    pub fn new(clock: Arc<dyn Clock>, policy: BreakerPolicy, watch: Arc<dyn HealthWatch>) -> Self {
        Self { clock, policy, watch, troubled: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Breaker>> {
        // Every change is made by the state machine at once: a panic elsewhere leaves it whole.
        self.troubled.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks to try something with `name`.
    ///
    /// # Errors
    /// `breaker_open` if there is no point yet; nothing was tried.
    pub fn admit(&self, name: &str) -> Result<Admission<'_>, Failure> {
        let now = self.clock.now();
        if let Some(breaker) = self.lock().get_mut(name) {
            breaker.admit(now).map_err(|Tripped { until }| {
                let again = until.map_or_else(
                    || "one attempt is being made".to_owned(),
                    |at| format!("it is tried again in {} ms", at.since(now).as_millis()),
                );
                let text = format!("{name} failed repeatedly and was not tried now; {again}");
                Failure::ambiguous("breaker_open", text)
            })?;
        }
        Ok(Admission { breakers: self, name: name.to_owned(), ended: false })
    }

    fn succeeded(&self, name: &str) {
        let recovered = self.lock().remove(name);
        if recovered.is_some_and(|breaker| breaker.state() != BreakerState::Closed) {
            self.tell(name, BreakerState::Closed, 0, "");
        }
    }

    fn failed(&self, name: &str, reason: &str) {
        let now = self.clock.now();
        let mut troubled = self.lock();
        if !troubled.contains_key(name) && troubled.len() >= MAX_NAMES {
            // The rest is guarded by timeouts and back-off alone.
            return;
        }
        let breaker = troubled.entry(name.to_owned()).or_insert_with(|| Breaker::new(self.policy));
        let before = breaker.state();
        breaker.failed(now);
        let (state, failures) = (breaker.state(), breaker.failures());
        drop(troubled);
        if state != before {
            self.tell(name, state, failures, reason);
        }
    }

    fn abandoned(&self, name: &str) {
        let now = self.clock.now();
        if let Some(breaker) = self.lock().get_mut(name) {
            breaker.abandoned(now);
        }
    }

    fn tell(&self, name: &str, state: BreakerState, failures: u32, reason: &str) {
        tracing::info!(service = name, state = state.name(), reason, "a breaker moved");
        self.watch.changed(ServiceHealth {
            name: name.to_owned(),
            state,
            failures,
            reason: reason.to_owned(),
            at: self.clock.now(),
        });
    }
}

/// Leave to try something. Dropped without [`Admission::end`], it counts as given up.
pub struct Admission<'a> {
    breakers: &'a Breakers,
    name: String,
    ended: bool,
}

impl Admission<'_> {
    /// Says how it ended. Only silence counts against the other side: whoever refuses is there.
    pub fn end<T>(mut self, result: &Result<T, Failure>) {
        self.ended = true;
        match result {
            Err(Failure { class: FailureClass::Ambiguous, reason, .. }) => {
                self.breakers.failed(&self.name, reason);
            }
            _ => self.breakers.succeeded(&self.name),
        }
    }
}

impl Drop for Admission<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.breakers.abandoned(&self.name);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::time::Duration;
    use tg_core::failure::Refusal;
    use tg_core::testing::ManualClock;
    use tg_core::time::Timestamp;

    #[derive(Default)]
    struct Heard(Mutex<Vec<(&'static str, u32)>>);

    impl HealthWatch for Heard {
        fn changed(&self, health: ServiceHealth) {
            self.0.lock().unwrap().push((health.state.name(), health.failures));
        }
    }

    fn silence() -> Result<(), Failure> {
        Err(Failure::ambiguous("timeout", "no answer"))
    }

    const POLICY: BreakerPolicy = BreakerPolicy {
        failures: 2,
        open_for: Duration::from_secs(1),
        max_open: Duration::from_secs(8),
    };

    #[test]
    fn each_name_has_its_own_and_its_moves_are_told() {
        let clock = ManualClock::at(Timestamp(0));
        let heard = Arc::new(Heard::default());
        let watch = Arc::clone(&heard) as Arc<dyn HealthWatch>;
        let breakers = Breakers::new(Arc::new(clock.clone()), POLICY, watch);
        for _ in 0..2 {
            breakers.admit("a").unwrap().end(&silence());
        }
        let failure = breakers.admit("a").err().unwrap();
        assert_eq!(failure.reason, "breaker_open");
        assert!(failure.text.contains("again in 1000 ms"), "{}", failure.text);
        assert!(breakers.admit("b").is_ok(), "another name is not concerned");

        clock.advance(Duration::from_secs(1));
        let probe = breakers.admit("a").unwrap();
        assert!(breakers.admit("a").is_err(), "one attempt at a time");
        drop(probe);
        breakers.admit("a").unwrap().end(&Ok(()));
        assert!(breakers.admit("a").is_ok());
        let told = heard.0.lock().unwrap().clone();
        assert_eq!(told, [("open", 2), ("closed", 0)]);
        assert!(breakers.lock().is_empty(), "who is well is not remembered");
    }

    #[test]
    fn whoever_refuses_is_there() {
        let clock = ManualClock::at(Timestamp(0));
        let breakers = Breakers::new(Arc::new(clock), POLICY, Arc::new(Heard::default()));
        let refused: Result<(), _> =
            Err(Failure::new(FailureClass::Refused(Refusal::Config), "no", "no"));
        for _ in 0..10 {
            breakers.admit("a").unwrap().end(&silence());
            breakers.admit("a").unwrap().end(&refused);
        }
        assert!(breakers.admit("a").is_ok());
    }
}
