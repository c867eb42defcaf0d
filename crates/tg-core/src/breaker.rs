//! A circuit breaker: after failures in a row nothing is tried for a while, then one attempt shows
//! whether it is worth trying again. A state machine without a clock of its own.

use crate::time::Timestamp;
use std::time::Duration;

/// When a breaker opens, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreakerPolicy {
    /// Failures in a row that open it; at least 1.
    pub failures: u32,
    /// How long it stays open the first time; doubled each time the attempt after it fails.
    pub open_for: Duration,
    /// It is never open for longer at a time.
    pub max_open: Duration,
}

impl BreakerPolicy {
    /// For an address that many accounts connect to.
    pub const ENDPOINT: Self =
        Self { failures: 8, open_for: Duration::from_secs(1), max_open: Duration::from_secs(15) };
    /// For an HTTP service.
    pub const SERVICE: Self =
        Self { failures: 5, open_for: Duration::from_secs(5), max_open: Duration::from_secs(300) };
}

/// Where a breaker stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreakerState {
    /// Everything may pass.
    Closed,
    /// Nothing may pass before this time.
    Open {
        /// When one attempt is let through.
        until: Timestamp,
    },
    /// One attempt is on its way, and decides.
    HalfOpen,
}

impl BreakerState {
    /// The name under which it is stored and shown.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open { .. } => "open",
            Self::HalfOpen => "half_open",
        }
    }
}

/// A breaker is open; nothing was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tripped {
    /// When it is worth asking again; `None` while the one attempt is on its way.
    pub until: Option<Timestamp>,
}

/// One breaker. Whoever was admitted says how it ended, once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breaker {
    policy: BreakerPolicy,
    state: BreakerState,
    /// Failures in a row.
    failures: u32,
    /// Times it opened since something last succeeded.
    trips: u32,
}

impl Breaker {
    /// A closed breaker.
    #[must_use]
    pub const fn new(policy: BreakerPolicy) -> Self {
        Self { policy, state: BreakerState::Closed, failures: 0, trips: 0 }
    }

    /// Where it stands.
    #[must_use]
    pub const fn state(&self) -> BreakerState {
        self.state
    }

    /// Failures in a row.
    #[must_use]
    pub const fn failures(&self) -> u32 {
        self.failures
    }

    /// Asks to try something now.
    ///
    /// # Errors
    /// If nothing may be tried yet.
    pub fn admit(&mut self, now: Timestamp) -> Result<(), Tripped> {
        match self.state {
            BreakerState::Closed => Ok(()),
            BreakerState::Open { until } if now >= until => {
                self.state = BreakerState::HalfOpen;
                Ok(())
            }
            BreakerState::Open { until } => Err(Tripped { until: Some(until) }),
            BreakerState::HalfOpen => Err(Tripped { until: None }),
        }
    }

    /// What was admitted has succeeded.
    pub const fn succeeded(&mut self) {
        self.state = BreakerState::Closed;
        self.failures = 0;
        self.trips = 0;
    }

    /// What was admitted has failed, by the fault of the other side or of the way there.
    pub fn failed(&mut self, now: Timestamp) {
        self.failures = self.failures.saturating_add(1);
        match self.state {
            BreakerState::Closed if self.failures < self.policy.failures.max(1) => {}
            // Those that were on their way when it opened add nothing.
            BreakerState::Open { .. } => {}
            BreakerState::Closed | BreakerState::HalfOpen => {
                let doublings = self.trips.min(16);
                let span = self.policy.open_for.saturating_mul(1 << doublings);
                self.state = BreakerState::Open { until: now + span.min(self.policy.max_open) };
                self.trips = self.trips.saturating_add(1);
            }
        }
    }

