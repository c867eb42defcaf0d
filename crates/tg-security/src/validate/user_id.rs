//! Telegram user ids as people write them.

use tg_core::ids::UserId;

/// The largest id of a user (core.telegram.org/api/bots/ids).
const MAX: i64 = 0xFF_FFFF_FFFF;

/// Why a text is no user id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UserIdError {
    /// Something else than digits; spreadsheets write long numbers as `1.2E+11`.
    #[error("a Telegram user id has only digits")]
    Digits,
    /// Zero, or larger than any id.
    #[error("a Telegram user id is between 1 and {MAX}")]
    Range,
}

/// Reads a user id.
///
/// # Errors
/// If it is not a number between 1 and 2^40 - 1.
pub fn parse_user_id(text: &str) -> Result<UserId, UserIdError> {
    let text = text.trim();
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(UserIdError::Digits);
    }
    text.parse().map_err(|_| UserIdError::Range).and_then(user_id)
}

/// Takes a number as a user id.
pub(crate) fn user_id(number: i64) -> Result<UserId, UserIdError> {
    if (1..=MAX).contains(&number) { Ok(UserId(number)) } else { Err(UserIdError::Range) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids() {
        assert_eq!(parse_user_id(" 777000 "), Ok(UserId(777_000)));
        assert_eq!(parse_user_id("1099511627775"), Ok(UserId(MAX)));
        for bad in ["", "-5", "+5", "1.2E+11", "0x10", "１２", "5\0"] {
            assert_eq!(parse_user_id(bad), Err(UserIdError::Digits), "{bad}");
        }
        for bad in ["0", "1099511627776", &"9".repeat(1_000)] {
            assert_eq!(parse_user_id(bad), Err(UserIdError::Range), "{bad}");
        }
    }
}
