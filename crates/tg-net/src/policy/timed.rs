//! A limit on how long anything may take, on the clock that the whole run lives by.

use futures_util::future::{Either, select};
use std::future::Future;
use std::pin::pin;
use std::time::Duration;
use tg_core::ports::Clock;

/// Something took longer than it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no answer within {} ms", .0.as_millis())]
pub struct Elapsed(pub Duration);

/// Waits for `work`, but no longer than `limit`. The work is dropped when the limit is reached;
/// what it handed over to somebody else by then is not taken back.
///
/// # Errors
/// If the limit passed first.
pub async fn within<T>(
    clock: &dyn Clock,
    limit: Duration,
    work: impl Future<Output = T>,
) -> Result<T, Elapsed> {
    // The work is polled first, so that a zero limit still accepts what is ready already.
    match select(pin!(work), clock.sleep(limit)).await {
        Either::Left((value, _)) => Ok(value),
        Either::Right(_) => Err(Elapsed(limit)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use std::future::{pending, ready};
    use tg_core::testing::ManualClock;
    use tg_core::time::Timestamp;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test]
    async fn what_is_ready_passes() {
        let clock = ManualClock::at(Timestamp(0));
        assert_eq!(within(&clock, SECOND, ready(7)).await, Ok(7));
        assert_eq!(within(&clock, Duration::ZERO, ready(7)).await, Ok(7));
    }

    #[tokio::test]
    async fn what_never_comes_ends_when_the_limit_has_passed() {
        let clock = ManualClock::at(Timestamp(0));
        let mut waiting = pin!(within(&clock, SECOND, pending::<()>()));
        let early = select(&mut waiting, ready(())).await;
        assert!(matches!(early, Either::Right(_)), "nothing has happened yet");
        clock.advance(Duration::from_millis(999));
        let early = select(&mut waiting, ready(())).await;
        assert!(matches!(early, Either::Right(_)), "the limit has not passed yet");
        clock.advance(Duration::from_millis(1));
        assert_eq!(waiting.await, Err(Elapsed(SECOND)));
    }
}