    /// What was admitted was given up before it had ended: nothing is known, and if it was the one
    /// attempt, another is let through.
    pub fn abandoned(&mut self, now: Timestamp) {
        if self.state == BreakerState::HalfOpen {
            self.state = BreakerState::Open { until: now };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const POLICY: BreakerPolicy = BreakerPolicy {
        failures: 3,
        open_for: Duration::from_secs(10),
        max_open: Duration::from_secs(35),
    };

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_secs(secs)
    }

    fn open(secs: i64) -> BreakerState {
        BreakerState::Open { until: at(secs) }
    }

    fn tripped() -> Breaker {
        let mut breaker = Breaker::new(POLICY);
        for _ in 0..3 {
            assert_eq!(breaker.admit(at(0)), Ok(()));
            breaker.failed(at(0));
        }
        breaker
    }

    #[test]
    fn failures_in_a_row_open_it_and_a_success_between_them_does_not() {
        let mut breaker = Breaker::new(POLICY);
        for _ in 0..5 {
            breaker.failed(at(0));
            breaker.failed(at(0));
            breaker.succeeded();
        }
        assert_eq!(breaker.state(), BreakerState::Closed);
        assert_eq!(tripped().state(), open(10));
    }

    #[test]
    fn one_attempt_decides_and_the_rest_wait_for_it() {
        let mut breaker = tripped();
        assert_eq!(breaker.admit(at(9)), Err(Tripped { until: Some(at(10)) }));
        assert_eq!(breaker.admit(at(10)), Ok(()), "the one attempt");
        assert_eq!(breaker.admit(at(10)), Err(Tripped { until: None }));
        breaker.succeeded();
        assert_eq!(breaker.admit(at(10)), Ok(()));
        assert_eq!(breaker.admit(at(10)), Ok(()));
    }

    #[test]
    fn it_stays_open_for_longer_each_time_and_never_for_too_long() {
        let mut breaker = tripped();
        let mut now = 10;
        for span in [20, 35, 35] {
            assert_eq!(breaker.admit(at(now)), Ok(()));
            breaker.failed(at(now));
            assert_eq!(breaker.state(), open(now + span));
            now += span;
        }
        assert_eq!(breaker.admit(at(now)), Ok(()));
        breaker.succeeded();
        for _ in 0..3 {
            breaker.failed(at(now));
        }
        assert_eq!(breaker.state(), open(now + 10), "a success begins anew");
    }

    #[test]
    fn an_attempt_that_is_given_up_makes_room_for_another() {
        let mut breaker = tripped();
        assert_eq!(breaker.admit(at(10)), Ok(()));
        breaker.abandoned(at(11));
        assert_eq!(breaker.admit(at(11)), Ok(()));
        breaker.failed(at(11));
        assert_eq!(breaker.state(), open(31));
    }

    proptest! {
        /// However things end: at most one attempt is on its way while it is not closed, it opens
        /// after exactly so many failures, and it always lets somebody through in bounded time.
        #[test]
        fn never_a_crowd_and_never_shut_for_good(
            steps in proptest::collection::vec((0i64..40, 0u8..4), 1..200),
        ) {
            let mut breaker = Breaker::new(POLICY);
            let (mut now, mut in_a_row) = (0i64, 0u32);
            for (gap, end) in steps {
                now += gap;
                let closed = breaker.state() == BreakerState::Closed;
                let admitted = breaker.admit(at(now));
                if closed {
                    prop_assert_eq!(admitted, Ok(()));
                }
                if let BreakerState::Open { until } = breaker.state() {
                    prop_assert!(until > at(now) && until <= at(now) + POLICY.max_open);
                }
                if admitted.is_err() {
                    continue;
                }
                match end {
                    0 => {
                        breaker.succeeded();
                        in_a_row = 0;
                    }
                    1 => breaker.abandoned(at(now)),
                    _ => {
                        breaker.failed(at(now));
                        in_a_row += 1;
                    }
                }
                if in_a_row < POLICY.failures {
                    prop_assert_eq!(breaker.state(), BreakerState::Closed);
                }
            }
            now += 36;
            prop_assert!(breaker.admit(at(now)).is_ok());
        }
    }
}
