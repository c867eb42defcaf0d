//! Something that writes texts: a language model of somebody else's.

use super::BoxFuture;
use crate::failure::{Failure, FailureClass};
use crate::personal::{Ask, Fallback, Usage};

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenText {
    /// The text, not checked yet; or why there is none. Either was paid for.
    pub text: Result<String, Fallback>,
    /// What it cost, if the provider said so.
    pub usage: Option<Usage>,
}

/// Writes texts. Another model is another implementation.
pub trait TextWriter: Send + Sync {
    /// The model's name: another one writes other texts.
    fn model(&self) -> &str;

    /// Asks once: what may have been paid for is not asked again behind the caller's back. An
    /// answer of `longest` tokens at most is paid for. Each call has a timeout of its own.
    fn write<'a>(
        &'a self,
        ask: &'a Ask,
        longest: u32,
    ) -> BoxFuture<'a, Result<WrittenText, Failure>>;

    /// How many tokens a question has. Costs nothing.
    fn count<'a>(&'a self, ask: &'a Ask) -> BoxFuture<'a, Result<i64, Failure>>;
}

/// Whether a failed question may have been paid for: only one that reached the model and whose
/// answer did not come back whole. Errors are free
/// (ai.google.dev/gemini-api/docs/billing, "Am I charged for failed requests?").
#[must_use]
pub fn may_have_cost(failure: &Failure) -> bool {
    const NOT_ASKED: [&str; 5] =
        ["breaker_open", "crowded", "throttled", "unreachable", "http_status"];
    failure.class == FailureClass::Ambiguous && !NOT_ASKED.contains(&failure.reason.as_str())
}
