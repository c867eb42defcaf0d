//! The operator's own opt-out words, as one setting reads them.

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
