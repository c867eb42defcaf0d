//! Types of settings: each is read the same way from a flag, a variable and a file.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;
use std::time::Duration;
use tg_core::money::{BadMoney, Money};
use tg_core::peer::PhoneNumber;
use tg_net::http::{BadReach, Method, Reach, Request};

/// Where a value came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The binary.
    Default,
    /// The home's `config.toml`.
    File,
    /// An environment variable.
    Environment(&'static str),
    /// The command line.
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File => f.write_str("config.toml"),
            Self::Environment(name) | Self::Flag(name) => f.write_str(name),
        }
    }
}

/// A value and where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Value<T> {
    /// What holds.
    pub(crate) value: T,
    /// Who said so.
    pub(crate) origin: Origin,
}

/// Why a text is no value of a setting.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct BadValue(pub(super) String);

impl BadValue {
    /// Says what is wrong.
    pub(super) const fn new(what: String) -> Self {
        Self(what)
    }
}

/// How results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Human,
    /// For scripts: one JSON document, or one per line where a command streams.
    Json,
}

impl FromStr for Format {
    type Err = BadValue;

    fn from_str(text: &str) -> Result<Self, BadValue> {
        match text {
            "human" => Ok(Self::Human),
            "json" => Ok(Self::Json),
            other => Err(BadValue(format!("{other:?} is neither \"human\" nor \"json\""))),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Human => "human",
            Self::Json => "json",
        })
    }
}

/// A span of time such as `90s`, `5m`, `2h 30m`; not negative, at most 366 days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span(pub(crate) Duration);

impl Span {
    const MAX: Duration = Duration::from_secs(366 * 86_400);
}

impl FromStr for Span {
    type Err = BadValue;

    fn from_str(text: &str) -> Result<Self, BadValue> {
        let example = "write it like \"90s\", \"5m\" or \"2h 30m\"";
        let span: jiff::SignedDuration = text
            .parse()
            .map_err(|_| BadValue(format!("{text:?} is not a span of time: {example}")))?;
        match Duration::try_from(span) {
            Ok(span) if span <= Self::MAX => Ok(Self(span)),
            Ok(_) => Err(BadValue(format!("{text:?} is longer than 366 days"))),
            Err(_) => Err(BadValue(format!("{text:?} is negative: {example}"))),
        }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::SignedDuration::try_from(self.0) {
            Ok(span) => write!(f, "{span:#}"),
            Err(_) => write!(f, "{} s", self.0.as_secs()),
        }
    }
}

/// On or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Switch(pub(crate) bool);

impl fmt::Display for Switch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de> Deserialize<'de> for Switch {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        bool::deserialize(from).map(Self)
    }
}

/// A whole number from `MIN` to `MAX`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Within<const MIN: i32, const MAX: i32>(pub(crate) i32);

impl<const MIN: i32, const MAX: i32> FromStr for Within<MIN, MAX> {
    type Err = BadValue;

    fn from_str(text: &str) -> Result<Self, BadValue> {
        match text.parse() {
            Ok(number) if (MIN..=MAX).contains(&number) => Ok(Self(number)),
            _ => Err(BadValue(format!("{text:?} is not a whole number from {MIN} to {MAX}"))),
        }
    }
}

impl<const MIN: i32, const MAX: i32> fmt::Display for Within<MIN, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de, const MIN: i32, const MAX: i32> Deserialize<'de> for Within<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        i64::deserialize(from)?.to_string().parse().map_err(D::Error::custom)
    }
}

/// A name of 1 to 64 printable characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Label(pub(crate) String);

impl FromStr for Label {
    type Err = BadValue;

    fn from_str(text: &str) -> Result<Self, BadValue> {
        if (1..=64).contains(&text.chars().count()) && !text.chars().any(char::is_control) {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadValue(format!("{text:?} does not have 1 to 64 printable characters")))
        }
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Private hosts, addresses and networks, separated by commas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reached {
    /// As it was written.
    text: String,
    /// What it means.
    pub(crate) reach: Reach,
}

impl FromStr for Reached {
    type Err = BadValue;

