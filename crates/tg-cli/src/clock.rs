//! The machine's clock, behind the port that the engine asks.

use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tg_core::ports::{BoxFuture, Clock};
use tg_core::time::Timestamp;

/// Wall-clock time of this machine; sleeps on the runtime's timer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        // A clock before 1970 is a machine without one: everything is then due at the epoch.
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    fn sleep(&self, span: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(span))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn now_is_after_this_program_was_written() {
        assert!(SystemClock.now() > Timestamp::from_secs(1_700_000_000));
    }
}
