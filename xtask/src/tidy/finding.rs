//! What a rule has found.

use std::fmt;

/// A place where the tree is not as the house wants it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Finding {
    /// Relative to the root, with forward slashes.
    pub(super) path: String,
    /// From 1; 0 for the whole file.
    pub(super) line: usize,
    /// The name that `tidy-allow.toml` uses.
    pub(super) rule: &'static str,
    /// What is wrong and what to do.
    pub(super) message: String,
}

impl Finding {
    /// A finding at a line, counted from 1.
    pub(super) fn at(
        rule: &'static str,
        path: &str,
        line: usize,
        message: impl Into<String>,
    ) -> Self {
        Self { path: path.to_owned(), line, rule, message: message.into() }
    }

    /// A finding about a whole file.
    pub(super) fn whole(rule: &'static str, path: &str, message: impl Into<String>) -> Self {
        Self::at(rule, path, 0, message)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {} [{}]", self.path, self.message, self.rule),
            line => write!(f, "{}:{line}: {} [{}]", self.path, self.message, self.rule),
        }
    }
}

/// The lines of the findings, for tests.
#[cfg(test)]
pub(super) fn lines(found: &[Finding]) -> Vec<usize> {
    found.iter().map(|finding| finding.line).collect()
}
