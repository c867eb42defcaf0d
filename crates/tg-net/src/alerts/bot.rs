//! The operator's own bot, by the HTTP API of bots (core.telegram.org/bots/api#sendmessage).
//!
//! Not through an account of the home: an alert often says that accounts cannot send, and must not
//! wait for them, count against their limits, or be mistaken for a campaign's message.

use crate::http::{HttpClient, HttpError, Method, Request};
use crate::policy::{Effect, Service};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;
use tg_core::failure::{Failure, FailureClass, Refusal, WaitScope};
use tg_core::ports::{Alert, Alerter, BoxFuture, Told};

/// Telling by this way takes no longer.
const LIMIT: Duration = Duration::from_secs(30);

/// A message's text is no longer (core.telegram.org/bots/api#sendmessage).
const MAX_TEXT: usize = 4_096;

/// Sends alerts to one chat.
pub struct BotAlerter {
    http: Arc<HttpClient>,
    service: Service,
    api: String,
    token: SecretString,
    chat: i64,
}

#[derive(Serialize)]
struct Message<'a> {
    chat_id: i64,
    text: &'a str,
    link_preview_options: NoPreview,
}

#[derive(Serialize)]
struct NoPreview {
    is_disabled: bool,
}

/// core.telegram.org/bots/api#making-requests
#[derive(Deserialize)]
struct Reply {
    ok: bool,
    error_code: Option<u16>,
    description: Option<String>,
    parameters: Option<Parameters>,
}

/// core.telegram.org/bots/api#responseparameters
#[derive(Deserialize)]
struct Parameters {
    retry_after: Option<u64>,
}

impl BotAlerter {
    /// Writes to `chat` with the bot's `token`. `api` is `https://api.telegram.org`, or a server of
    /// the operator's that speaks the same.
    pub fn new(
        http: Arc<HttpClient>,
        service: Service,
        api: String,
        token: SecretString,
        chat: i64,
    ) -> Self {
        Self { http, service, api, token, chat }
    }

    fn request(&self, alert: &Alert) -> Result<Request, HttpError> {
        let text = text(alert);
        let message = Message {
            chat_id: self.chat,
            text: &text,
            link_preview_options: NoPreview { is_disabled: true },
        };
        let body = serde_json::to_vec(&message).expect("strings and numbers are JSON");
        // The token stands in the path; no error names a path.
        let api = self.api.trim_end_matches('/');
        let url = format!("{api}/bot{}/sendMessage", self.token.expose_secret());
        Ok(Request::new(Method::Post, &url)?.json(body))
    }

    async fn attempt(&self, alert: &Alert) -> Result<Told, Failure> {
        let answer = self.http.send(self.request(alert)?).await?;
        match answer.json::<Reply>() {
            Ok(Reply { ok: true, .. }) if answer.status == 200 => Ok(Told::default()),
            Ok(reply) => Err(refused(&reply)),
            // Something in between answered for the API.
            Err(error) => {
                answer.ok()?;
                Err(error.into())
            }
        }
    }
}

fn text(alert: &Alert) -> String {
    let times = if alert.times > 1 {
        format!("\n\n(It happened {} times.)", alert.times)
    } else {
        String::new()
    };
    let text = format!("{}\n\n{}{times}", alert.what.title, alert.what.text);
    text.chars().take(MAX_TEXT).collect()
}

fn refused(reply: &Reply) -> Failure {
    let code = reply.error_code.unwrap_or(0);
    let wait = reply.parameters.as_ref().and_then(|parameters| parameters.retry_after);
    let class = match (code, wait) {
        (429, wait) => FailureClass::Wait {
            scope: WaitScope::Account,
            delay: Duration::from_secs(wait.unwrap_or(30).clamp(1, 86_400)),
        },
        (500..=599 | 0, _) => FailureClass::Ambiguous,
        _ => FailureClass::Refused(Refusal::Config),
    };
    let description = reply.description.as_deref().unwrap_or("no reason given");
    Failure::new(class, "bot_api", format!("the bot cannot write: {code} {description}"))
}

impl Alerter for BotAlerter {
    fn tell<'a>(&'a self, alert: &'a Alert) -> BoxFuture<'a, Result<Told, Failure>> {
        Box::pin(self.service.call(Effect::Acts, LIMIT, || self.attempt(alert)))
    }
}