    fn from_str(text: &str) -> Result<Self, BadValue> {
        let reach = text.parse().map_err(|error: BadReach| BadValue(error.to_string()))?;
        Ok(Self { text: text.to_owned(), reach })
    }
}

impl fmt::Display for Reached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A URL without a user or password in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Link(pub(crate) String);

impl FromStr for Link {
    type Err = BadValue;

    fn from_str(text: &str) -> Result<Self, BadValue> {
        match Request::new(Method::Get, text) {
            Ok(_) => Ok(Self(text.to_owned())),
            Err(error) => Err(BadValue(error.to_string())),
        }
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Phone numbers in E.164, separated by commas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Numbers(pub(crate) Vec<PhoneNumber>);

impl FromStr for Numbers {
    type Err = BadValue;

    fn from_str(text: &str) -> Result<Self, BadValue> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        let numbers = parts.map(PhoneNumber::from_e164).collect::<Result<_, _>>();
        numbers.map(Self).map_err(|_| {
            BadValue("these are not phone numbers like +4915112345678, with commas".to_owned())
        })
    }
}

impl fmt::Display for Numbers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers: Vec<_> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&numbers.join(", "))
    }
}

/// An amount of money, such as `2.50 EUR`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Amount(pub(crate) Money);

impl FromStr for Amount {
    type Err = BadValue;

    fn from_str(text: &str) -> Result<Self, BadValue> {
        text.parse().map(Self).map_err(|error: BadMoney| BadValue(error.to_string()))
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Where to listen: an address of this machine and a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Listen(pub(crate) SocketAddr);

impl FromStr for Listen {
    type Err = BadValue;

    fn from_str(text: &str) -> Result<Self, BadValue> {
        let address = text.parse().map(Self);
        address.map_err(|_| BadValue(format!("{text:?} is no address like \"127.0.0.1:8089\"")))
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A chat of Telegram's: a person's user id, or the negative id of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Chat(pub(crate) i64);

impl FromStr for Chat {
    type Err = BadValue;

    fn from_str(text: &str) -> Result<Self, BadValue> {
        match text.parse() {
            Ok(id) if id != 0 => Ok(Self(id)),
            _ => Err(BadValue(format!("{text:?} is not the number of a chat"))),
        }
    }
}

impl fmt::Display for Chat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de> Deserialize<'de> for Chat {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        i64::deserialize(from)?.to_string().parse().map_err(D::Error::custom)
    }
}

macro_rules! deserialize_from_text {
    ($($name:ty),*) => {$(
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                String::deserialize(from)?.parse().map_err(D::Error::custom)
            }
        }
    )*};
}

deserialize_from_text!(Format, Span, Label, Reached, Link, Numbers, Amount, Listen);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_that_people_type() {
        for (text, seconds) in
            [("90s", 90), ("5m", 300), ("2h", 7_200), ("2h 30m", 9_000), ("0s", 0)]
        {
            assert_eq!(text.parse(), Ok(Span(Duration::from_secs(seconds))), "{text}");
        }
        for bad in ["", "90", "-5s", "soon", "400d", "9999999999999h"] {
            assert!(bad.parse::<Span>().is_err(), "{bad}");
        }
    }

    #[test]
    fn spans_show_as_they_can_be_typed() {
        for seconds in [0, 5, 90, 9_000] {
            let span = Span(Duration::from_secs(seconds));
            assert_eq!(span.to_string().parse(), Ok(span), "{span}");
        }
    }

    #[test]
    fn numbers_keep_their_bounds() {
        assert_eq!("4".parse::<Within<1, 64>>(), Ok(Within(4)));
        for bad in ["0", "65", "four", "", "99999999999"] {
            assert!(bad.parse::<Within<1, 64>>().is_err(), "{bad}");
        }
    }
}
