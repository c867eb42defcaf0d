//! Points in time as lists write them.

use tg_core::time::Timestamp;

/// Why a text is no time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a time such as 2026-10-03T10:00:00Z or 2026-10-03")]
pub struct TimeError;

/// Reads a time in RFC 3339, or a date, which is its beginning in UTC.
///
/// # Errors
/// If it is neither, or lies before 1970.
pub fn parse_time(text: &str) -> Result<Timestamp, TimeError> {
    let text = text.trim();
    let at: jiff::Timestamp = match text.parse() {
        Ok(at) => at,
        // A date reads from the beginning of longer texts, too: a time without its zone is none.
        Err(_) if text.contains(['T', 't', ' ', ':']) => return Err(TimeError),
        Err(_) => {
            let date: jiff::civil::Date = text.parse().map_err(|_| TimeError)?;
            let begin = date.to_zoned(jiff::tz::TimeZone::UTC).map_err(|_| TimeError)?;
            begin.timestamp()
        }
    };
    if at.as_millisecond() < 0 { Err(TimeError) } else { Ok(Timestamp(at.as_millisecond())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_dates() {
        assert_eq!(parse_time("1970-01-02"), Ok(Timestamp(86_400_000)));
        assert_eq!(parse_time(" 1970-01-01T01:00:01+01:00 "), Ok(Timestamp(1_000)));
        for bad in ["", "yesterday", "2026-02-30", "3.10.2026", "1969-12-31", "2026-10-03T10:00"] {
            assert_eq!(parse_time(bad), Err(TimeError), "{bad}");
        }
    }
}
