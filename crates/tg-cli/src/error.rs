//! What a person, or a script, is told when a command fails: what happened, why, and what to do next.

use crate::exit::Exit;
use crate::text::{clean, clean_lines};
use serde::Serialize;
use std::error::Error;
use std::fmt::Write;
use tg_core::ports::StoreError;

/// A failed command.
#[derive(Debug)]
pub(crate) struct CliError {
    exit: Exit,
    code: &'static str,
    message: String,
    causes: Vec<String>,
    hint: Option<String>,
}

/// The shape of an error on stderr with `--output json`.
#[derive(Serialize)]
struct JsonError<'a> {
    schema: &'static str,
    code: &'a str,
    message: &'a str,
    causes: &'a [String],
    hint: Option<&'a str>,
    exit: u8,
}

impl CliError {
    /// An error of this program's own: `code` is stable, lower case, for scripts.
    pub(crate) fn new(exit: Exit, code: &'static str, message: impl Into<String>) -> Self {
        Self { exit, code, message: message.into(), causes: Vec::new(), hint: None }
    }

    /// Says what to do next.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Says why: the error and all that it was caused by.
    pub(crate) fn because(mut self, cause: &(dyn Error + 'static)) -> Self {
        self.causes.push(cause.to_string());
        self.causes.extend(chain(cause));
        self
    }

    /// What happened, in a sentence.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// The same with its causes.
    pub(crate) fn whole(&self) -> String {
        let causes = self.causes.iter().map(String::as_str);
        std::iter::once(self.message.as_str()).chain(causes).collect::<Vec<_>>().join(": ")
    }

    /// Whether somebody was not let in, or may not do what they asked for.
    pub(crate) fn is_denied(&self) -> bool {
        const DENIED: [&str; 8] = [
            "bad_key",
            "disabled",
            "key_ended",
            "locked_out",
            "not_permitted",
            "not_signed_in",
            "signed_out",
            "wrong_key",
        ];
        DENIED.contains(&self.code) && self.exit == Exit::Refused
    }

    /// Its stable name.
    pub(crate) const fn code(&self) -> &'static str {
        self.code
    }

    /// What to do next, if anything is known to help.
    pub(crate) fn advice(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// How the process ends.
    pub(crate) const fn exit(&self) -> Exit {
        self.exit
    }

    /// For people. `colour` marks the first word; the words say the same without it.
    pub(crate) fn human(&self, colour: bool) -> String {
        let (on, off) = if colour { ("\u{1b}[1;31m", "\u{1b}[0m") } else { ("", "") };
        let mut out = format!("{on}error:{off} {}\n", clean(&self.message));
        for cause in &self.causes {
            // Writing to a String cannot fail.
            let _ = writeln!(out, "cause: {}", clean(cause));
        }
        if let Some(hint) = &self.hint {
            let _ = writeln!(out, "hint: {}", clean_lines(hint));
        }
        out
    }

    /// For scripts: one line.
    pub(crate) fn json(&self) -> String {
        let shape = JsonError {
            schema: "tg.error/1",
            code: self.code,
            message: &self.message,
            causes: &self.causes,
            hint: self.hint.as_deref(),
            exit: self.exit.code(),
        };
        let mut line = serde_json::to_string(&shape).expect("strings and numbers serialise");
        line.push('\n');
        line
    }
}

/// What caused an error, outermost first.
fn chain(error: &(dyn Error + 'static)) -> Vec<String> {
    let mut causes = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        causes.push(cause.to_string());
        next = cause.source();
    }
    causes
}

impl From<tg_app::AppError> for CliError {
    fn from(error: tg_app::AppError) -> Self {
        Self {
            exit: error.kind().into(),
            code: error.code(),
            message: error.to_string(),
            causes: chain(&error),
            hint: error.hint().map(ToString::to_string),
        }
    }
}

impl From<StoreError> for CliError {
    fn from(error: StoreError) -> Self {
        let (code, hint) = match &error {
            StoreError::Taken { .. } => ("taken", None),
            StoreError::Missing { .. } => ("not_found", None),
            StoreError::Fenced => ("fenced", Some("another `tg run` took this home over")),
            StoreError::KeyReplaced => ("key_replaced", Some("run the command again")),
            StoreError::Refused(_) => ("refused_move", None),
            StoreError::Busy(_) => {
                ("busy", Some("another command is writing; try again when it is done"))
            }
            StoreError::Newer { .. } => {
                ("newer_home", Some("use the version of tg that wrote this home, or a later one"))
            }
            StoreError::Panicked(_) => ("internal", None),
            StoreError::Closed => ("closed", None),
            StoreError::Backend { .. } => {
                ("store", Some("`tg db check` says whether it is intact"))
            }
        };
        Self {
            exit: Exit::from(&error),
            code,
            message: error.to_string(),
            causes: chain(&error),
            hint: hint.map(ToString::to_string),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> CliError {
        let cause = std::io::Error::new(std::io::ErrorKind::NotFound, "no such file");
        CliError::new(Exit::NotFound, "no_file", "cannot read \"a.csv\"")
            .because(&cause)
            .hint("check the path")
    }

    #[test]
    fn people_read_what_why_and_what_next() {
        assert_eq!(
            example().human(false),
            "error: cannot read \"a.csv\"\ncause: no such file\nhint: check the path\n"
        );
    }

    #[test]
    fn colour_marks_but_does_not_mean() {
        let coloured = example().human(true);
        assert!(coloured.starts_with("\u{1b}[1;31merror:\u{1b}[0m "));
        assert_eq!(
            coloured.replace("\u{1b}[1;31m", "").replace("\u{1b}[0m", ""),
            example().human(false)
        );
    }

    #[test]
    fn scripts_read_one_line_of_json() {
        let json = example().json();
        assert_eq!(json.matches('\n').count(), 1);
        let value: serde_json::Value = serde_json::from_str(&json).expect("valid JSON");
        assert_eq!(value["schema"], "tg.error/1");
        assert_eq!(value["code"], "no_file");
        assert_eq!(value["exit"], 3);
        assert_eq!(value["hint"], "check the path");
    }

    #[test]
    fn what_strangers_wrote_cannot_steer_the_terminal() {
        let hostile = CliError::new(Exit::Failed, "x", "a\u{1b}[2Jb\nerror: c");
        let shown = hostile.human(false);
        assert!(!shown.contains('\u{1b}'));
        assert_eq!(shown.lines().count(), 1);
    }
}
