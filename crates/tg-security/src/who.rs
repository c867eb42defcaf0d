//! One person, as an operator names them on the command line.

use crate::validate::{
    PhoneError, PhoneRules, UserIdError, UsernameFault, parse_phone, parse_user_id, parse_username,
};
use tg_core::contact::ContactKey;

/// Why an argument names nobody.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WhoError {
    /// It begins like a phone number.
    #[error(transparent)]
    Phone(#[from] PhoneError),
    /// It is made of digits.
    #[error(transparent)]
    UserId(#[from] UserIdError),
    /// It begins like a username or link.
    #[error(transparent)]
    Username(#[from] UsernameFault),
    /// None of these.
    #[error(
        "a person is named by @username, by phone number (+49…) or by Telegram user id (digits)"
    )]
    Unclear,
}

/// Reads `@name`, a link to it, `+49…` (or `0049…`), or digits, which are a user id.
///
/// # Errors
/// Says what the argument looks like and why it is not that.
pub fn parse_who(text: &str, rules: &PhoneRules) -> Result<ContactKey, WhoError> {
    let text = text.trim();
    if text.starts_with(['+', '＋', '(']) || text.starts_with("00") || text.starts_with("tel:") {
        return Ok(ContactKey::Phone(parse_phone(text, rules)?));
    }
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return Ok(ContactKey::UserId(parse_user_id(text)?));
    }
    if text.starts_with(|c: char| c == '@' || c.is_ascii_alphabetic()) {
        return Ok(ContactKey::Username(parse_username(text)?));
    }
    Err(WhoError::Unclear)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use tg_core::ids::UserId;

    fn who(text: &str) -> Result<ContactKey, WhoError> {
        parse_who(text, &PhoneRules::default())
    }

    #[test]
    fn forms() {
        for text in ["@ann_1984", "ann_1984", "https://t.me/ann_1984"] {
            let found = who(text).unwrap();
            assert!(matches!(found, ContactKey::Username(u) if u.as_str() == "ann_1984"), "{text}");
        }
        for text in ["+49 151 12345678", "0049 151 12345678", " +4915112345678 "] {
            let found = who(text).unwrap();
            assert!(matches!(found, ContactKey::Phone(p) if p.e164() == "+4915112345678"));
        }
        assert_eq!(who("777000"), Ok(ContactKey::UserId(UserId(777_000))));
    }

    #[test]
    fn faults_say_what_it_looked_like() {
        assert!(matches!(who("@a"), Err(WhoError::Username(_))));
        assert!(matches!(who("+12"), Err(WhoError::Phone(_))));
        assert!(matches!(who("12a"), Err(WhoError::UserId(_))));
        for text in ["", "-x", "é", "\0"] {
            assert_eq!(who(text), Err(WhoError::Unclear), "{text}");
        }
    }
}
