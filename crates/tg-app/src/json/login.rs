//! What happens during a sign-in, a line each.

use super::{AccountDetail, rfc3339};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use std::net::SocketAddr;
use tg_core::account::{Account, AccountState};
use tg_core::failure::Failure;
use tg_core::login::SentCode;
use tg_core::time::Timestamp;

/// Something that whoever signs in should know. No code and no password is ever in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LoginNews {
    /// `tg.login/1`
    pub schema: &'static str,
    /// `code_sent`, `wrong_code`, `expired_code`, `stale_code`, `no_code`, `password_needed`,
    /// `wrong_password`, `qr`, `completed`, `signed_out`, `left_behind`, `listening`.
    pub kind: &'static str,
    /// How the code was delivered: `app`, `sms`, `call`, `flash_call`, `missed_call`, `email`,
    /// `fragment`, `official_app`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<&'static str>,
    /// The same for people, with where exactly.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// What the code looks like, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expects: Option<String>,
    /// How it is delivered when it is asked for again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<&'static str>,
    /// Seconds until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_in: Option<u64>,
    /// What the QR code says: good for one sign-in until `until`; where text messages are posted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// When it is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// What the owner wrote down to remember the password by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Which source of codes it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<&'static str>,
}

impl LoginNews {
    /// Something that needs no words.
    #[must_use]
    pub fn plain(kind: &'static str) -> Self {
        Self { schema: "tg.login/1", kind, ..Self::default() }
    }

    /// Text messages can be posted here from now on.
    #[must_use]
    pub fn listening(address: SocketAddr) -> Self {
        Self { url: Some(format!("http://{address}/")), ..Self::plain("listening") }
    }

    pub(crate) fn source(kind: &'static str, source: &'static str, text: Option<String>) -> Self {
        Self { source: Some(source), text, ..Self::plain(kind) }
    }

    pub(crate) fn code_sent(sent: &SentCode) -> Self {
        let place = sent.detail.as_deref().map(|detail| format!(" ({detail})"));
        Self {
            channel: Some(sent.channel.name()),
            text: Some(format!("{}{}", sent.channel, place.unwrap_or_default())),
            expects: Some(sent.pattern.describe()),
            next: sent.next.map(|next| next.name()),
            next_in: sent.next.and(sent.timeout).map(|timeout| timeout.as_secs()),
            ..Self::plain("code_sent")
        }
    }

    pub(crate) fn password_needed(hint: Option<&str>) -> Self {
        Self { hint: hint.map(str::to_owned), ..Self::plain("password_needed") }
    }

    /// The token is shown on purpose: showing it is how a QR code works.
    pub(crate) fn qr(url: &SecretString, until: Timestamp) -> Self {
        Self {
            url: Some(url.expose_secret().to_owned()),
            until: Some(rfc3339(until)),
            ..Self::plain("qr")
        }
    }
}

/// What came of signing one of several accounts in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AccountLogin {
    /// `tg.account_login/1`
    pub schema: &'static str,
    /// The account's name.
    pub name: String,
    /// What it can do now, if it is signed in.
    pub state: Option<&'static str>,
    /// Why it is not.
    pub error: Option<LoginFault>,
}

/// Why an account is not signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LoginFault {
    /// A stable name.
    pub code: String,
    /// What happened.
    pub message: String,
}

impl AccountLogin {
    /// It is signed in.
    #[must_use]
    pub fn done(detail: &AccountDetail) -> Self {
        let (name, state) = (detail.account.name.clone(), Some(detail.account.state));
        Self { schema: "tg.account_login/1", name, state, error: None }
    }

    /// It is not.
    #[must_use]
    pub fn failed(name: &str, code: &str, message: &str) -> Self {
        let error = LoginFault { code: code.to_owned(), message: message.to_owned() };
        let name = name.to_owned();
        Self { schema: "tg.account_login/1", name, state: None, error: Some(error) }
    }
}

/// How an account is, as Telegram says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AccountCheck {
    /// `tg.account_check/1`
    pub schema: &'static str,
    /// The account's name.
    pub name: String,
    /// Whether it connected and is who it should be.
    pub ok: bool,
    /// What was believed.
    pub was: &'static str,
    /// What is known now.
    pub state: &'static str,
    /// Telegram's name for what is wrong, or one of ours.
    pub reason: Option<String>,
    /// The same in a sentence.
    pub text: Option<String>,
    /// Whether a running engine has it connected, and it was left to that.
    pub engine: bool,
}

impl AccountCheck {
    /// A running engine has it connected.
    pub(crate) fn connected(account: &Account) -> Self {
        Self { engine: true, ..Self::of(account, &account.state, None) }
    }

    pub(crate) fn of(was: &Account, now: &AccountState, failure: Option<&Failure>) -> Self {
        Self {
            schema: "tg.account_check/1",
            name: was.name.to_string(),
            ok: failure.is_none(),
            was: was.state.name(),
            state: now.name(),
            reason: failure.map(|failure| failure.reason.clone()),
            text: failure.map(ToString::to_string),
            engine: false,
        }
    }
}
