//! Waiting for a code among text messages: the same for every gateway.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tg_core::failure::{Failure, FailureClass};
use tg_core::login::CodeChannel;
use tg_core::money::Money;
use tg_core::peer::PhoneNumber;
use tg_core::ports::{BoxFuture, Clock, CodeError, CodeRequest, CodeSource, LoginCode};
use tg_core::time::Timestamp;

/// How often a gateway is asked. A text message takes seconds anyway.
const LOOK: Duration = Duration::from_secs(3);

/// Messages that are remembered as used.
const MAX_USED: usize = 256;

/// A text message that arrived.
#[derive(Clone)]
pub struct Text {
    /// By which the gateway tells messages apart.
    pub id: String,
    /// What it says. A code, so it is never printed.
    pub body: String,
    /// When it arrived, by the gateway's clock.
    pub received_at: Timestamp,
}

/// Where text messages to the operator's numbers can be read.
pub trait TextInbox: Send + Sync {
    /// The name in the setting `login.codes` and in results.
    fn name(&self) -> &'static str;

    /// Whether messages to this number arrive there at all.
    fn hears(&self, phone: &PhoneNumber) -> bool;

    /// Messages that arrived for `phone` since about `since`, older ones perhaps among them. Ends
    /// within `limit`.
    fn texts<'a>(
        &'a self,
        phone: &'a PhoneNumber,
        since: Timestamp,
        limit: Duration,
    ) -> BoxFuture<'a, Result<Vec<Text>, Failure>>;
}

/// A gateway as a source of login codes.
pub struct SmsSource {
    inbox: Arc<dyn TextInbox>,
    clock: Arc<dyn Clock>,
    price: Option<Money>,
    /// A message is the answer to one request.
    used: Mutex<VecDeque<String>>,
}

impl SmsSource {
    /// Reads codes from `inbox`, where a text message costs `price`.
    #[must_use]
    pub fn new(inbox: Arc<dyn TextInbox>, clock: Arc<dyn Clock>, price: Option<Money>) -> Self {
        Self { inbox, clock, price, used: Mutex::default() }
    }

    async fn look(&self, request: &CodeRequest) -> Result<LoginCode, CodeError> {
        if request.channel != CodeChannel::Sms {
            let channel = request.channel;
            return Err(CodeError::NotHere(format!("the code was sent {channel}, not by SMS")));
        }
        if !self.inbox.hears(&request.phone) {
            let name = self.inbox.name();
            return Err(CodeError::NotHere(format!("{name} does not hear of this number")));
        }
        loop {
            let left = request.deadline.since(self.clock.now());
            let (phone, since) = (&request.phone, request.requested_at);
            let failed = match self.inbox.texts(phone, since, left).await {
                Ok(texts) => match self.answer(request, texts) {
                    Some(code) => return Ok(code),
                    None => None,
                },
                // Asking again changes nothing.
                Err(failure) if matches!(failure.class, FailureClass::Refused(_)) => {
                    return Err(CodeError::Failed(failure));
                }
                Err(failure) => Some(failure),
            };
            if self.clock.now() + LOOK >= request.deadline {
                return Err(failed.map_or(CodeError::TimedOut, CodeError::Failed));
            }
            self.clock.sleep(LOOK).await;
        }
    }

    /// The newest message that answers the request and was not used before.
    fn answer(&self, request: &CodeRequest, mut texts: Vec<Text>) -> Option<LoginCode> {
        texts.retain(|text| request.accepts(text.received_at));
        texts.sort_by(|a, b| b.received_at.cmp(&a.received_at).then_with(|| b.id.cmp(&a.id)));
        // What is used is one insertion: a panic elsewhere leaves the list whole.
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let (text, code) = texts
            .into_iter()
            .filter(|text| !used.contains(&text.id))
            .find_map(|text| request.pattern.find(&text.body).map(|code| (text, code)))?;
        if used.len() >= MAX_USED {
            used.pop_front();
        }
        used.push_back(text.id);
        Some(LoginCode { code, received_at: text.received_at })
    }
}

impl CodeSource for SmsSource {
    fn name(&self) -> &'static str {
        self.inbox.name()
    }

    fn price(&self, phone: &PhoneNumber) -> Option<Money> {
        self.price.filter(|_| self.inbox.hears(phone))
    }

    fn wait<'a>(&'a self, request: &'a CodeRequest) -> BoxFuture<'a, Result<LoginCode, CodeError>> {
        Box::pin(self.look(request))
    }
}
