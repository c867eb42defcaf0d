//! How a code reaches a person, and what it looks like then (core.telegram.org/type/auth.SentCodeType).

use grammers_tl_types as tl;
use serde::{Deserialize, Serialize};
use tl::{enums, types as t};

use crate::seeded::Seeded;

/// A way of delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Way {
    /// Into the account's other sessions, from the service account.
    App,
    Sms,
    SmsWord,
    SmsPhrase,
    Call,
}

const LENGTH: i32 = 5;
const WORDS: [&str; 12] = [
    "lantern", "meadow", "copper", "harbour", "violet", "timber", "saffron", "pebble", "orchard",
    "marble", "juniper", "cobalt",
];

impl Way {
    /// What comes after it when it is asked to send the code again.
    pub(crate) fn next(self) -> Option<Self> {
        match self {
            Self::App => Some(Self::Sms),
            Self::Sms | Self::SmsWord | Self::SmsPhrase => Some(Self::Call),
            Self::Call => None,
        }
    }

    /// A code that suits this way; another `draw` gives another code.
    pub(crate) fn code(self, seeded: Seeded, draw: &[i64]) -> String {
        let number = seeded.number("login code", draw);
        let count = u64::try_from(WORDS.len()).unwrap_or(1);
        let word = |shift: u64| {
            let index = usize::try_from((number >> shift) % count).unwrap_or(0);
            WORDS[index]
        };
        match self {
            Self::SmsWord => word(0).to_owned(),
            Self::SmsPhrase => format!("{} {} {}", word(0), word(8), word(16)),
            Self::App | Self::Sms | Self::Call => format!("{:05}", number % 100_000),
        }
    }

    /// What the person reads.
    pub(crate) fn text(self, code: &str) -> String {
        match self {
            Self::App => format!(
                "Login code: {code}. Do not give this code to anyone, even if they say they are from Telegram!\n\n\
This code can be used to log in to your Telegram account. We never ask it for anything else.\n\n\
If you didn't request this code by trying to log in on another device, simply ignore this message."
            ),
            Self::Call => format!("Your code is {code}"),
            _ => format!("Telegram code: {code}"),
        }
    }

    pub(crate) fn sent_code_type(self, code: &str) -> enums::auth::SentCodeType {
        let beginning = || code.get(..2).map(str::to_owned);
        match self {
            Self::App => t::auth::SentCodeTypeApp { length: LENGTH }.into(),
            Self::Sms => t::auth::SentCodeTypeSms { length: LENGTH }.into(),
            Self::SmsWord => t::auth::SentCodeTypeSmsWord { beginning: beginning() }.into(),
            Self::SmsPhrase => t::auth::SentCodeTypeSmsPhrase { beginning: beginning() }.into(),
            Self::Call => t::auth::SentCodeTypeCall { length: LENGTH }.into(),
        }
    }

    pub(crate) fn code_type(self) -> Option<enums::auth::CodeType> {
        match self {
            Self::App => None,
            Self::Sms | Self::SmsWord | Self::SmsPhrase => Some(enums::auth::CodeType::Sms),
            Self::Call => Some(enums::auth::CodeType::Call),
        }
    }
}
