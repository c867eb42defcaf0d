//! Where login codes come from: a person, another session, a phone that the operator owns.

use super::BoxFuture;
use crate::failure::Failure;
use crate::ids::AccountId;
use crate::login::{CodeChannel, CodePattern};
use crate::money::Money;
use crate::peer::PhoneNumber;
use crate::time::Timestamp;
use secrecy::SecretString;
use std::sync::Arc;

/// A code that is being waited for.
#[derive(Clone, Debug)]
pub struct CodeRequest {
    /// The number that signs in.
    pub phone: PhoneNumber,
    /// When Telegram was asked for it, before the call left. Nothing older is an answer to it.
    pub requested_at: Timestamp,
    /// How Telegram says that it delivers it.
    pub channel: CodeChannel,
    /// What it looks like.
    pub pattern: CodePattern,
    /// When waiting for it is given up. A source returns by then.
    pub deadline: Timestamp,
}

impl CodeRequest {
    /// Whether something that arrived at `received_at` can be the answer.
    ///
    /// Telegram and gateways date messages in whole seconds, so whole seconds are compared: what
    /// arrived in the second of the request counts, what arrived in an earlier one never does.
    /// Whoever requests codes leaves at least a second between two requests for one number.
    #[must_use]
    pub const fn accepts(&self, received_at: Timestamp) -> bool {
        received_at.0.div_euclid(1_000) >= self.requested_at.0.div_euclid(1_000)
    }
}

/// A code that arrived.
#[derive(Clone, Debug)]
pub struct LoginCode {
    /// The code.
    pub code: SecretString,
    /// When it arrived, by the clock of whoever received it. Judged by [`CodeRequest::accepts`]
    /// once more before it is used.
    pub received_at: Timestamp,
}

/// Why a source has no code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// This source does not hear of this number, or not of codes that are delivered so: the next
    /// source is asked at once.
    #[error("{0}")]
    NotHere(String),
    /// None arrived before the deadline.
    #[error("no code arrived in time")]
    TimedOut,
    /// The source could not be asked.
    #[error("the codes could not be read")]
    Failed(#[source] Failure),
    /// The person asks for the code to be sent by the next way.
    #[error("another way of delivery was asked for")]
    Resend,
    /// The person gave up, or nobody is there to ask.
    #[error("nobody entered a code")]
    GivenUp,
}

/// Something that receives login codes.
pub trait CodeSource: Send + Sync {
    /// The name in the setting `login.codes` and in results.
    fn name(&self) -> &'static str;

    /// What a text message to this number costs, where it is this source that receives it; `None`
    /// if that is nobody's concern.
    fn price(&self, _phone: &PhoneNumber) -> Option<Money> {
        None
    }

    /// Waits for a code that answers `request`: one that arrived no earlier than the request
    /// ([`CodeRequest::accepts`]) and fits its pattern. Returns by the request's deadline.
    ///
    /// A source never returns the same message twice to one request: a code that Telegram refused
    /// is followed by a new request.
    fn wait<'a>(&'a self, request: &'a CodeRequest) -> BoxFuture<'a, Result<LoginCode, CodeError>>;
}

/// A message from Telegram itself.
#[derive(Clone)]
pub struct ServiceMessage {
    /// When, in whole seconds.
    pub at: Timestamp,
    /// What it says. May contain a code: never to be logged or shown.
    pub text: String,
}

/// An account's chat with Telegram, in which login codes arrive.
pub trait ServiceChat: Send + Sync {
    /// The latest messages, newest first.
    fn latest(&self) -> BoxFuture<'_, Result<Vec<ServiceMessage>, Failure>>;

    /// Ends the connection.
    fn close(&self) -> BoxFuture<'_, ()>;
}

/// Opens such chats, in the sessions of accounts that are signed in.
pub trait ServiceChats: Send + Sync {
    /// Connects an account to read its chat with Telegram.
    fn open(&self, account: AccountId) -> BoxFuture<'_, Result<Arc<dyn ServiceChat>, Failure>>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_older_than_its_request_is_accepted() {
        let request = CodeRequest {
            phone: PhoneNumber::from_e164("+99966200001").expect("is E.164"),
            requested_at: Timestamp(10_400),
            channel: CodeChannel::Sms,
            pattern: CodePattern::Digits(5),
            deadline: Timestamp(60_000),
        };
        assert!(!request.accepts(Timestamp(9_999)));
        // Its date has no milliseconds: it may have come right after the request.
        assert!(request.accepts(Timestamp(10_000)));
        assert!(request.accepts(Timestamp(10_401)));
    }
}
