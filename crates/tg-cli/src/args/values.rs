//! How single values are read, and what a command line that is not understood still tells.

use crate::env;
use std::ffi::OsString;

/// Text that says something.
pub(super) fn not_blank(text: &str) -> Result<String, String> {
    if text.trim().is_empty() {
        Err("it must not be blank".to_owned())
    } else {
        Ok(text.to_owned())
    }
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
    fn blank_text_is_refused() {
        assert!(not_blank(" \t").is_err());
        assert_eq!(not_blank(" a "), Ok(" a ".to_owned()));
    }
}
