//! What can go wrong with HTTP, and what it proves.

use super::answer::Answer;
use crate::policy::Elapsed;
use std::time::Duration;
use tg_core::failure::{Failure, FailureClass, Refusal, WaitScope};
use tg_core::ip::Network;

/// A wait whose length the server did not say.
const UNSAID_WAIT: Duration = Duration::from_secs(60);
/// No server's word is taken for longer.
const MAX_WAIT: Duration = Duration::from_secs(86_400);

/// An address that may not be connected to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{host} has an address of {}; `net.allow_private` can allow it", .network.words())]
pub struct Refused {
    /// Whose it is.
    pub host: String,
    /// Where it leads.
    pub network: Network,
}

/// Why there is no usable answer. No text carries a URL's path or query: secrets stand there.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The URL cannot be used.
    #[error("the URL cannot be used: {0}")]
    Url(String),
    /// It leads where the program does not go.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The server redirects too often, or in a way that is not followed.
    #[error("{host} redirects {how}")]
    Redirect {
        /// Who.
        host: String,
        /// How.
        how: &'static str,
    },
    /// No answer in time.
    #[error("{host}: {elapsed}")]
    Timeout {
        /// Who was asked.
        host: String,
        /// After how long.
        elapsed: Elapsed,
    },
    /// The connection failed or broke.
    #[error("the connection to {host} failed or was lost: {detail}")]
    Connection {
        /// Who was asked.
        host: String,
        /// What happened.
        detail: String,
    },
    /// Nobody answers there: the request never left.
    #[error("{host} cannot be reached: {detail}")]
    Unreachable {
        /// Who was to be asked.
        host: String,
        /// What happened.
        detail: String,
    },
    /// The answer is longer than allowed.
    #[error("the answer of {host} is longer than {limit} bytes")]
    TooLong {
        /// Who answered.
        host: String,
        /// What is allowed.
        limit: usize,
    },
    /// The answer is not what was expected.
    #[error("the answer of {host} cannot be read: {detail}")]
    Unreadable {
        /// Who answered.
        host: String,
        /// Where and why.
        detail: String,
    },
    /// The server said no.
    #[error("{host} answered {status}")]
    Status {
        /// Who answered.
        host: String,
        /// The status.
        status: u16,
        /// When to come back, if it said so.
        retry_after: Option<Duration>,
    },
    /// The client could not be set up.
    #[error("no HTTP client could be set up: {0}")]
    Setup(String),
}

impl HttpError {
    pub(super) fn of_status(answer: &Answer) -> Self {
        Self::Status {
            host: answer.host.clone(),
            status: answer.status,
            retry_after: answer.retry_after,
        }
    }

    fn class(&self) -> FailureClass {
        match self {
            Self::Url(_) | Self::Refused(_) | Self::Redirect { .. } | Self::Setup(_) => {
                FailureClass::Refused(Refusal::Config)
            }
            Self::Timeout { .. }
            | Self::Connection { .. }
            | Self::Unreachable { .. }
            | Self::TooLong { .. }
            | Self::Unreadable { .. } => FailureClass::Ambiguous,
            Self::Status { status, retry_after, .. } => match status {
                401 | 403 | 404 | 407 => FailureClass::Refused(Refusal::Config),
                408 => FailureClass::Ambiguous,
                429 => FailureClass::Wait {
                    scope: WaitScope::Account,
                    delay: retry_after
                        .unwrap_or(UNSAID_WAIT)
                        .clamp(Duration::from_secs(1), MAX_WAIT),
                },
                400..=499 => FailureClass::Refused(Refusal::Unclassified),
                _ => FailureClass::Ambiguous,
            },
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::Url(_) => "bad_url",
            Self::Refused(_) => "address_refused",
            Self::Redirect { .. } => "redirect",
            Self::Timeout { .. } => "timeout",
            Self::Connection { .. } => "connection_lost",
            Self::Unreachable { .. } => "unreachable",
            Self::TooLong { .. } => "answer_too_long",
            Self::Unreadable { .. } => "unreadable_answer",
            Self::Status { .. } => "http_status",
            Self::Setup(_) => "http_setup",
        }
    }
}

impl From<HttpError> for Failure {
    fn from(error: HttpError) -> Self {
        Self::new(error.class(), error.reason(), error.to_string())
    }
}
