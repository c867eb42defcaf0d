//! What an error of the outside world means for the thing that was attempted.
//!
//! Everything downstream reads the class; people read the text. Each adapter maps each of its
//! errors to exactly one class, and says nothing softer than what the remote side proved.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What a failed call proves, and whom it concerns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FailureClass {
    /// The remote side answered "no". Nothing was delivered by this call.
    Refused(Refusal),
    /// The remote side answered "later". Nothing was delivered by this call.
    Wait {
        /// What has to wait.
        scope: WaitScope,
        /// How long from now; at least a second.
        delay: Duration,
    },
    /// The remote side answered "ask data centre `dc`". Nothing was delivered by this call.
    Elsewhere {
        /// The data centre to ask.
        dc: i32,
    },
    /// No answer, or none that can be read: the call may have been carried out.
    Ambiguous,
    /// The remote side answered "this very call is being carried out now"
    /// (`RANDOM_ID_DUPLICATE`).
    InFlight,
}

/// Whom a refusal concerns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// This recipient, for good, whatever account asks.
    Recipient,
    /// This account: it stops.
    Account(AccountFault),
    /// The installation (API id, layer, wrong data centre): everything stops and a person is told.
    Config,
    /// An error nobody has classified: this message stops, nothing is retried, a person is told.
    Unclassified,
}

/// What Telegram said about an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountFault {
    /// `PEER_FLOOD`: it wrote to too many strangers. A person decides when it goes on.
    Quarantined,
    /// The session is gone (`AUTH_KEY_UNREGISTERED`, `SESSION_REVOKED`, …): log in again.
    Revoked,
    /// `USER_DEACTIVATED_BAN`.
    Banned,
    /// `FROZEN_METHOD_INVALID`: read-only until an appeal succeeds.
    Frozen {
        /// When Telegram says it will be deleted or thawed, if it says.
        until: Option<Timestamp>,
        /// Where to appeal, if it says.
        appeal: Option<String>,
    },
    /// The connection turned out to belong to another Telegram user than recorded.
    WrongIdentity,
}

/// What has to wait, from narrow to wide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitScope {
    /// This account towards this chat (slow mode).
    Chat,
    /// This account and this kind of call.
    Method(Method),
    /// This account as a whole.
    Account,
}

/// Kinds of calls that Telegram limits separately.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Sending a message.
    Send,
    /// Turning a username or phone number into a peer: limited far more tightly than sending.
    Resolve,
    /// Reading a chat's history.
    History,
}

impl Method {
    /// The name under which it is stored and shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::Resolve => "resolve",
            Self::History => "history",
        }
    }

    /// The inverse of [`Method::as_str`].
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Send, Self::Resolve, Self::History].into_iter().find(|m| m.as_str() == name)
    }
}

/// A failed call: its class for the program, its name and text for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct Failure {
    /// What it means.
    pub class: FailureClass,
    /// A stable upper-case name where the remote side gives one (`USER_IS_BLOCKED`), else ours in
    /// lower case (`timeout`).
    pub reason: String,
    /// One sentence for a person; carries no phone number and no secret.
    pub text: String,
}

impl Failure {
    /// Builds a failure.
    pub fn new(class: FailureClass, reason: impl Into<String>, text: impl Into<String>) -> Self {
        Self { class, reason: reason.into(), text: text.into() }
    }

    /// No answer that can be read.
    pub fn ambiguous(reason: impl Into<String>, text: impl Into<String>) -> Self {
        Self::new(FailureClass::Ambiguous, reason, text)
    }
}
