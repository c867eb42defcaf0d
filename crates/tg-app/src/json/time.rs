//! Times as people and scripts read them.

use tg_core::time::Timestamp;

/// A time in RFC 3339, UTC. What lies outside of the years that RFC 3339 knows is shown as the
/// last or first time that it does.
#[must_use]
pub fn rfc3339(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.0)
        .unwrap_or(if at.0 < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX })
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_utc_to_the_millisecond() {
        assert_eq!(rfc3339(Timestamp(0)), "1970-01-01T00:00:00Z");
        assert_eq!(rfc3339(Timestamp(1_795_399_445_120)), "2026-11-23T02:04:05.12Z");
        assert!(rfc3339(Timestamp::NEVER).starts_with("9999-12-30T"));
        assert!(rfc3339(Timestamp(i64::MIN)).starts_with("-009999-01-02T"));
    }
}
