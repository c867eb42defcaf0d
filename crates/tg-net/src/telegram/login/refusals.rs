//! What Telegram's refusals mean for somebody who is signing in.
//!
//! Sources: the error lists of core.telegram.org/method/auth.sendCode, …/auth.resendCode,
//! …/auth.signIn, …/auth.checkPassword, …/auth.exportLoginToken, …/auth.importBotAuthorization.

use tg_core::failure::{Failure, FailureClass, Refusal};
use tg_core::ports::LoginError;

/// Names that end the sign-in, with what a person should know.
const SAYS: &[(&str, &str)] = &[
    ("PHONE_NUMBER_INVALID", "Telegram does not accept this as a phone number"),
    (
        "PHONE_NUMBER_BANNED",
        "Telegram has banned this number; an appeal goes to recover@telegram.org",
    ),
    (
        "PHONE_NUMBER_FLOOD",
        "Telegram sent too many codes to this number; try again tomorrow, or sign in by QR code",
    ),
    (
        "PHONE_PASSWORD_FLOOD",
        "Telegram counted too many attempts with this number; try again tomorrow",
    ),
    ("PHONE_PASSWORD_PROTECTED", "the number is protected by a password; sign in by QR code"),
    (
        "PHONE_NUMBER_APP_SIGNUP_FORBIDDEN",
        "Telegram does not let this application sign this number in",
    ),
    ("API_ID_INVALID", "Telegram does not know this api_id and api_hash; see my.telegram.org"),
    (
        "API_ID_PUBLISHED_FLOOD",
        "this api_id was published and may no longer be used; get one of your own at my.telegram.org",
    ),
    ("ACCESS_TOKEN_INVALID", "Telegram does not know this bot token; @BotFather gives it out"),
    ("ACCESS_TOKEN_EXPIRED", "this bot token was revoked; @BotFather gives out another"),
    ("BOT_METHOD_INVALID", "this token belongs to an account that cannot sign in so"),
    (
        "UPDATE_APP_TO_LOGIN",
        "Telegram wants a newer client than this version for this account; sign in by QR code",
    ),
    ("SIGN_IN_FAILED", "Telegram could not complete the sign-in; try again later"),
    ("AUTH_RESTART", "Telegram wants the sign-in begun anew"),
];

/// What a failed call means here.
pub(super) fn read(failure: Failure) -> LoginError {
    match failure.reason.as_str() {
        "PHONE_CODE_INVALID" | "PHONE_CODE_EMPTY" => LoginError::WrongCode,
        "PHONE_CODE_EXPIRED"
        | "PHONE_CODE_HASH_EMPTY"
        | "AUTH_TOKEN_EXPIRED"
        | "AUTH_TOKEN_INVALID" => LoginError::ExpiredCode,
        "PASSWORD_HASH_INVALID" => LoginError::WrongPassword,
        "PHONE_NUMBER_UNOCCUPIED" => LoginError::NoAccount,
        "SEND_CODE_UNAVAILABLE" => LoginError::NoOtherWay,
        name => match SAYS.iter().find(|(known, _)| *known == name) {
            // The general table speaks of recipients and sessions; here it is about a number.
            Some((known, says)) => {
                let class = match failure.class {
                    FailureClass::Wait { .. } => failure.class,
                    _ => FailureClass::Refused(Refusal::Unclassified),
                };
                LoginError::Failed(Failure::new(class, *known, format!("{says} ({known})")))
            }
            None => LoginError::Failed(failure),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(name: &str) -> LoginError {
        read(Failure::new(FailureClass::Refused(Refusal::Recipient), name, "raw"))
    }

    #[test]
    fn names_are_told_apart() {
        assert_eq!(refused("PHONE_CODE_INVALID"), LoginError::WrongCode);
        assert_eq!(refused("PHONE_CODE_EXPIRED"), LoginError::ExpiredCode);
        assert_eq!(refused("PASSWORD_HASH_INVALID"), LoginError::WrongPassword);
        assert_eq!(refused("PHONE_NUMBER_UNOCCUPIED"), LoginError::NoAccount);
        assert!(refused("PHONE_NUMBER_INVALID").to_string().contains("phone number"));
        assert_eq!(refused("SOMETHING_NEW").to_string(), "raw");
    }
}
