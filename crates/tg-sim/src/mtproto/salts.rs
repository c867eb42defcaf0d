//! Server salts: a new one every half hour, each valid for an hour.

use grammers_tl_types as tl;

use crate::clock;
use crate::seeded::Seeded;

/// How long until the next salt, seconds.
const PERIOD: i64 = 1800;
/// A clock this much ahead of ours may use the next salt already, seconds.
const LEEWAY: i64 = 60;
/// How many future salts a client gets at most (core.telegram.org/mtproto/service_messages#request-for-several-future-salts).
const MOST: i64 = 64;

/// The salts of one key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Salts {
    pub(crate) seeded: Seeded,
    pub(crate) user_id: i64,
    pub(crate) dc: i32,
}

impl Salts {
    fn at(self, period: i64) -> i64 {
        self.seeded.salt(self.user_id, self.dc, period)
    }

    pub(crate) fn current(self) -> i64 {
        self.at(clock::seconds() / PERIOD)
    }

    /// Whether a client may use this salt now.
    pub(crate) fn accepts(self, salt: i64) -> bool {
        let now = clock::seconds();
        let (newest, oldest) = ((now + LEEWAY) / PERIOD, now / PERIOD - 1);
        (oldest..=newest).any(|period| self.at(period) == salt)
    }

    /// The current salt and those after it.
    pub(crate) fn future(self, count: i32) -> Vec<tl::types::FutureSalt> {
        let first = clock::seconds() / PERIOD;
        let count = i64::from(count).clamp(1, MOST);
        let salt = |period| tl::types::FutureSalt {
            valid_since: clock::date_of(period * PERIOD),
            valid_until: clock::date_of((period + 2) * PERIOD),
            salt: self.at(period),
        };
        (first..first + count).map(salt).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_out_is_accepted() {
        let salts = Salts { seeded: Seeded::new(1), user_id: 5, dc: 2 };
        assert!(salts.accepts(salts.current()));
        assert!(!salts.accepts(0));
        let future = salts.future(1000);
        assert_eq!(future.len(), 64);
        assert!(salts.accepts(future[0].salt));
        assert!(future[0].valid_since <= clock::date());
    }
}
