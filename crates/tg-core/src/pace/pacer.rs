//! One account's pacing: sending and resolving each have a cell, and what Telegram imposed stops
//! them until it has passed.

use super::{Bucket, Window};
use crate::failure::{Method, WaitScope};
use crate::time::Timestamp;
use std::time::Duration;

/// How fast an account may go by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Time per message.
    pub send_interval: Duration,
    /// Messages that may follow each other at once.
    pub send_burst: u32,
    /// Time per resolved address.
    pub resolve_interval: Duration,
    /// Addresses resolved in any 24 hours.
    pub resolve_per_day: u32,
}

impl Limits {
    /// For a person's account. Telegram publishes no figure; people report `PEER_FLOOD` after 5 to
    /// 50 messages to strangers and long waits after some hundred resolved addresses a day, so
    /// this stays well below.
    pub const USER: Self = Self {
        send_interval: Duration::from_secs(20),
        send_burst: 1,
        resolve_interval: Duration::from_secs(60),
        resolve_per_day: 100,
    };

    /// For a bot: about 30 messages a second in all (core.telegram.org/bots/faq).
    pub const BOT: Self = Self {
        send_interval: Duration::from_millis(34),
        send_burst: 1,
        resolve_interval: Duration::from_secs(60),
        resolve_per_day: 100,
    };
}

/// One account's pacing.
#[derive(Clone, Debug)]
pub struct AccountPacer {
    send: Bucket,
    resolve: Bucket,
    resolve_day: Window,
    send_blocked: Timestamp,
    resolve_blocked: Timestamp,
}

impl AccountPacer {
    /// Begins at `now`. A fresh account has one message to spend, not a burst.
    #[must_use]
    pub fn new(limits: Limits, now: Timestamp) -> Self {
        Self {
            send: Bucket::new(limits.send_interval, limits.send_burst, now),
            resolve: Bucket::new(limits.resolve_interval, 1, now),
            resolve_day: Window::new(limits.resolve_per_day, Duration::from_secs(86_400)),
            send_blocked: Timestamp(0),
            resolve_blocked: Timestamp(0),
        }
    }

    /// Grants up to `want` messages at `now`. `unlimited` lifts our own pace, never what Telegram
    /// imposed.
    pub fn grant_sends(&mut self, want: u32, unlimited: bool, now: Timestamp) -> u32 {
        if now < self.send_blocked {
            0
        } else if unlimited {
            want
        } else {
            self.send.take(want, now)
        }
    }

    /// Gives back what was granted and not used.
    pub fn return_sends(&mut self, n: u32, unlimited: bool) {
        if !unlimited {
            self.send.give_back(n);
        }
    }

    /// Grants up to `want` addresses at `now`.
    pub fn grant_resolves(&mut self, want: u32, unlimited: bool, now: Timestamp) -> u32 {
        if now < self.resolve_blocked {
            0
        } else if unlimited {
            want
        } else {
            let n = self.resolve.take(want.min(self.resolve_day.available(now)), now);
            self.resolve_day.take(n, now);
            n
        }
    }

    /// Addresses that were asked for without a grant, because one led to the next: later ones wait
    /// for them.
    pub fn owe_resolves(&mut self, n: u32, now: Timestamp) {
        self.resolve.owe(n, now);
        self.resolve_day.take(n, now);
    }

    /// Gives back addresses that were granted and not asked for.
    pub fn return_resolves(&mut self, n: u32) {
        self.resolve.give_back(n);
        self.resolve_day.give_back(n);
    }

    /// When the next message may be sent.
    #[must_use]
    pub fn sends_at(&self, unlimited: bool, now: Timestamp) -> Timestamp {
        if unlimited {
            self.send_blocked.max(now)
        } else {
            self.send.ready_at(now).max(self.send_blocked)
        }
    }

    /// When the next address may be resolved.
    #[must_use]
    pub fn resolves_at(&self, unlimited: bool, now: Timestamp) -> Timestamp {
        if unlimited {
            self.resolve_blocked.max(now)
        } else {
            self.resolve.ready_at(now).max(self.resolve_day.ready_at(now)).max(self.resolve_blocked)
        }
    }

    /// Telegram imposed a wait. Our own pace halves too: it was too fast.
    pub fn imposed(&mut self, scope: WaitScope, until: Timestamp, now: Timestamp) {
        match scope {
            // One chat's slow mode holds nobody else back; the row itself has the due time.
            WaitScope::Chat | WaitScope::Method(Method::History) => {}
            WaitScope::Method(Method::Send) | WaitScope::Account => {
                self.send_blocked = self.send_blocked.max(until);
                self.send.slow_to(self.send.interval() * 2, now);
            }
            WaitScope::Method(Method::Resolve) => {
                self.resolve_blocked = self.resolve_blocked.max(until);
                self.resolve.slow_to(self.resolve.interval() * 2, now);
            }
        }
        if scope == WaitScope::Account {
            self.resolve_blocked = self.resolve_blocked.max(until);
        }
    }

