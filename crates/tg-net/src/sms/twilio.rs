//! Text messages to numbers at Twilio (twilio.com/docs/messaging/api/message-resource).

use super::source::{Text, TextInbox};
use crate::http::{HttpClient, HttpError, Method, Request};
use crate::policy::{Effect, Service};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::fmt::rfc2822;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;
use tg_core::failure::Failure;
use tg_core::peer::PhoneNumber;
use tg_core::ports::BoxFuture;
use tg_core::time::Timestamp;
use url::Url;

/// Pages that one look reads: newest first, so a code is on the first.
const MAX_PAGES: usize = 4;
/// Messages of a page.
const PAGE: usize = 50;

/// Messages that arrived at an account's numbers.
pub struct TwilioInbox {
    http: Arc<HttpClient>,
    service: Service,
    base: Url,
    sid: SecretString,
    token: SecretString,
}

#[derive(Deserialize)]
struct Page {
    messages: Vec<Message>,
    next_page_uri: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    sid: String,
    direction: String,
    to: String,
    body: String,
    /// When it was sent; RFC 2822. For what came in: when Twilio got it.
    date_sent: Option<String>,
    date_created: Option<String>,
}

impl TwilioInbox {
    /// Reads with the account's `sid` and `token`; `base` is `https://api.twilio.com`.
    ///
    /// # Errors
    /// If `base` is no URL.
    pub fn new(
        http: Arc<HttpClient>,
        service: Service,
        base: &str,
        sid: SecretString,
        token: SecretString,
    ) -> Result<Self, HttpError> {
        let base = Url::parse(base).map_err(|error| HttpError::Url(error.to_string()))?;
        Ok(Self { http, service, base, sid, token })
    }

    fn first(&self, phone: &PhoneNumber) -> Result<Url, HttpError> {
        let path = format!("/2010-04-01/Accounts/{}/Messages.json", self.sid.expose_secret());
        let mut url = self.join(&path)?;
        url.query_pairs_mut()
            .append_pair("To", phone.e164())
            .append_pair("PageSize", &PAGE.to_string());
        Ok(url)
    }

    /// Pages follow each other by paths. One that leads to another server would get the token.
    fn join(&self, path: &str) -> Result<Url, HttpError> {
        let url = self.base.join(path).map_err(|error| HttpError::Url(error.to_string()))?;
        if url.origin() != self.base.origin() {
            return Err(HttpError::Url("the next page is on another server".to_owned()));
        }
        Ok(url)
    }

    async fn page(&self, url: &Url) -> Result<Page, Failure> {
        let (sid, token) = (self.sid.expose_secret(), self.token.expose_secret());
        let basic = format!("Basic {}", STANDARD.encode(format!("{sid}:{token}")));
        let request = Request::new(Method::Get, url.as_str())?.header("authorization", &basic)?;
        Ok(self.http.send(request).await?.ok()?.json()?)
    }

    async fn read(&self, phone: &PhoneNumber, since: Timestamp) -> Result<Vec<Text>, Failure> {
        let mut url = self.first(phone)?;
        let mut texts = Vec::new();
        for _ in 0..MAX_PAGES {
            let page = self.page(&url).await?;
            let found: Vec<Text> =
                page.messages.into_iter().filter_map(|message| incoming(message, phone)).collect();
            // Newest first: what follows an older one is older still.
            let older = found.iter().any(|text| text.received_at < since - Duration::from_secs(60));
            texts.extend(found);
            match page.next_page_uri {
                Some(next) if !older => url = self.join(&next)?,
                _ => break,
            }
        }
        Ok(texts)
    }
}

/// A message that came in for this number, with a time that can be read.
fn incoming(message: Message, phone: &PhoneNumber) -> Option<Text> {
    if message.direction != "inbound" || message.to != phone.e164() {
        return None;
    }
    let date = message.date_sent.or(message.date_created)?;
    let at = rfc2822::parse(&date).ok()?.timestamp();
    Some(Text { id: message.sid, body: message.body, received_at: Timestamp(at.as_millisecond()) })
}

impl TextInbox for TwilioInbox {
    fn name(&self) -> &'static str {
        "twilio"
    }

    /// Which numbers an account has is Twilio's to know.
    fn hears(&self, _: &PhoneNumber) -> bool {
        true
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
