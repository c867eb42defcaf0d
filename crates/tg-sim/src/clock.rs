//! The wall clock in the shapes that Telegram and the journal use.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::Timestamp;

/// Time since the Unix epoch; a clock set before it reads as the epoch.
pub(crate) fn since_epoch() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Unix seconds, 64 bits.
pub(crate) fn seconds() -> i64 {
    i64::try_from(since_epoch().as_secs()).unwrap_or(i64::MAX)
}

/// Unix seconds as TL dates carry them; they end in 2038.
pub(crate) fn date() -> i32 {
    date_of(seconds())
}

/// A Unix second as a TL date.
pub(crate) fn date_of(seconds: i64) -> i32 {
    i32::try_from(seconds).unwrap_or(i32::MAX)
}

/// Now, as written in the journal: RFC 3339, UTC, milliseconds.
pub(crate) fn stamp() -> String {
    format!("{:.3}", Timestamp::now())
}

/// The TL date of a stamp in the journal; `None` if it is not one.
pub(crate) fn date_of_stamp(stamp: &str) -> Option<i32> {
    stamp.parse::<Timestamp>().ok().map(|at| date_of(at.as_second()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_have_milliseconds_and_read_back() {
        let stamp = stamp();
        assert_eq!(stamp.len(), "2026-10-03T10:00:00.000Z".len(), "{stamp}");
        let read = date_of_stamp(&stamp).expect("a stamp is a timestamp");
        assert!(date() - read < 60);
        assert_eq!(date_of_stamp("yesterday"), None);
    }
}
