//! The setting `login.codes`: where login codes come from, in order.

use super::value::BadValue;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::str::FromStr;

/// A source of codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CodeName {
    /// The account's chat with Telegram, read in its old session.
    Session,
    /// The person.
    Terminal,
    /// Text messages to numbers at Twilio.
    Twilio,
    /// Text messages to a phone of the operator's, through android-sms-gateway.
    Android,
    /// The same, posted by the phone.
    Webhook,
}

impl CodeName {
    const ALL: [Self; 5] =
        [Self::Session, Self::Terminal, Self::Twilio, Self::Android, Self::Webhook];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Terminal => "terminal",
            Self::Twilio => "twilio",
            Self::Android => "android",
            Self::Webhook => "webhook",
        }
    }

    fn parse(text: &str) -> Result<Self, BadValue> {
        Self::ALL.into_iter().find(|name| name.as_str() == text).ok_or_else(|| {
            let known = Self::ALL.map(Self::as_str).join("\", \"");
            BadValue(format!("{text:?} is no source of codes: those are \"{known}\""))
        })
    }
}

/// Sources of codes in the order in which they are asked; none twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CodeOrder(pub(crate) Vec<CodeName>);

impl CodeOrder {
    fn of(names: impl IntoIterator<Item = impl AsRef<str>>) -> Result<Self, BadValue> {
        let mut order = Vec::new();
        for name in names {
            let name = CodeName::parse(name.as_ref().trim())?;
            if order.contains(&name) {
                return Err(BadValue(format!("\"{}\" is named twice", name.as_str())));
            }
            order.push(name);
        }
        Ok(Self(order))
    }
}

impl FromStr for CodeOrder {
    type Err = BadValue;

    /// Names separated by commas, as a variable has them.
    fn from_str(text: &str) -> Result<Self, BadValue> {
        Self::of(text.split(',').filter(|name| !name.trim().is_empty()))
    }
}

impl fmt::Display for CodeOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.0.iter().map(|name| name.as_str()).collect();
        f.write_str(&names.join(","))
    }
}

impl<'de> Deserialize<'de> for CodeOrder {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::of(Vec::<String>::deserialize(from)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_read_as_it_is_shown() {
        let order: CodeOrder = "terminal, session".parse().expect("both are known");
        assert_eq!(order.0, [CodeName::Terminal, CodeName::Session]);
        assert_eq!(order.to_string().parse(), Ok(order));
        for bad in ["pigeon", "terminal,terminal"] {
            assert!(bad.parse::<CodeOrder>().is_err(), "{bad}");
        }
    }
}
