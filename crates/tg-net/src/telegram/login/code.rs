//! What Telegram says about a code that it sent (core.telegram.org/type/auth.SentCodeType).

use crate::telegram::errors;
use grammers_client::tl::{enums, types};
use std::time::Duration;
use tg_core::failure::{Failure, FailureClass, Refusal};
use tg_core::login::{CodeChannel, CodePattern, SentCode};
use tg_core::ports::LoginError;

/// What is not said is taken to be as long as codes have been for years.
const USUAL_LENGTH: usize = 5;

/// Reads the answer of `auth.sendCode` and `auth.resendCode`.
pub(super) fn sent(answer: enums::auth::SentCode) -> Result<SentCode, LoginError> {
    match answer {
        enums::auth::SentCode::Code(code) => described(code),
        // It belongs to sign-ins with a token of an earlier one, which is not used here.
        enums::auth::SentCode::Success(_) => {
            Err(errors::unreadable("it says that nobody has to sign in").into())
        }
        enums::auth::SentCode::PaymentRequired(_) => Err(Failure::new(
            FailureClass::Refused(Refusal::Unclassified),
            "payment_required",
            "Telegram sends codes to this number only through a purchase in its official apps; sign in by QR code",
        )
        .into()),
    }
}

fn described(code: types::auth::SentCode) -> Result<SentCode, LoginError> {
    let (channel, pattern, detail) = kind(code.r#type)?;
    let timeout = code.timeout.and_then(|secs| u64::try_from(secs).ok()).map(Duration::from_secs);
    Ok(SentCode {
        hash: code.phone_code_hash,
        channel,
        pattern,
        detail,
        next: code.next_type.map(next),
        timeout,
    })
}

type Kind = (CodeChannel, CodePattern, Option<String>);

fn kind(kind: enums::auth::SentCodeType) -> Result<Kind, LoginError> {
    use enums::auth::SentCodeType as Type;
    let plain = |channel, length| (channel, digits(length), None);
    Ok(match kind {
        Type::App(app) => plain(CodeChannel::App, app.length),
        Type::Sms(sms) => plain(CodeChannel::Sms, sms.length),
        Type::Call(call) => plain(CodeChannel::Call, call.length),
        Type::FlashCall(call) => {
            (CodeChannel::FlashCall, CodePattern::Digits(USUAL_LENGTH), Some(call.pattern))
        }
        Type::MissedCall(call) => (CodeChannel::MissedCall, digits(call.length), Some(call.prefix)),
        Type::EmailCode(mail) => {
            (CodeChannel::Email, digits(mail.length), Some(mail.email_pattern))
        }
        Type::FragmentSms(fragment) => {
            (CodeChannel::Fragment, digits(fragment.length), Some(fragment.url))
        }
        Type::FirebaseSms(firebase) => plain(CodeChannel::OfficialApp, firebase.length),
        Type::SmsWord(word) => {
            (CodeChannel::Sms, CodePattern::Word { beginning: word.beginning }, None)
        }
        Type::SmsPhrase(phrase) => {
            (CodeChannel::Sms, CodePattern::Phrase { beginning: phrase.beginning }, None)
        }
        Type::SetUpEmailRequired(_) => {
            return Err(Failure::new(
                FailureClass::Refused(Refusal::Unclassified),
                "set_up_email_required",
                "Telegram wants an e-mail address for this account first; set one up in an official app, or sign in by QR code",
            )
            .into());
        }
    })
}

fn digits(length: i32) -> CodePattern {
    CodePattern::Digits(usize::try_from(length).ok().filter(|n| *n > 0).unwrap_or(USUAL_LENGTH))
}

const fn next(kind: enums::auth::CodeType) -> CodeChannel {
    match kind {
        enums::auth::CodeType::Sms => CodeChannel::Sms,
        enums::auth::CodeType::Call => CodeChannel::Call,
        enums::auth::CodeType::FlashCall => CodeChannel::FlashCall,
        enums::auth::CodeType::MissedCall => CodeChannel::MissedCall,
        enums::auth::CodeType::FragmentSms => CodeChannel::Fragment,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(kind: enums::auth::SentCodeType) -> enums::auth::SentCode {
        types::auth::SentCode {
            r#type: kind,
            phone_code_hash: "hash".to_owned(),
            next_type: Some(enums::auth::CodeType::Call),
            timeout: Some(60),
        }
        .into()
    }

    #[test]
    fn every_way_of_delivery_is_told_apart() {
        let word = types::auth::SentCodeTypeSmsWord { beginning: Some("la".to_owned()) };
        let sent_word = sent(answer(word.into())).expect("is a code");
        assert_eq!(sent_word.pattern, CodePattern::Word { beginning: Some("la".to_owned()) });
        assert_eq!(sent_word.next, Some(CodeChannel::Call));
        assert_eq!(sent_word.timeout, Some(Duration::from_secs(60)));
        let app = types::auth::SentCodeTypeApp { length: 6 };
        let sent_app = sent(answer(app.into())).expect("is a code");
        assert_eq!(
            (sent_app.channel, sent_app.pattern),
            (CodeChannel::App, CodePattern::Digits(6))
        );
        let odd = types::auth::SentCodeTypeSms { length: -1 };
        let sent_odd = sent(answer(odd.into())).expect("is a code");
        assert_eq!(sent_odd.pattern, CodePattern::Digits(USUAL_LENGTH));
    }

    #[test]
    fn what_only_official_apps_can_do_is_said() {
        let mail = types::auth::SentCodeTypeSetUpEmailRequired {
            apple_signin_allowed: false,
            google_signin_allowed: false,
        };
        let error = sent(answer(mail.into())).expect_err("is no code");
        assert!(error.to_string().contains("official app"), "{error}");
    }
}