    /// A wait that was imposed on an earlier run and has not ended: it holds, and teaches nothing
    /// new.
    pub fn remember(&mut self, scope: WaitScope, until: Timestamp) {
        if matches!(scope, WaitScope::Account | WaitScope::Method(Method::Send)) {
            self.send_blocked = self.send_blocked.max(until);
        }
        if matches!(scope, WaitScope::Account | WaitScope::Method(Method::Resolve)) {
            self.resolve_blocked = self.resolve_blocked.max(until);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// One look at the pacer: time since the last, how much is wanted, how much of it is not used in
    /// the end, and whether Telegram imposes a wait then.
    fn any_step() -> impl Strategy<Value = (i64, u32, u32, Option<i64>)> {
        let wait = prop::option::weighted(0.05, 1i64..60_000);
        (0i64..9_000, 1u32..6, 0u32..3, wait)
    }

    proptest! {
        /// Never above the limit in any stretch, nothing while a wait lasts, never idle when
        /// something is due.
        #[test]
        fn sending_keeps_its_promise(
            interval in 1u64..4_000,
            burst in 1u32..10,
            steps in prop::collection::vec(any_step(), 1..120),
        ) {
            let send_interval = Duration::from_millis(interval);
            let limits = Limits { send_interval, send_burst: burst, ..Limits::USER };
            let mut pacer = AccountPacer::new(limits, Timestamp(0));
            let (mut now, mut blocked) = (0i64, 0i64);
            let mut sent: Vec<(i64, u64)> = Vec::new();
            for (gap, want, back, wait) in steps {
                now += gap;
                let got = pacer.grant_sends(want, false, Timestamp(now));
                prop_assert!(got == 0 || now >= blocked, "{} granted in a wait", got);
                let back = back.min(got);
                pacer.return_sends(back, false);
                sent.push((now, u64::from(got - back)));
                if let Some(wait) = wait {
                    blocked = blocked.max(now + wait);
                    let scope = WaitScope::Method(Method::Send);
                    pacer.imposed(scope, Timestamp(blocked), Timestamp(now));
                }
                let at = pacer.sends_at(false, Timestamp(now));
                prop_assert!(at.0 >= now.max(blocked));
                if got < want && now >= blocked && back == 0 && wait.is_none() {
                    prop_assert!(at.0 > now, "something was due and was not granted");
                }
                prop_assert!(pacer.clone().grant_sends(1, false, at) == 1, "idle when due");
            }
            // Slowed down by waits, it stays below the pace it had at first.
            for (first, (from, _)) in sent.iter().enumerate() {
                let mut sum = 0;
                for (at, n) in &sent[first..] {
                    sum += n;
                    let span = u64::try_from(at - from)?;
                    prop_assert!(sum <= u64::from(burst) + span / interval + 1);
                }
            }
        }

        /// Addresses have a pace and a number for the day; the stricter one holds.
        #[test]
        fn resolving_keeps_both_of_its_promises(
            interval in 1u64..40_000_000,
            per_day in 1u32..6,
            steps in prop::collection::vec((0i64..20_000_000, 1u32..4), 1..80),
        ) {
            let resolve_interval = Duration::from_millis(interval);
            let limits = Limits { resolve_interval, resolve_per_day: per_day, ..Limits::USER };
            let mut pacer = AccountPacer::new(limits, Timestamp(0));
            let mut now = 0i64;
            let mut asked: Vec<i64> = Vec::new();
            for (gap, want) in steps {
                now += gap;
                let got = pacer.grant_resolves(want, false, Timestamp(now));
                asked.extend((0..got).map(|_| now));
                let at = pacer.resolves_at(false, Timestamp(now));
                prop_assert!(got == want || at.0 > now, "something was due and was not granted");
                prop_assert!(pacer.clone().grant_resolves(1, false, at) == 1, "idle when due");
            }
            for (first, from) in asked.iter().enumerate() {
                let day = asked[first..].iter().filter(|at| **at < from + 86_400_000).count();
                prop_assert!(day <= usize::try_from(per_day)?);
                if let Some(next) = asked.get(first + 1) {
                    let (gap, interval) = (next - from, i64::try_from(interval)?);
                    prop_assert!(gap >= interval, "{} after {}", gap, interval);
                }
            }
        }
    }

    #[test]
    fn what_telegram_imposed_holds_even_without_a_pace() {
        let mut pacer = AccountPacer::new(Limits::USER, Timestamp(0));
        assert_eq!(pacer.grant_sends(64, true, Timestamp(0)), 64);
        let until = Timestamp(7_000);
        pacer.imposed(WaitScope::Method(Method::Send), until, Timestamp(0));
        assert_eq!(pacer.grant_sends(64, true, Timestamp(6_999)), 0);
        assert_eq!(pacer.sends_at(true, Timestamp(1)), until);
        assert_eq!(pacer.grant_sends(64, true, until), 64);
        // Resolving is limited on its own.
        assert_eq!(pacer.grant_resolves(5, true, Timestamp(1)), 5);
    }

    #[test]
    fn a_wait_slows_the_own_pace() {
        let mut pacer = AccountPacer::new(Limits::USER, Timestamp(0));
        assert_eq!(pacer.grant_sends(9, false, Timestamp(0)), 1);
        pacer.imposed(WaitScope::Account, Timestamp(1_000), Timestamp(0));
        let next = pacer.sends_at(false, Timestamp(0));
        assert!(next >= Timestamp(40_000), "{next:?}");
    }
}
