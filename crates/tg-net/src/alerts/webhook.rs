//! A webhook: the alert as JSON, signed, to a URL of the operator's.
//!
//! `X-Tg-Signature` is `sha256=` and the hexadecimal HMAC-SHA-256, under the shared secret, of the
//! text of `X-Tg-Timestamp` (Unix seconds), a full stop, and the body. A receiver checks it, checks
//! that the time is recent, and recognises a repetition by `id`.

use crate::http::{HttpClient, HttpError, Method, Request};
use crate::policy::{Effect, Service};
use ring::hmac;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use std::sync::Arc;
use std::time::Duration;
use tg_core::failure::Failure;
use tg_core::ports::{Alert, Alerter, BoxFuture, Clock, Told};

/// Telling by this way takes no longer.
const LIMIT: Duration = Duration::from_secs(30);

/// Posts alerts to a URL.
pub struct WebhookAlerter {
    http: Arc<HttpClient>,
    service: Service,
    clock: Arc<dyn Clock>,
    url: SecretString,
    secret: Option<SecretString>,
    home: String,
}

#[derive(Serialize)]
struct Body<'a> {
    schema: &'static str,
    home: &'a str,
    id: i64,
    key: &'a str,
    title: &'a str,
    text: &'a str,
    raised_at: i64,
    times: u64,
}

impl WebhookAlerter {
    /// Posts to `url` (whoever has it can post there: a secret), signed if there is a `secret`. `home` tells homes apart.
    pub fn new(
        http: Arc<HttpClient>,
        service: Service,
        clock: Arc<dyn Clock>,
        url: SecretString,
        secret: Option<SecretString>,
        home: String,
    ) -> Self {
        Self { http, service, clock, url, secret, home }
    }

    fn request(&self, alert: &Alert) -> Result<Request, HttpError> {
        let body = serde_json::to_vec(&Body {
            schema: "tg.alert/1",
            home: &self.home,
            id: alert.id,
            key: &alert.what.key,
            title: &alert.what.title,
            text: &alert.what.text,
            raised_at: alert.raised_at.0.div_euclid(1_000),
            times: alert.times,
        })
        .expect("strings and numbers are JSON");
        let request = Request::new(Method::Post, self.url.expose_secret())?;
        let request = match &self.secret {
            Some(secret) => {
                let at = self.clock.now().0.div_euclid(1_000).to_string();
                let signature = signature(secret, &at, &body);
                request.header("x-tg-timestamp", &at)?.header("x-tg-signature", &signature)?
            }
            None => request,
        };
        Ok(request.json(body))
    }
}

fn signature(secret: &SecretString, at: &str, body: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes());
    let mut context = hmac::Context::with_key(&key);
    context.update(at.as_bytes());
    context.update(b".");
    context.update(body);
    format!("sha256={}", hex::encode(context.sign()))
}

impl Alerter for WebhookAlerter {
    fn tell<'a>(&'a self, alert: &'a Alert) -> BoxFuture<'a, Result<Told, Failure>> {
        Box::pin(async move {
            self.service
                .call(Effect::Acts, LIMIT, || async {
                    let answer = self.http.send(self.request(alert)?).await?;
                    answer.ok()?;
                    Ok(Told::default())
                })
                .await
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_covers_time_and_body() {
        let secret = SecretString::from("key");
        // RFC 4231 has no such message; this is what `printf '1.{}' | openssl dgst -sha256 -hmac key`
        // says.
        assert_eq!(signature(&secret, "1", b"{}"), EXPECTED);
        assert_ne!(signature(&secret, "2", b"{}"), EXPECTED);
        assert_ne!(signature(&secret, "1", b"{ }"), EXPECTED);
    }

    const EXPECTED: &str =
        "sha256=1ba6b8171186efc613e8bcc0cbdab2748f24984d7c5a84faa2637afa0e40d224";
}
