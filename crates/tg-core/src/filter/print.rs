//! A filter as text that reads as the same filter.

use super::ast::{Filter, Flag, Moment, Test, When};
use crate::ids::Slug;
use jiff::Timestamp;
use std::fmt::{self, Display, Formatter};

/// Words that mean something where a field could stand.
pub(super) const WORDS: [&str; 13] = [
    "and",
    "or",
    "not",
    "tag",
    "audience",
    "consented_at",
    "last_sent",
    "last_answer",
    "sent",
    "replied",
    "consented",
    "opted_out",
    "suppressed",
];

impl Display for Filter {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::All(parts) => joined(f, parts, " and "),
            Self::Any(parts) => joined(f, parts, " or "),
            Self::Not(inner) => {
                f.write_str("not ")?;
                part(f, inner)
            }
            Self::Test(test) => test.fmt(f),
        }
    }
}

fn joined(f: &mut Formatter<'_>, parts: &[Filter], word: &str) -> fmt::Result {
    for (at, inner) in parts.iter().enumerate() {
        if at > 0 {
            f.write_str(word)?;
        }
        part(f, inner)?;
    }
    Ok(())
}

fn part(f: &mut Formatter<'_>, filter: &Filter) -> fmt::Result {
    match filter {
        Filter::All(_) | Filter::Any(_) => write!(f, "({filter})"),
        Filter::Not(_) | Filter::Test(_) => filter.fmt(f),
    }
}

impl Display for Test {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Equals { field, values } => {
                named(f, field)?;
                choice(f, values.iter().map(|value| quoted(value)).collect())
            }
            Self::Contains { field, value } => {
                named(f, field)?;
                write!(f, " contains {}", quoted(value))
            }
            Self::Begins { field, value } => {
                named(f, field)?;
                write!(f, " begins {}", quoted(value))
            }
            Self::Number { field, comparison, value } => {
                named(f, field)?;
                write!(f, " {} {value}", comparison.as_str())
            }
            Self::Tag(tags) => {
                f.write_str("tag")?;
                choice(f, tags.iter().map(Slug::to_string).collect())
            }
            Self::Audience(names) => {
                f.write_str("audience")?;
                choice(f, names.iter().map(Slug::to_string).collect())
            }
            Self::Time { when, comparison, moment } => {
                write!(f, "{} {} {moment}", when.as_str(), comparison.as_str())
            }
            Self::Is(flag) => f.write_str(flag.as_str()),
        }
    }
}

fn named(f: &mut Formatter<'_>, field: &str) -> fmt::Result {
    if WORDS.contains(&field) { f.write_str(&quoted(field)) } else { f.write_str(field) }
}

fn choice(f: &mut Formatter<'_>, values: Vec<String>) -> fmt::Result {
    match values.as_slice() {
        [one] => write!(f, " = {one}"),
        several => write!(f, " in ({})", several.join(", ")),
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

impl When {
    /// As it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ConsentedAt => "consented_at",
            Self::LastSent => "last_sent",
            Self::LastAnswer => "last_answer",
        }
    }
}

impl Flag {
    /// As it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Replied => "replied",
            Self::Consented => "consented",
            Self::OptedOut => "opted_out",
            Self::Suppressed => "suppressed",
        }
    }
}

impl Display for Moment {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(at) => match Timestamp::from_millisecond(at.0) {
                Ok(at) => at.fmt(f),
                // Farther than the calendar goes: a number that reads as nothing.
                Err(_) => at.0.fmt(f),
            },
            Self::Ago(span) => write!(f, "{}s ago", span.as_secs()),
        }
    }
}
