//! Values of a file with their places, whatever its format; and the file without some of them.

use super::{dotenv, json, toml, yaml};
use std::fmt;
use std::ops::Range;
use zeroize::Zeroizing;

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// JSON (RFC 8259).
    Json,
    /// TOML 1.0.
    Toml,
    /// YAML: keys and values on lines of their own. What is written in braces, over several lines or
    /// through anchors is left alone.
    Yaml,
    /// Lines of `NAME=value`.
    Env,
}

impl Format {
    /// The format that a file's name says.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let ends = |ending: &str| name.ends_with(ending);
        if ends(".json") {
            Some(Self::Json)
        } else if ends(".toml") {
            Some(Self::Toml)
        } else if ends(".yaml") || ends(".yml") {
            Some(Self::Yaml)
        } else if name.starts_with(".env") || ends(".env") {
            Some(Self::Env)
        } else {
            None
        }
    }

    /// What stands in a value's place once it is gone.
    const fn nothing(self) -> &'static str {
        match self {
            Self::Json | Self::Toml | Self::Yaml => "\"\"",
            Self::Env => "",
        }
    }
}

/// Why a file cannot be read. Never quotes its content.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlaintextError {
    /// It is not written as its format asks.
    #[error("line {line}: {problem}")]
    Malformed {
        /// The line, from 1.
        line: usize,
        /// What is wrong there.
        problem: String,
    },
    /// Taking the values out would have changed something else.
    #[error("the values cannot be taken out without changing something else")]
    NotAlone,
}

/// A value with its place. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Scalar {
    /// Keys and positions on the way to it.
    pub path: Vec<String>,
    /// Where it stands, quotes included, in bytes.
    pub span: Range<usize>,
    /// The value. Wiped when dropped.
    pub value: Zeroizing<String>,
}

impl Scalar {
    /// The way to it, as text: `accounts.0.two_factor`.
    #[must_use]
    pub fn place(&self) -> String {
        self.path.join(".")
    }

    /// Its line, from 1.
    #[must_use]
    pub fn line(&self, text: &str) -> usize {
        line_of(text, self.span.start)
    }
}

impl fmt::Debug for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scalar").field("path", &self.path).field("span", &self.span).finish()
    }
}

/// The line at a byte, from 1.
pub(super) fn line_of(text: &str, at: usize) -> usize {
    text.as_bytes()[..at.min(text.len())].iter().filter(|byte| **byte == b'\n').count() + 1
}

/// All values of a file, in its order.
///
/// # Errors
/// If it is not written as its format asks.
pub fn scan(format: Format, text: &str) -> Result<Vec<Scalar>, PlaintextError> {
    match format {
        Format::Json => json::scan(text),
        Format::Toml => toml::scan(text),
        Format::Yaml => yaml::scan(text),
        Format::Env => dotenv::scan(text),
    }
}

/// The file without the values in `gone`, which [`scan`] found in it; every other byte is as it was.
///
/// # Errors
/// [`PlaintextError::NotAlone`] if the file then says anything else differently.
pub fn without(
    format: Format,
    text: &str,
    gone: &[&Scalar],
) -> Result<Zeroizing<String>, PlaintextError> {
    let mut spans: Vec<_> = gone.iter().map(|scalar| scalar.span.clone()).collect();
    spans.sort_by_key(|span| span.start);
    let mut out = Zeroizing::new(String::with_capacity(text.len() + 2 * spans.len()));
    let mut at = 0;
    for span in &spans {
        out.push_str(text.get(at..span.start).ok_or(PlaintextError::NotAlone)?);
        out.push_str(format.nothing());
        at = span.end;
    }
    out.push_str(text.get(at..).ok_or(PlaintextError::NotAlone)?);
    let before = scan(format, text)?;
    let after = scan(format, &out)?;
    let same = before.len() == after.len()
        && before.iter().zip(&after).all(|(old, new)| {
            let emptied = spans.contains(&old.span);
            let value = if emptied { "" } else { old.value.as_str() };
            old.path == new.path && new.value.as_str() == value
        });
    if same { Ok(out) } else { Err(PlaintextError::NotAlone) }
}
