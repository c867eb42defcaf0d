//! The operator's own opt-out words, and what an opt-out is answered.

use super::value::BadValue;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use tg_core::inbox::OptOutWords;

/// Words separated by commas, beside those that are built in.
#[derive(Clone, Debug)]
pub(crate) struct Words {
    text: String,
    all: Arc<OptOutWords>,
}

impl Words {
    /// The built-in words and the operator's own.
    pub(crate) fn all(&self) -> Arc<OptOutWords> {
        Arc::clone(&self.all)
    }
}

impl FromStr for Words {
    type Err = BadValue;

    fn from_str(text: &str) -> Result<Self, BadValue> {
        let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
        let all = OptOutWords::with(words).map_err(|error| BadValue::new(error.to_string()))?;
        Ok(Self { text: text.to_owned(), all: Arc::new(all) })
    }
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

/// A message of plain text that may be empty: then there is none.
#[derive(Clone, Debug)]
pub(crate) struct Answer(pub(crate) Option<Arc<str>>);

impl Answer {
    /// What Telegram takes in one message, in UTF-16 units (core.telegram.org/method/messages.sendMessage).
    const MOST: usize = 4_096;
}

impl FromStr for Answer {
    type Err = BadValue;

    fn from_str(text: &str) -> Result<Self, BadValue> {
        let text = text.trim();
        let units = text.encode_utf16().count();
        if units > Self::MOST || text.contains('\0') {
            let most = Self::MOST;
            return Err(BadValue::new(format!(
                "a message has at most {most} characters, this {units}"
            )));
        }
        Ok(Self((!text.is_empty()).then(|| text.into())))
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_deref().unwrap_or_default())
    }
}

impl<'de> Deserialize<'de> for Answer {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn words_are_added_to_those_that_are_built_in() {
        let words: Words = "Schluss, no grazie,".parse().unwrap();
        assert!(words.all().matches("SCHLUSS!") && words.all().matches("stop"));
        assert_eq!(words.to_string(), "Schluss, no grazie,");
        assert!("".parse::<Words>().is_ok());
        assert!("ok, ??".parse::<Words>().unwrap_err().to_string().contains("no letter"));
    }
}
