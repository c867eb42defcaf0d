//! The calls, through the guarded client and the policies of every service.

use super::answer::read;
use super::question::Question;
use super::refusal;
use crate::http::{Answer, HttpClient, HttpError, Method, Request};
use crate::policy::{Effect, Service};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;
use tg_core::failure::Failure;
use tg_core::personal::{Ask, Fallback};
use tg_core::ports::{BoxFuture, TextWriter, WrittenText};

/// Asks one model with one key.
pub struct GeminiWriter {
    http: Arc<HttpClient>,
    service: Service,
    base: String,
    model: String,
    key: SecretString,
    limit: Duration,
}

/// ai.google.dev/api/tokens#v1beta.CountTokensResponse
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Counted {
    total_tokens: u32,
}

impl GeminiWriter {
    /// Asks `model` at `base` (`https://generativelanguage.googleapis.com`). A call takes no longer
    /// than `limit`, waiting for its turn included.
    ///
    /// # Errors
    /// If the two make no URL.
    pub fn new(
        http: Arc<HttpClient>,
        service: Service,
        base: &str,
        model: &str,
        key: SecretString,
        limit: Duration,
    ) -> Result<Self, HttpError> {
        let named = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
        if model.is_empty() || !model.chars().all(named) {
            return Err(HttpError::Url(format!("{model:?} is not the name of a model")));
        }
        let base = base.trim_end_matches('/').to_owned();
        Request::new(Method::Post, &base)?;
        Ok(Self { http, service, base, model: model.to_owned(), key, limit })
    }

    async fn call(&self, verb: &str, body: Vec<u8>) -> Result<Answer, Failure> {
        let url = format!("{}/v1beta/models/{}:{verb}", self.base, self.model);
        let request = Request::new(Method::Post, &url)?
            .header("x-goog-api-key", self.key.expose_secret())?
            .json(body);
        let answer = self.http.send(request).await?;
        if (200..300).contains(&answer.status) {
            Ok(answer)
        } else {
            Err(refusal::failure(&answer))
        }
    }

    async fn attempt(&self, ask: &Ask, longest: u32) -> Result<WrittenText, Failure> {
        match self.call("generateContent", Question::body(ask, longest)).await {
            Ok(answer) => Ok(read(&answer.body)),
            // An answer of any length was paid for; asked again, it would be as long.
            Err(failure) if failure.reason == "answer_too_long" => {
                Ok(WrittenText { text: Err(Fallback::Unreadable), usage: None })
            }
            Err(failure) => Err(failure),
        }
    }
}

impl TextWriter for GeminiWriter {
    fn model(&self) -> &str {
        &self.model
    }

    fn write<'a>(
        &'a self,
        ask: &'a Ask,
        longest: u32,
    ) -> BoxFuture<'a, Result<WrittenText, Failure>> {
        let attempt = move || self.attempt(ask, longest);
        Box::pin(self.service.call(Effect::Acts, self.limit, attempt))
    }

    fn count<'a>(&'a self, ask: &'a Ask) -> BoxFuture<'a, Result<i64, Failure>> {
        let attempt = move || async move {
            let answer = self.call("countTokens", Question::counted(ask, &self.model)).await?;
            Ok(i64::from(answer.json::<Counted>()?.total_tokens))
        };
        Box::pin(self.service.call(Effect::Reads, self.limit, attempt))
    }
}
