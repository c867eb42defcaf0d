//! When an account will be done, before it begins: the end of the pacer's grants, computed instead of
//! waited for. It costs the same for ten messages and for a million.

use super::{AccountPacer, Limits};
use crate::failure::WaitScope;
use crate::time::Timestamp;
use std::time::Duration;

/// The stretch in which [`Limits::resolve_per_day`] holds.
const DAY: Duration = Duration::from_secs(86_400);

/// What an account has to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// Messages.
    pub deliveries: u64,
    /// Of these, to people whom it has to ask Telegram about first.
    pub to_resolve: u64,
}

/// What keeps an account from being done earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitedBy {
    /// It has nothing to do.
    Nothing,
    /// Its own pace of sending.
    Sending,
    /// Its own pace of asking whom an address belongs to.
    Resolving,
    /// A wait that Telegram imposed takes most of the time.
    Wait,
}

impl LimitedBy {
    /// The name under which it is shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Sending => "sending",
            Self::Resolving => "resolving",
            Self::Wait => "wait",
        }
    }
}

/// When an account sends its last message, and why not earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forecast {
    /// The last message leaves.
    pub ends_at: Timestamp,
    /// What limits it.
    pub limited_by: LimitedBy,
}

impl Forecast {
    /// For an account that begins at `now` with `limits` (no burst), and with the waits that hold.
    /// Who is known comes first; a question is asked when its message could leave. Answers are taken
    /// to come at once, and Telegram to impose nothing more.
    #[must_use]
    pub fn of(
        limits: Limits,
        waits: &[(WaitScope, Timestamp)],
        load: Load,
        now: Timestamp,
    ) -> Self {
        let Some(last) = load.deliveries.checked_sub(1) else {
            return Self { ends_at: now, limited_by: LimitedBy::Nothing };
        };
        let mut pacer = AccountPacer::new(limits, now);
        for (scope, until) in waits {
            pacer.remember(*scope, *until);
        }
        let begins = pacer.sends_at(false, now);
        let sending = after(begins, limits.send_interval, last);
        let known = load.deliveries.saturating_sub(load.to_resolve);
        let free = after(begins, limits.send_interval, known);
        let asks =
            Asks { begin: pacer.resolves_at(false, now).max(free), limits, count: load.to_resolve };
        let resolving = asks.last_send();
        let ends_at = sending.max(resolving.unwrap_or(sending));
        // Strangers, who come last, take longer than everybody before them.
        let by_asking =
            resolving.is_some_and(|at| at > sending) && ends_at.since(free) > free.since(begins);
        // Time in which nothing is allowed, against time that the account's own pace takes.
        let held =
            begins.since(now) + if by_asking { asks.begin.since(free) } else { Duration::ZERO };
        let waited = held > ends_at.since(now).saturating_sub(held);
        let limited_by = match (waited, by_asking) {
            (true, _) => LimitedBy::Wait,
            (false, true) => LimitedBy::Resolving,
            (false, false) => LimitedBy::Sending,
        };
        Self { ends_at, limited_by }
    }
}

/// `n` intervals after `from`.
fn after(from: Timestamp, interval: Duration, n: u64) -> Timestamp {
    let millis = interval.as_millis().max(1).saturating_mul(u128::from(n));
    Timestamp(from.0.saturating_add(i64::try_from(millis).unwrap_or(i64::MAX)))
}

/// Addresses that are asked about: one each interval, a number a day.
struct Asks {
    begin: Timestamp,
    limits: Limits,
    count: u64,
}

impl Asks {
    /// When the `k`-th address (from 0) is known. After a day's number the next day repeats the
    /// first; if the interval alone takes longer than a day, the days do not show.
    fn known_at(&self, k: u64) -> Timestamp {
        let per_day = u64::from(self.limits.resolve_per_day.max(1));
        let busy = self.limits.resolve_interval.max(Duration::from_millis(1));
        let cycle = DAY.max(busy.saturating_mul(self.limits.resolve_per_day.max(1)));
        after(after(self.begin, cycle, k / per_day), busy, k % per_day)
    }

