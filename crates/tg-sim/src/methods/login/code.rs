//! Signing in by phone: core.telegram.org/api/auth.

use grammers_tl_types as tl;
use tl::{Serializable, enums, functions as f, types as t};

use super::super::caller::{Caller, Effects};
use super::super::errors::RpcError;
use super::super::history::incoming;
use crate::account::Standing;
use crate::clock;
use crate::login::{CodeFault, Way};
use crate::mail::{Event, Letter, Said};
use crate::sync::locked;
use crate::world::SERVICE;

/// After so many seconds the next way may be asked for.
const RESEND_AFTER: i32 = 60;

/// core.telegram.org/method/auth.sendCode.
pub(crate) fn send(
    caller: &Caller<'_>,
    args: &f::auth::SendCode,
    effects: &mut Effects,
) -> Result<enums::auth::SentCode, RpcError> {
    if args.api_hash.is_empty() {
        return Err(RpcError::bad("API_ID_INVALID"));
    }
    let digits = digits(&args.phone_number)?;
    let whose = caller.shared.login_of(&digits);
    if let Some(index) = whose {
        let account = &caller.shared.accounts[index];
        if account.standing() == Standing::Banned {
            return Err(RpcError::bad("PHONE_NUMBER_BANNED"));
        }
        let home = account.home_dc();
        if home != caller.dc {
            return Err(RpcError { code: 303, text: format!("PHONE_MIGRATE_{home}").into() });
        }
    }
    let way = caller.shared.desk.way(&digits).unwrap_or_else(|| {
        // Only somebody who is in somewhere can read it there.
        let has_app = whose.is_some_and(|index| caller.shared.accounts[index].identity.listed);
        if has_app { Way::App } else { Way::Sms }
    });
    deliver(caller, &digits, whose, way, effects)
}

/// core.telegram.org/method/auth.resendCode.
pub(crate) fn resend(
    caller: &Caller<'_>,
    args: &f::auth::ResendCode,
    effects: &mut Effects,
) -> Result<enums::auth::SentCode, RpcError> {
    let digits = digits(&args.phone_number)?;
    if args.phone_code_hash.is_empty() {
        return Err(RpcError::bad("PHONE_CODE_HASH_EMPTY"));
    }
    let sent = caller.shared.desk.sent_by(caller.device_index, &digits, &args.phone_code_hash);
    let way = sent.ok_or(RpcError::bad("PHONE_CODE_EXPIRED"))?;
    let next = way.next().ok_or(RpcError::new(406, "SEND_CODE_UNAVAILABLE"))?;
    deliver(caller, &digits, caller.shared.login_of(&digits), next, effects)
}

/// core.telegram.org/method/auth.cancelCode.
pub(crate) fn cancel(caller: &Caller<'_>, args: &f::auth::CancelCode) -> Result<bool, RpcError> {
    let digits = digits(&args.phone_number)?;
    if caller.shared.desk.cancel(caller.device_index, &digits, &args.phone_code_hash) {
        Ok(true)
    } else {
        Err(RpcError::bad("PHONE_CODE_EXPIRED"))
    }
}

fn deliver(
    caller: &Caller<'_>,
    digits: &str,
    whose: Option<usize>,
    way: Way,
    effects: &mut Effects,
) -> Result<enums::auth::SentCode, RpcError> {
    let sent = caller.shared.desk.send(caller.device_index, digits, way);
    let (phone_code_hash, sent) = sent.ok_or(RpcError::new(406, "PHONE_NUMBER_FLOOD"))?;
    if let (Way::App, Some(index)) = (way, whose) {
        tell(caller, index, &sent.text, effects);
    }
    if let Way::Sms | Way::SmsWord | Way::SmsPhrase = way {
        caller.shared.sms.receive("Telegram", &format!("+{digits}"), &sent.text, 0);
    }
    Ok(t::auth::SentCode {
        r#type: way.sent_code_type(&sent.code),
        phone_code_hash,
        next_type: way.next().and_then(Way::code_type),
        timeout: way.next().map(|_| RESEND_AFTER),
    }
    .into())
}

/// A message from Telegram itself, to every session of the account.
fn tell(caller: &Caller<'_>, index: usize, text: &str, effects: &mut Effects) {
    let account = &caller.shared.accounts[index];
    let mut mailbox = locked(&account.mailbox);
    let id = mailbox.next_id();
    caller.shared.events.push(&Event::Said(Said {
        at: clock::stamp().into(),
        from_user_id: SERVICE,
        to_user_id: account.user_id(),
        message_id: id,
        text: text.into(),
        reply_to: None,
    }));
    mailbox.add(Letter {
        id,
        date: clock::date(),
        peer: SERVICE,
        out: false,
        random_id: 0,
        text: text.into(),
        entities: Box::default(),
        media: None,
        reply_to: None,
    });
    let reader = Caller { account, index, dc: account.home_dc(), ..*caller };
    if let Some(updates) = incoming(&reader, &mailbox) {
        effects.pushes.push((index, updates.to_bytes()));
    }
}

/// core.telegram.org/method/auth.signIn.
pub(crate) fn sign_in(
    caller: &Caller<'_>,
    args: &f::auth::SignIn,
) -> Result<enums::auth::Authorization, RpcError> {
    let digits = digits(&args.phone_number)?;
    if args.phone_code_hash.is_empty() {
        return Err(RpcError::bad("PHONE_CODE_HASH_EMPTY"));
    }
    let code = args.phone_code.as_deref().unwrap_or_default();
    if code.is_empty() {
        return Err(RpcError::bad("PHONE_CODE_EMPTY"));
    }
    let desk = &caller.shared.desk;
    desk.judge(caller.device_index, &digits, &args.phone_code_hash, code).map_err(|fault| {
        RpcError::bad(match fault {
            CodeFault::Expired => "PHONE_CODE_EXPIRED",
            CodeFault::Wrong => "PHONE_CODE_INVALID",
        })
    })?;
    let Some(account) = caller.shared.login_of(&digits) else {
        // core.telegram.org/constructor/auth.authorizationSignUpRequired
        let terms_of_service = None;
        return Ok(t::auth::AuthorizationSignUpRequired { terms_of_service }.into());
    };
    if caller.shared.accounts[account].identity.secrets.password.is_some() {
        desk.needs_password(caller.device_index, account);
        return Err(RpcError::new(401, "SESSION_PASSWORD_NEEDED"));
    }
    Ok(super::done::authorized(caller, account))
}

/// A number's digits, if it can be one.
fn digits(phone: &str) -> Result<String, RpcError> {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    if (7..=15).contains(&digits.len()) {
        Ok(digits)
    } else {
        Err(RpcError::new(406, "PHONE_NUMBER_INVALID"))
    }
}
