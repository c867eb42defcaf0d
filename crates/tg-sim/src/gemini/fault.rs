//! How the endpoint misbehaves, beyond what every method can be told to do.

use serde::Deserialize;

/// One way to answer wrongly: `{"gemini": "cut"}`, `{"gemini": {"finish": "SAFETY"}}`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum GeminiFault {
    /// An error with the details that Google's APIs give (cloud.google.com/apis/design/errors).
    Error(Refusal),
    /// Another text, wrapped as it was asked for.
    Text(String),
    /// A text as it is, whatever was asked for.
    Raw(String),
    /// A candidate that ended for this reason: with half a text for `MAX_TOKENS`, else without content.
    Finish(String),
    /// A prompt that was blocked for this reason: no candidates.
    Block(String),
    /// `STOP`, and nothing said.
    Empty,
    /// `STOP`, and no content at all.
    NoContent,
    /// A body that ends in the middle, and the connection with it.
    Cut,
    /// A body of so many bytes.
    Bytes(usize),
    /// A body that is no JSON.
    Garbage,
}

/// An error's status, and what its details say.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    /// `RetryInfo.retryDelay`, such as `26s`.
    #[serde(default)]
    pub(crate) retry_delay: Option<String>,
    /// `QuotaFailure.violations[].quotaId`.
    #[serde(default)]
    pub(crate) quota_id: Option<String>,
}

impl Refusal {
    /// An error without details.
    pub(crate) fn plain(status: u16) -> Self {
        Self { status, retry_delay: None, quota_id: None }
    }
}
