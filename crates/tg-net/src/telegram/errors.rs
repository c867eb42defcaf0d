//! What an error of Telegram or of the way there means: one table ([`known`]), one function.

mod known;

use self::known::Meaning;
use super::session::LiveSession;
use crate::policy::Elapsed;
use grammers_client::sender::{InvocationError, RpcError};
use std::time::Duration;
use tg_core::failure::{AccountFault, Failure, FailureClass, Method, Refusal, WaitScope};

pub use known::explain;

/// What was being done; a wait concerns that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    /// Opening a connection and finding out who it belongs to.
    Connect,
    /// `messages.sendMessage`
    Send,
    /// `contacts.resolveUsername`, `contacts.resolvePhone`
    Resolve,
    /// `messages.getHistory`
    History,
}

impl Call {
    const fn scope(self) -> WaitScope {
        match self {
            Self::Connect => WaitScope::Account,
            Self::Send => WaitScope::Method(Method::Send),
            Self::Resolve => WaitScope::Method(Method::Resolve),
            Self::History => WaitScope::Method(Method::History),
        }
    }
}

/// A wait whose length Telegram did not say.
const UNSAID_WAIT: Duration = Duration::from_secs(60);

/// The class of anything that went wrong with a call.
pub(crate) fn classify(call: Call, error: &InvocationError) -> Failure {
    match error {
        InvocationError::Rpc(error) => classify_rpc(call, error),
        // grammers gives the same error when it could not connect and when the connection broke
        // after the call had left.
        InvocationError::Io(error) => Failure::ambiguous(
            "connection_lost",
            format!("The connection to Telegram failed or was lost ({})", error.kind()),
        ),
        InvocationError::Transport(error) => Failure::ambiguous(
            "transport",
            format!("Telegram's server broke the connection off ({error})"),
        ),
        InvocationError::Deserialize(_) => unreadable("its form is not known to this version"),
        InvocationError::Dropped(_) => Failure::ambiguous(
            "connection_gone",
            "The connection ended before Telegram had answered",
        ),
        InvocationError::Session(_) => Failure::ambiguous(
            "session_store",
            "The account's session could not be written, so that no connection was made",
        ),
        InvocationError::Authentication(_) => Failure::ambiguous(
            "key_exchange",
            "No encrypted connection could be agreed on with Telegram's server",
        ),
        // Found before anything was handed over.
        InvocationError::InvalidDc => no_session("it has no address for the account's data centre"),
    }
}

/// The class of an error that Telegram answered with.
fn classify_rpc(call: Call, error: &RpcError) -> Failure {
    let known = known::find(&error.name);
    let class = match error.code {
        // The only one that says something about this very call, whatever its code.
        _ if known.is_some_and(|known| known.meaning == Meaning::InFlight) => {
            FailureClass::InFlight
        }
        300..=499 => known.map_or(FailureClass::Refused(Refusal::Unclassified), |known| {
            class_of(known.meaning, call, error)
        }),
        // 5xx, and codes that Telegram does not document: nothing is proven.
        _ => FailureClass::Ambiguous,
    };
    Failure::new(class, error.name.as_str(), text_of(error, known))
}

fn class_of(meaning: Meaning, call: Call, error: &RpcError) -> FailureClass {
    let account = |fault| FailureClass::Refused(Refusal::Account(fault));
    match meaning {
        Meaning::Recipient => FailureClass::Refused(Refusal::Recipient),
        Meaning::Quarantined => account(AccountFault::Quarantined),
        Meaning::Revoked => account(AccountFault::Revoked),
        Meaning::Banned => account(AccountFault::Banned),
        Meaning::Frozen => account(AccountFault::Frozen { until: None, appeal: None }),
        Meaning::Config => FailureClass::Refused(Refusal::Config),
        Meaning::Wait => FailureClass::Wait { scope: call.scope(), delay: delay_of(error) },
        Meaning::ChatWait => FailureClass::Wait { scope: WaitScope::Chat, delay: delay_of(error) },
        Meaning::Elsewhere => match error.value.and_then(|dc| i32::try_from(dc).ok()) {
            Some(dc) => FailureClass::Elsewhere { dc },
            None => FailureClass::Refused(Refusal::Unclassified),
        },
        // With a code that says "refused", whatever the name says with another.
        Meaning::Message
        | Meaning::SignIn
        | Meaning::Call
        | Meaning::Theirs
        | Meaning::InFlight => FailureClass::Refused(Refusal::Unclassified),
    }
}

/// Telegram says 0 at times; waiting no time at all would be asking again in a loop.
fn delay_of(error: &RpcError) -> Duration {
    error.value.map_or(UNSAID_WAIT, |secs| {
        Duration::from_secs(u64::from(secs)).max(Duration::from_secs(1))
    })
}

fn text_of(error: &RpcError, known: Option<&known::Known>) -> String {
    let theirs = !(300..=499).contains(&error.code);
    let says = match known {
        Some(known) if !theirs || known.meaning == Meaning::InFlight => known.says(),
        _ if theirs => "Telegram has trouble of its own".to_owned(),
        _ => "Telegram refused the call for a reason that is not known here".to_owned(),
    };
    format!("{says} ({} {})", error.code, full_name(error))
}

/// The name as Telegram sent it, as far as it can be put together again.
fn full_name(error: &RpcError) -> String {
    match error.value {
        Some(value) => format!("{}_{value}", error.name),
        None => error.name.clone(),
    }
}

/// The data centre that an account has moved to, if that is what a failure says. Files that live
/// elsewhere (`FILE_MIGRATE`) do not move the account.
pub(crate) fn new_home(failure: &Failure) -> Option<i32> {
    match failure.class {
        FailureClass::Elsewhere { dc }
            if ["USER_MIGRATE", "PHONE_MIGRATE", "NETWORK_MIGRATE"]
                .contains(&failure.reason.as_str()) =>
        {
            Some(dc)
        }
        _ => None,
    }
}

/// Nobody answered in time.
pub(crate) fn timed_out(elapsed: Elapsed) -> Failure {
    Failure::ambiguous(
        "timeout",
        format!("Telegram did not answer within {} seconds", elapsed.0.as_secs_f32()),
    )
}

/// There is an answer, but not one that says what happened.
pub(crate) fn unreadable(what: &str) -> Failure {
    Failure::ambiguous("unreadable_answer", format!("Telegram's answer cannot be used: {what}"))
}

/// The session lacks what a connection begins with.
pub(crate) fn no_session(what: &str) -> Failure {
    Failure::new(
        FailureClass::Refused(Refusal::Account(AccountFault::Revoked)),
        "no_session",
        format!("The account's session cannot be used, because {what}; log in or import it again"),
    )
}

/// A data centre does not know the session's key (transport error 404), which is found before a
/// call is handed over (core.telegram.org/mtproto/mtproto-transports#transport-errors).
pub(crate) fn key_refused(session: &LiveSession) -> Failure {
    Failure::new(
        FailureClass::Refused(Refusal::Account(AccountFault::Revoked)),
        "auth_key_not_found",
        format!("Data centre {} does not know the account's key; log in again", session.home()),
    )
}

#[cfg(test)]
mod documented;
#[cfg(test)]
mod tests;
