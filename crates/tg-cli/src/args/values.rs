//! How single values are read, and what a command line that is not understood still tells.

use crate::env;
use jiff::SpanRelativeTo;
use std::ffi::OsString;
use std::time::Duration;
use tg_core::time::Timestamp;

/// Text that says something.
pub(super) fn not_blank(text: &str) -> Result<String, String> {
    if text.trim().is_empty() {
        Err("it must not be blank".to_owned())
    } else {
        Ok(text.to_owned())
    }
}

/// A span that may count in days.
pub(super) fn lifetime(text: &str) -> Result<Duration, String> {
    let wrong = || format!("{text:?} is not a span of time: write it like \"12h\" or \"90d\"");
    let span: jiff::Span = text.parse().map_err(|_| wrong())?;
    let span = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| wrong())?;
    let span = Duration::try_from(span).map_err(|_| wrong())?;
    if span.is_zero() { Err(wrong()) } else { Ok(span) }
}

/// A time in the past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Since {
    /// So long before now.
    Ago(Duration),
    /// Then.
    At(Timestamp),
}

/// A date (from its beginning in UTC), a time in RFC 3339, or a span before now.
pub(super) fn since(text: &str) -> Result<Since, String> {
    if let Ok(span) = lifetime(text) {
        return Ok(Since::Ago(span));
    }
    moment(text).map(Since::At).map_err(|wrong| format!("{wrong} or 7d"))
}

/// A date (from its beginning in UTC), or a time in RFC 3339.
pub(super) fn moment(text: &str) -> Result<Timestamp, String> {
    tg_security::validate::parse_time(text)
        .map_err(|_| format!("{text:?} is no time: write it like 2026-10-03, 2026-10-03T10:00:00Z"))
}

/// A label that is given (`+germany`) or taken (`-germany`).
pub(super) fn tag_change(text: &str) -> Result<String, String> {
    if text.len() > 1 && text.starts_with(['+', '-']) {
        Ok(text.to_owned())
    } else {
        Err("write +germany to add it, -germany to remove it".to_owned())
    }
}

/// Labels to give, and labels to take, of what [`tag_change`] let through.
pub(crate) fn tag_changes(changes: &[String]) -> (Vec<String>, Vec<String>) {
    let with = |sign: char| {
        changes.iter().filter_map(|text| text.strip_prefix(sign)).map(str::to_owned).collect()
    };
    (with('+'), with('-'))
}

/// Whether a command line that could not be parsed asks for JSON, so that its error is JSON too.
pub(crate) fn wants_json(args: &[OsString]) -> bool {
    let mut flag = None;
    for (at, arg) in args.iter().enumerate() {
        if arg == "--output" {
            flag = args.get(at + 1).map(|next| next == "json");
        } else if let Some(text) = arg.to_str().and_then(|text| text.strip_prefix("--output=")) {
            flag = Some(text == "json");
        }
    }
    flag.unwrap_or_else(|| env::OUTPUT.value().is_some_and(|value| value == "json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_command_line_still_says_json() {
        let args = |line: &str| line.split(' ').map(OsString::from).collect::<Vec<_>>();
        assert!(wants_json(&args("tg frob --output json")));
        assert!(wants_json(&args("tg --output=json frob")));
        assert!(!wants_json(&args("tg frob --output human")));
        assert!(!wants_json(&args("tg frob --output")));
    }

    #[test]
    fn spans_in_days_and_times_in_the_past() {
        let hours = |n: u64| Duration::from_secs(n * 3_600);
        assert_eq!(lifetime("90d"), Ok(hours(90 * 24)));
        assert_eq!(lifetime("1d 12h"), Ok(hours(36)));
        for bad in ["", "0s", "-1d", "90", "soon", "1y"] {
            assert!(lifetime(bad).is_err(), "{bad}");
        }
        assert_eq!(since("7d"), Ok(Since::Ago(hours(7 * 24))));
        assert_eq!(since("1970-01-02"), Ok(Since::At(Timestamp(86_400_000))));
        assert_eq!(since("1970-01-01T00:00:01Z"), Ok(Since::At(Timestamp(1_000))));
        assert!(since("yesterday").is_err());
    }

    #[test]
    fn blank_text_is_refused() {
        assert!(not_blank(" \t").is_err());
        assert_eq!(not_blank(" a "), Ok(" a ".to_owned()));
    }
}