    /// The earliest end of sending to all of them: after each address that becomes known, all that
    /// follow are still to be sent to. Between the first and last of a day, and between days, the
    /// bound changes by the same amount, so that its greatest value stands at one of the corners.
    fn last_send(&self) -> Option<Timestamp> {
        let last = self.count.checked_sub(1)?;
        let per_day = u64::from(self.limits.resolve_per_day.max(1));
        let day = last / per_day * per_day;
        [0, per_day - 1, day.saturating_sub(per_day), day.saturating_sub(1), day, last]
            .into_iter()
            .filter(|k| *k <= last)
            .map(|k| after(self.known_at(k), self.limits.send_interval, last - k))
            .max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::Method;
    use proptest::prelude::*;

    /// The same, waited for: the pacer grants, time passes.
    fn waited_for(
        limits: Limits,
        waits: &[(WaitScope, Timestamp)],
        load: Load,
        begin: Timestamp,
    ) -> Timestamp {
        let mut pacer = AccountPacer::new(limits, begin);
        for (scope, until) in waits {
            pacer.remember(*scope, *until);
        }
        let (mut ready, mut unknown) = (load.deliveries - load.to_resolve, load.to_resolve);
        let (mut now, mut end) = (begin, begin);
        while ready + unknown > 0 {
            // Who is known first; nothing is asked that could not be sent.
            if ready == 0 && pacer.sends_at(false, now) <= now {
                let asked = pacer.grant_resolves(u32::try_from(unknown).unwrap_or(1), false, now);
                unknown -= u64::from(asked);
                ready += u64::from(asked);
            }
            let sent = pacer.grant_sends(u32::try_from(ready).unwrap_or(1), false, now);
            ready -= u64::from(sent);
            if sent > 0 {
                end = now;
            }
            let sends = pacer.sends_at(false, now);
            now = if ready > 0 { sends } else { sends.max(pacer.resolves_at(false, now)) };
        }
        end
    }

    proptest! {
        /// What is computed is what waiting would have shown, to the millisecond.
        #[test]
        fn computing_is_waiting(
            send in 1u64..100_000,
            resolve in 1u64..4_000_000,
            per_day in 1u32..60,
            known in 0u64..200,
            unknown in 0u64..400,
            sends_wait in 0i64..200_000_000,
            asks_wait in 0i64..200_000_000,
        ) {
            prop_assume!(known + unknown > 0);
            let limits = Limits {
                send_interval: Duration::from_millis(send),
                send_burst: 1,
                resolve_interval: Duration::from_millis(resolve),
                resolve_per_day: per_day,
            };
            let waits = [
                (WaitScope::Method(Method::Send), Timestamp(sends_wait)),
                (WaitScope::Method(Method::Resolve), Timestamp(asks_wait)),
            ];
            let load = Load { deliveries: known + unknown, to_resolve: unknown };
            let now = Timestamp(1_000);
            let computed = Forecast::of(limits, &waits, load, now);
            prop_assert_eq!(computed.ends_at, waited_for(limits, &waits, load, now));
        }
    }

    fn of(deliveries: u64, to_resolve: u64, waits: &[(WaitScope, Timestamp)]) -> (i64, LimitedBy) {
        let load = Load { deliveries, to_resolve };
        let found = Forecast::of(Limits::USER, waits, load, Timestamp(0));
        (found.ends_at.0 / 1_000, found.limited_by)
    }

    #[test]
    fn what_limits_is_named() {
        assert_eq!(of(0, 0, &[]), (0, LimitedBy::Nothing));
        assert_eq!(of(1, 0, &[]), (0, LimitedBy::Sending));
        assert_eq!(of(1_000_000, 0, &[]), (19_999_980, LimitedBy::Sending));
        assert_eq!(of(100, 100, &[]), (5_940, LimitedBy::Resolving));
        assert_eq!(of(101, 101, &[]), (86_400, LimitedBy::Resolving));
        assert_eq!(of(1_000, 10, &[]), (20_340, LimitedBy::Sending));
        let wait = [(WaitScope::Account, Timestamp(50_000_000))];
        assert_eq!(of(10, 0, &wait), (50_180, LimitedBy::Wait));
        assert_eq!(of(10_000, 0, &wait), (249_980, LimitedBy::Sending));
        let asks = [(WaitScope::Method(Method::Resolve), Timestamp(50_000_000))];
        assert_eq!(of(10, 1, &asks), (50_000, LimitedBy::Wait));
    }
}
