//! How long somebody who failed to prove who they are has to wait: longer each time, never for
//! ever, and never because of what others did.
//!
//! Failures are counted by source (where an attempt comes from) and, if the key that was named
//! exists, by key. A source waits for its own failures alone. A key that is under attack makes only
//! those sources wait that have failed themselves: its owner, who comes from elsewhere with the right
//! key, is heard. Names of keys that do not exist count against the source only.

use std::time::Duration;
use tg_core::operator::Failures;
use tg_core::time::Timestamp;

/// Failures that cost nothing: people mistype.
pub const FREE: u32 = 5;
/// The longest wait.
pub const LONGEST: Duration = Duration::from_secs(15 * 60);
/// After each such span one failure is forgiven.
pub const FORGIVEN_AFTER: Duration = Duration::from_secs(10 * 60);
/// After this span without a failure nothing is remembered.
pub const FORGOTTEN_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// What is known about an attempt before its secret is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Against where it comes from.
    pub source: Failures,
    /// Against the key that it names, if there is such a key.
    pub key: Failures,
}

/// Until when an attempt is turned away unseen; `None` if it is heard now.
#[must_use]
pub fn locked_until(known: &Known, now: Timestamp) -> Option<Timestamp> {
    let own = until(known.source, now);
    let of_key = until(known.key, now).filter(|_| left(known.source, now) > 0);
    own.max(of_key)
}

/// The count after one more failure at `now`.
#[must_use]
pub fn failed(before: Failures, now: Timestamp) -> Failures {
    Failures { count: left(before, now).saturating_add(1), last_at: now }
}

/// Failures that are not forgiven yet. A clock that was set back forgives nothing.
fn left(failures: Failures, now: Timestamp) -> u32 {
    let spans = now.since(failures.last_at).as_millis() / FORGIVEN_AFTER.as_millis();
    failures.count.saturating_sub(u32::try_from(spans).unwrap_or(u32::MAX))
}

/// When the wait ends that these failures cost: 1 s after the first that is not free, then twice as
/// long each time. A last failure in the future means that the clock was set back: to wait for it
/// might take for ever.
fn until(failures: Failures, now: Timestamp) -> Option<Timestamp> {
    let beyond = failures.count.checked_sub(FREE)?;
    if failures.last_at > now {
        return None;
    }
    let wait = Duration::from_secs(1 << beyond.min(20)).min(LONGEST);
    Some(failures.last_at + wait).filter(|until| *until > now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    const T0: Timestamp = Timestamp(1_800_000_000_000);

    fn after(count: u32) -> Failures {
        Failures { count, last_at: T0 }
    }

    fn alone(failures: Failures, now: Timestamp) -> Option<Timestamp> {
        locked_until(&Known { source: failures, ..Known::default() }, now)
    }

    #[test]
    fn the_wait_doubles_up_to_a_bound() {
        assert_eq!(alone(after(4), T0), None);
        let waits: Vec<_> =
            (5..20).map(|n| alone(after(n), T0).map(|until| until.since(T0).as_secs())).collect();
        assert_eq!(
            waits,
            [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900, 900].map(Some)
        );
        assert_eq!(alone(after(u32::MAX), T0), Some(T0 + LONGEST));
        assert_eq!(alone(after(9), T0 + Duration::from_secs(16)), None);
    }

    #[test]
    fn time_forgives_and_a_clock_set_back_locks_nobody_out() {
        let hour = Duration::from_secs(3_600);
        assert_eq!(failed(after(9), T0 + hour).count, 4);
        assert_eq!(failed(after(9), T0 + 2 * hour).count, 1);
        assert_eq!(alone(after(30), T0 - hour), None);
        assert_eq!(failed(after(30), T0 - hour).count, 31);
    }

    /// The doors of a home on a virtual clock: sources 0 to 3, keys 0 to 2 that exist.
    #[derive(Default)]
    struct Door {
        sources: BTreeMap<u8, Failures>,
        keys: BTreeMap<u8, Failures>,
    }

    impl Door {
        fn known(&self, source: u8, key: u8) -> Known {
            let of = |map: &BTreeMap<u8, Failures>, at| map.get(&at).copied().unwrap_or_default();
            Known { source: of(&self.sources, source), key: of(&self.keys, key) }
        }

        /// A wrong attempt; whether it was heard.
        fn wrong(&mut self, source: u8, key: u8, now: Timestamp) -> bool {
            let known = self.known(source, key);
            if locked_until(&known, now).is_some() {
                return false;
            }
            self.sources.insert(source, failed(known.source, now));
            if key < 3 {
                self.keys.insert(key, failed(known.key, now));
            }
            true
        }
    }

    proptest! {
        /// Whatever others try, a source that never failed is heard, with any key.
        #[test]
        fn nobody_is_locked_out_by_others(
            attempts in prop::collection::vec((0u8..3, 0u8..6, 0u64..1_000_000), 0..200),
        ) {
            let (mut door, mut now) = (Door::default(), T0);
            for (source, key, step) in attempts {
                now = now + Duration::from_millis(step);
                door.wrong(source, key, now);
                for key in 0..6 {
                    prop_assert_eq!(locked_until(&door.known(3, key), now), None);
                }
            }
        }

        /// However it is spread over keys, a source gets few guesses a day, and is always heard
        /// again within the longest wait.
        #[test]
        fn a_source_that_guesses_is_slowed_down(
            attempts in prop::collection::vec((0u8..6, 1u64..5_000), 1..400),
        ) {
            let (mut door, mut now, mut heard) = (Door::default(), T0, 0u64);
            for (key, step) in attempts {
                now = now + Duration::from_millis(step);
                heard += u64::from(door.wrong(0, key, now));
            }
            let seconds = now.since(T0).as_secs();
            // Free ones, one for each doubling, and then one in each longest wait or forgiven span.
            let most = u64::from(FREE) + 11 + seconds / LONGEST.as_secs()
                + seconds / FORGIVEN_AFTER.as_secs() + 1;
            prop_assert!(heard <= most, "{heard} of at most {most} in {seconds} s");
            let later = now + LONGEST;
            for key in 0..6 {
                prop_assert_eq!(locked_until(&door.known(0, key), later), None);
            }
        }

        /// Guesses at one key from many sources: each source is slowed down by what the others did
        /// as soon as it has failed once.
        #[test]
        fn a_key_is_not_guessed_from_many_places(sources in 1u8..40) {
            let mut door = Door::default();
            let mut heard = 0u32;
            for round in 0..20u32 {
                for source in 0..sources {
                    heard += u32::from(door.wrong(source, 0, T0));
                    prop_assert!(round > 0 || heard >= 1);
                }
            }
            prop_assert!(heard <= FREE + u32::from(sources), "{heard} from {sources}");
        }

        #[test]
        fn a_wait_never_outlasts_the_bound(count: u32, last in any::<i32>(), now in any::<i32>()) {
            let failures = Failures { count, last_at: Timestamp(last.into()) };
            let now = Timestamp(now.into());
            if let Some(until) = alone(failures, now) {
                prop_assert!(until > now && until.since(now) <= LONGEST);
            }
        }
    }
}
