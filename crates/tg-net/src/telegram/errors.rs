//! What an error of Telegram or of the way there means: one table, one function.
//!
//! Sources: core.telegram.org/api/errors and the error lists of the methods used
//! (core.telegram.org/method/messages.sendMessage, …/contacts.resolveUsername,
//! …/contacts.resolvePhone, …/messages.getHistory).

use super::session::LiveSession;
use crate::policy::Elapsed;
use grammers_client::sender::{InvocationError, RpcError};
use std::time::Duration;
use tg_core::failure::{AccountFault, Failure, FailureClass, Method, Refusal, WaitScope};

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

/// What a named error of Telegram means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    /// Nobody can write to (or find) this recipient this way.
    Recipient,
    /// Wrote to too many strangers.
    Quarantined,
    /// The session is gone.
    Revoked,
    /// The account is gone.
    Banned,
    /// The account is read-only.
    Frozen,
    /// The number in the name is a time in seconds, for this kind of call.
    Wait,
    /// The number in the name is a time in seconds, for this chat.
    ChatWait,
    /// The number in the name is a data centre.
    Elsewhere,
    /// The installation is at fault.
    Config,
}

struct Row {
    names: &'static [&'static str],
    meaning: Meaning,
    says: &'static str,
}

const fn row(names: &'static [&'static str], meaning: Meaning, says: &'static str) -> Row {
    Row { names, meaning, says }
}

/// Names without the number that grammers splits off (`FLOOD_WAIT_7` is `FLOOD_WAIT`, 7).
const TABLE: &[Row] = &[
    // Later.
    row(
        &["FLOOD_WAIT", "FLOOD_PREMIUM_WAIT"],
        Meaning::Wait,
        "Telegram asks this account to wait before it does this again",
    ),
    row(&["SLOWMODE_WAIT"], Meaning::ChatWait, "This chat is in slow mode"),
    // This recipient, for good.
    row(&["USER_IS_BLOCKED"], Meaning::Recipient, "The recipient has blocked the account"),
    row(&["YOU_BLOCKED_USER"], Meaning::Recipient, "The account has blocked the recipient"),
    row(
        &["USER_PRIVACY_RESTRICTED"],
        Meaning::Recipient,
        "The recipient's privacy settings do not allow it",
    ),
    row(
        &["PRIVACY_PREMIUM_REQUIRED"],
        Meaning::Recipient,
        "The recipient accepts messages from strangers only if they have Telegram Premium",
    ),
    row(
        &["ALLOW_PAYMENT_REQUIRED"],
        Meaning::Recipient,
        "The recipient accepts messages from strangers only if they are paid for",
    ),
    row(&["INPUT_USER_DEACTIVATED"], Meaning::Recipient, "The recipient's account was deleted"),
    row(&["USER_IS_BOT"], Meaning::Recipient, "The recipient is a bot, to which bots cannot write"),
    row(
        &["PEER_ID_INVALID"],
        Meaning::Recipient,
        "The account does not know the recipient, or they do not exist",
    ),
    row(
        &["CHAT_WRITE_FORBIDDEN", "CHAT_SEND_PLAIN_FORBIDDEN"],
        Meaning::Recipient,
        "The account may not write in this chat",
    ),
    row(&["USERNAME_NOT_OCCUPIED"], Meaning::Recipient, "Nobody has this username"),
    row(&["USERNAME_INVALID"], Meaning::Recipient, "This is not a username that anybody can have"),
    row(
        &["PHONE_NOT_OCCUPIED", "PHONE_NUMBER_INVALID"],
        Meaning::Recipient,
        "Nobody who may be found by it has this phone number",
    ),
    // This account.
    row(
        &["PEER_FLOOD"],
        Meaning::Quarantined,
        "Telegram says that the account wrote to too many people who do not know it",
    ),
    row(
        &[
            "AUTH_KEY_UNREGISTERED",
            "AUTH_KEY_INVALID",
            "AUTH_KEY_PERM_EMPTY",
            "SESSION_REVOKED",
            "SESSION_EXPIRED",
            "SESSION_PASSWORD_NEEDED",
            "USER_DEACTIVATED",
        ],
        Meaning::Revoked,
        "The account's session is no longer valid; log in again",
    ),
    row(
        &["AUTH_KEY_DUPLICATED"],
        Meaning::Revoked,
        "The account's session was used in two places at once, and Telegram ended it; log in again",
    ),
    row(&["USER_DEACTIVATED_BAN"], Meaning::Banned, "Telegram has banned the account"),
    row(
        &["FROZEN_METHOD_INVALID", "FROZEN_PARTICIPANT_MISSING"],
        Meaning::Frozen,
        "Telegram has frozen the account; it can be appealed against",
    ),
    // Elsewhere.
    row(
        &["PHONE_MIGRATE", "USER_MIGRATE", "NETWORK_MIGRATE", "FILE_MIGRATE", "STATS_MIGRATE"],
        Meaning::Elsewhere,
        "Telegram wants this to be asked in another data centre",
    ),
    // The installation.
    row(
        &[
            "API_ID_INVALID",
            "API_ID_PUBLISHED_FLOOD",
            "CONNECTION_API_ID_INVALID",
            "CONNECTION_APP_VERSION_EMPTY",
            "CONNECTION_DEVICE_MODEL_EMPTY",
            "CONNECTION_LANG_PACK_INVALID",
            "CONNECTION_LAYER_INVALID",
            "CONNECTION_NOT_INITED",
            "CONNECTION_SYSTEM_EMPTY",
            "CONNECTION_SYSTEM_LANG_CODE_EMPTY",
            "INPUT_LAYER_INVALID",
            "UPDATE_APP_TO_LOGIN",
        ],
        Meaning::Config,
        "Telegram does not accept this application as it is set up",
    ),
];

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
    let name = error.name.as_str();
    let class = match error.code {
        // Theirs. The only one that says something about the call is the one about its id.
        -599..=-500 | 500..=599 if name == "RANDOM_ID_DUPLICATE" => FailureClass::InFlight,
        300..=499 => match TABLE.iter().find(|row| row.names.contains(&name)) {
            Some(row) => class_of(row.meaning, call, error),
            None => FailureClass::Refused(Refusal::Unclassified),
        },
        // 5xx, and codes that Telegram does not document: nothing is proven.
        _ => FailureClass::Ambiguous,
    };
    Failure::new(class, name, text_of(error))
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
    }
}

/// Telegram says 0 at times; waiting no time at all would be asking again in a loop.
fn delay_of(error: &RpcError) -> Duration {
    error.value.map_or(UNSAID_WAIT, |secs| {
        Duration::from_secs(u64::from(secs)).max(Duration::from_secs(1))
    })
}

fn text_of(error: &RpcError) -> String {
    let says = if (500..=599).contains(&error.code.saturating_abs()) {
        "Telegram has trouble of its own"
    } else {
        TABLE
            .iter()
            .find(|row| row.names.contains(&error.name.as_str()))
            .map_or("Telegram refused the call for a reason that is not known here", |row| row.says)
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
mod tests;
