//! Text messages to a phone of the operator's that runs android-sms-gateway
//! (docs.sms-gate.app/features/reading-messages, github.com/capcom6/android-sms-gateway).

use super::source::{Text, TextInbox};
use crate::http::{HttpClient, Method, Request};
use crate::policy::{Effect, Service};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;
use tg_core::failure::Failure;
use tg_core::peer::PhoneNumber;
use tg_core::ports::BoxFuture;
use tg_core::time::Timestamp;

/// Messages that one look reads.
const LIMIT: usize = 50;

/// A gateway, and the numbers whose messages arrive at its phone.
pub struct AndroidGateway {
    http: Arc<HttpClient>,
    service: Service,
    base: String,
    user: String,
    password: SecretString,
    numbers: Vec<PhoneNumber>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    id: String,
    /// The number it was sent to, if the phone's operator tells it.
    recipient: Option<String>,
    content_preview: String,
    /// RFC 3339.
    created_at: String,
}

impl AndroidGateway {
    /// Reads from the gateway at `base`, whose phone has these `numbers`.
    pub fn new(
        http: Arc<HttpClient>,
        service: Service,
        base: String,
        user: String,
        password: SecretString,
        numbers: Vec<PhoneNumber>,
    ) -> Self {
        Self { http, service, base, user, password, numbers }
    }

    async fn read(&self, phone: &PhoneNumber, since: Timestamp) -> Result<Vec<Text>, Failure> {
        let from = jiff::Timestamp::from_millisecond(since.0.div_euclid(1_000) * 1_000)
            .unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        let base = self.base.trim_end_matches('/');
        let url = format!("{base}/inbox?type=SMS&limit={LIMIT}&offset=0&from={from}");
        let password = self.password.expose_secret();
        let basic = format!("Basic {}", STANDARD.encode(format!("{}:{password}", self.user)));
        let request = Request::new(Method::Get, &url)?.header("authorization", &basic)?;
        let messages: Vec<Message> = self.http.send(request).await?.ok()?.json()?;
        Ok(messages.into_iter().filter_map(|message| self.incoming(message, phone)).collect())
    }

    /// A message for this number. A phone that does not say which of its numbers a message came to
    /// is believed only if it has no other.
    fn incoming(&self, message: Message, phone: &PhoneNumber) -> Option<Text> {
        let ours = match &message.recipient {
            Some(to) if !to.is_empty() => to == phone.e164(),
            _ => self.numbers.len() == 1,
        };
        let at: jiff::Timestamp = message.created_at.parse().ok()?;
        ours.then(|| Text {
            id: message.id,
            body: message.content_preview,
            received_at: Timestamp(at.as_millisecond()),
        })
    }
}

impl TextInbox for AndroidGateway {
    fn name(&self) -> &'static str {
        "android"
    }

    fn hears(&self, phone: &PhoneNumber) -> bool {
        self.numbers.contains(phone)
    }

    fn texts<'a>(
        &'a self,
        phone: &'a PhoneNumber,
        since: Timestamp,
        limit: Duration,
    ) -> BoxFuture<'a, Result<Vec<Text>, Failure>> {
        Box::pin(self.service.call(Effect::Reads, limit, move || self.read(phone, since)))
    }
}
