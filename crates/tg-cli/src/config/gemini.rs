//! Settings about personal texts: which model writes them, how hard it may be asked, what it costs.

use super::layers::{Ask, Entry, entry, optional, pick, sure};
use super::value::{Amount, BadValue, Label, Link, Span, Value, Within};
use crate::env;
use crate::error::CliError;
use serde::Deserialize;
use std::fmt;
use std::str::FromStr;

/// `[gemini]`, as one file says it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct GeminiLayer {
    model: Option<Label>,
    base_url: Option<Link>,
    timeout: Option<Span>,
    at_once: Option<Within<1, 64>>,
    per_minute: Option<Within<1, 60_000>>,
    patience: Option<Span>,
    max_characters: Option<Within<1, 4_096>>,
    forbidden_words: Option<Listed>,
    input_price: Option<Amount>,
    output_price: Option<Amount>,
    daily_tokens: Option<Within<1, { i32::MAX }>>,
    daily_money: Option<Amount>,
}

/// `[gemini]`
#[derive(Clone, Debug)]
pub(crate) struct Gemini {
    /// The model.
    pub(crate) model: Value<Label>,
    /// Where its interface is.
    pub(crate) base_url: Value<Link>,
    /// How long one answer may take.
    pub(crate) timeout: Value<Span>,
    /// Questions at once.
    pub(crate) at_once: Value<Within<1, 64>>,
    /// Questions in a minute.
    pub(crate) per_minute: Value<Within<1, 60_000>>,
    /// How long an outage is waited out before templates are sent.
    pub(crate) patience: Value<Span>,
    /// The longest text.
    pub(crate) max_characters: Value<Within<1, 4_096>>,
    /// Words that no text may have.
    pub(crate) forbidden_words: Value<Listed>,
    /// What a million tokens asked cost; `None` if never set.
    pub(crate) input_price: Value<Option<Amount>>,
    /// What a million tokens answered cost; `None` if never set.
    pub(crate) output_price: Value<Option<Amount>>,
    /// What all texts of a day may cost, in tokens; `None`: no end of them.
    pub(crate) daily_tokens: Value<Option<Within<1, { i32::MAX }>>>,
    /// The same in money.
    pub(crate) daily_money: Value<Option<Amount>>,
}

impl Gemini {
    /// Merges the layers.
    ///
    /// # Errors
    /// If a layer says what cannot be understood.
    pub(super) fn merge(
        file: GeminiLayer,
        base: GeminiLayer,
        ask: Ask<'_>,
    ) -> Result<Self, CliError> {
        macro_rules! sure {
            ($field:ident, $variable:ident) => {
                sure(pick(None, ask, &env::$variable, file.$field, base.$field)?)
            };
        }
        macro_rules! unset {
            ($field:ident, $variable:ident) => {
                optional(pick(None, ask, &env::$variable, file.$field, None)?)
            };
        }
        Ok(Self {
            model: sure!(model, GEMINI_MODEL),
            base_url: sure!(base_url, GEMINI_URL),
            timeout: sure!(timeout, GEMINI_TIMEOUT),
            at_once: sure!(at_once, GEMINI_AT_ONCE),
            per_minute: sure!(per_minute, GEMINI_PER_MINUTE),
            patience: sure!(patience, GEMINI_PATIENCE),
            max_characters: sure!(max_characters, GEMINI_MAX_CHARACTERS),
            forbidden_words: sure!(forbidden_words, GEMINI_FORBIDDEN),
            input_price: unset!(input_price, GEMINI_INPUT_PRICE),
            output_price: unset!(output_price, GEMINI_OUTPUT_PRICE),
            daily_tokens: unset!(daily_tokens, GEMINI_DAILY_TOKENS),
            daily_money: unset!(daily_money, GEMINI_DAILY_MONEY),
        })
    }

    /// Every setting, in the order of the file.
    pub(super) fn entries(&self) -> Vec<Entry> {
        vec![
            entry("gemini.model", &self.model),
            entry("gemini.base_url", &self.base_url),
            entry("gemini.timeout", &self.timeout),
            entry("gemini.at_once", &self.at_once),
            entry("gemini.per_minute", &self.per_minute),
            entry("gemini.patience", &self.patience),
            entry("gemini.max_characters", &self.max_characters),
            entry("gemini.forbidden_words", &self.forbidden_words),
            unset("gemini.input_price", &self.input_price),
            unset("gemini.output_price", &self.output_price),
            unset("gemini.daily_tokens", &self.daily_tokens),
            unset("gemini.daily_money", &self.daily_money),
        ]
    }
}

fn unset<T: ToString>(key: &'static str, value: &Value<Option<T>>) -> Entry {
    Entry { key, value: value.value.as_ref().map(ToString::to_string), origin: value.origin }
}

/// Words separated by commas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listed(pub(crate) Vec<String>);

impl FromStr for Listed {
    type Err = BadValue;

    fn from_str(text: &str) -> Result<Self, BadValue> {
        let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
        let words: Vec<String> = words.map(str::to_owned).collect();
        match words.iter().find(|word| !word.chars().any(char::is_alphanumeric)) {
            Some(word) => Err(BadValue::new(format!("{word:?} has no letter or digit in it"))),
            None => Ok(Self(words)),
        }
    }
}

impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(", "))
    }
}

impl<'de> Deserialize<'de> for Listed {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}
