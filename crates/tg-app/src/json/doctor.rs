//! What is wrong with an installation, as a result.

use serde::Serialize;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Keeps the program from working, or its promise from holding.
    Error,
    /// Somebody should look.
    Warning,
    /// Worth knowing.
    Note,
}

impl Severity {
    /// The name under which it is shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// What was looked at (`key`, `database`, `accounts`).
    pub check: &'static str,
    /// What was found, in a sentence.
    pub message: String,
    /// What to do next.
    pub hint: String,
}

impl Finding {
    /// A finding.
    pub fn new(
        severity: Severity,
        check: &'static str,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self { severity, check, message: message.into(), hint: hint.into() }
    }
}

/// Everything that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Doctor {
    /// `tg.doctor/1`
    pub schema: &'static str,
    /// The home.
    pub home: String,
    /// Whether no finding is an error.
    pub ok: bool,
    /// The worst first.
    pub findings: Vec<Finding>,
}

impl Doctor {
    /// Sorts the findings and judges them.
    #[must_use]
    pub fn new(home: String, mut findings: Vec<Finding>) -> Self {
        // Of the same severity they stay in the order in which they were looked for.
        findings.sort_by_key(|finding| finding.severity);
        let ok = findings.iter().all(|finding| finding.severity != Severity::Error);
        Self { schema: "tg.doctor/1", home, ok, findings }
    }
}
