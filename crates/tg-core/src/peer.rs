//! Whom a message goes to: how people name a recipient, and how Telegram does.

use crate::ids::{AccessHash, UserId};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A peer as one account may address it. Typed from the start, so that groups and channels of the
/// operator's are no second mechanism.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Peer {
    /// A person or bot, with the access hash of the addressing account
    /// (core.telegram.org/constructor/inputPeerUser).
    User {
        /// Who.
        id: UserId,
        /// The addressing account's hash for that user; 0 is right for a bot whose user started it.
        hash: AccessHash,
    },
    /// The addressing account itself: its Saved Messages
    /// (core.telegram.org/constructor/inputPeerSelf).
    Myself {
        /// The account's own user id.
        id: UserId,
    },
}

impl Peer {
    /// The hash with which it is addressed; an account needs none for itself.
    #[must_use]
    pub const fn hash(self) -> AccessHash {
        match self {
            Self::User { hash, .. } => hash,
            Self::Myself { .. } => AccessHash(0),
        }
    }

    /// The Telegram user id behind the peer.
    #[must_use]
    pub const fn user_id(self) -> UserId {
        match self {
            Self::User { id, .. } | Self::Myself { id } => id,
        }
    }
}

/// A Telegram username, without `@`, in the case in which it was written.
///
/// 4 to 32 of letters, digits and `_`, beginning with a letter (core.telegram.org/method/account.checkUsername;
/// four characters exist since names are sold). Compared without case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Username(String);

/// Why a text is no username.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a Telegram username: {0}")]
pub struct UsernameError(&'static str);

impl Username {
    /// Reads a bare username.
    ///
    /// # Errors
    /// Says which rule it breaks.
    pub fn parse(name: &str) -> Result<Self, UsernameError> {
        if !(4..=32).contains(&name.len()) {
            return Err(UsernameError("it must have 4 to 32 characters"));
        }
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return Err(UsernameError("it must begin with a letter"));
        }
        if !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            return Err(UsernameError("only letters, digits and \"_\" are allowed"));
        }
        Ok(Self(name.to_owned()))
    }

    /// As written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form in which two spellings of one name are equal.
    #[must_use]
    pub fn folded(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl fmt::Display for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@{}", self.0)
    }
}

impl TryFrom<String> for Username {
    type Error = UsernameError;

    fn try_from(name: String) -> Result<Self, UsernameError> {
        Self::parse(&name)
    }
}

impl From<Username> for String {
    fn from(name: Username) -> Self {
        name.0
    }
}

/// A phone number in E.164. `Display` and `Debug` mask it; [`PhoneNumber::e164`] is the whole.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PhoneNumber(String);

/// Why a text is no number in E.164.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a phone number in international form (+ and 7 to 15 digits)")]
pub struct PhoneNumberError;

impl PhoneNumber {
    /// Takes a number that is in E.164 already. Whether it is possible in its country is the
    /// business of the validating layer.
    ///
    /// # Errors
    /// If it is not `+` and 7 to 15 digits.
    pub fn from_e164(number: &str) -> Result<Self, PhoneNumberError> {
        let digits = number.strip_prefix('+').ok_or(PhoneNumberError)?;
        if (7..=15).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !digits.starts_with('0')
        {
            Ok(Self(number.to_owned()))
        } else {
            Err(PhoneNumberError)
        }
    }

    /// The whole number, for the wire and for exports that a person asked for.
    #[must_use]
    pub fn e164(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tail = self.0.len().saturating_sub(2);
        write!(f, "{}…{}", &self.0[..4.min(tail)], &self.0[tail..])
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PhoneNumber({self})")
    }
}

impl TryFrom<String> for PhoneNumber {
    type Error = PhoneNumberError;

    fn try_from(number: String) -> Result<Self, PhoneNumberError> {
        Self::from_e164(&number)
    }
}

impl From<PhoneNumber> for String {
    fn from(number: PhoneNumber) -> Self {
        number.0
    }
}

/// What can be turned into a [`Peer`] by asking Telegram.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// By `contacts.resolveUsername`.
    Username(Username),
    /// By `contacts.resolvePhone`.
    Phone(PhoneNumber),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usernames() {
        for good in ["abcd", "Ann_1984", &"x".repeat(32)] {
            assert!(Username::parse(good).is_ok(), "{good}");
        }
        for bad in ["abc", "1abcd", "_abcd", "a b cd", "ünice", "@abcd", &"x".repeat(33)] {
            assert!(Username::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn numbers_are_masked_unless_asked_for() {
        let number = PhoneNumber::from_e164("+4915112345678").expect("is E.164");
        assert_eq!(number.to_string(), "+491…78");
        assert!(!format!("{number:?}").contains("12345"));
        assert_eq!(number.e164(), "+4915112345678");
        for bad in ["4915112345678", "+", "+12345", "+0123456789", "+1234567890123456", "+12a45678"]
        {
            assert!(PhoneNumber::from_e164(bad).is_err(), "{bad}");
        }
    }
}
