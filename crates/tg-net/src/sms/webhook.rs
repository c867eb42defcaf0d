//! Text messages that a phone with android-sms-gateway posts to us: a small listener that lives as
//! long as the command that signs in. It reads nothing from whoever does not sign, and of those who
//! do no more than a message.

use super::signed::{self, Arrived, Signature};
use super::source::{Text, TextInbox};
use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use secrecy::SecretString;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tg_core::failure::Failure;
use tg_core::peer::PhoneNumber;
use tg_core::ports::{BoxFuture, Clock};
use tg_core::time::Timestamp;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

/// The longest body: a chain of text messages with what surrounds it is far shorter.
const MAX_BODY: usize = 16 * 1024;
/// The longest head of a request.
const MAX_HEAD: usize = 16 * 1024;
/// Connections at a time; further ones wait in the system's queue.
const AT_ONCE: usize = 16;
/// A connection that has not been served by then is dropped.
const LIMIT: Duration = Duration::from_secs(10);
/// Messages that are kept.
const MAX_TEXTS: usize = 64;
/// Events that are recognised when they are posted again.
const MAX_SEEN: usize = 256;

/// What has arrived, for whoever waits for a code.
pub struct WebhookInbox {
    clock: Arc<dyn Clock>,
    key: SecretString,
    numbers: Vec<PhoneNumber>,
    kept: Mutex<Kept>,
    /// Counts what arrived.
    news: watch::Sender<u64>,
}

#[derive(Default)]
struct Kept {
    texts: VecDeque<(PhoneNumber, Text)>,
    seen: VecDeque<String>,
}

/// A listener; [`WebhookListener::close`] ends it, and so does dropping it.
pub struct WebhookListener {
    address: SocketAddr,
    tasks: JoinSet<()>,
}

impl WebhookInbox {
    /// For the phone that signs with `key` and has these `numbers`.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, key: SecretString, numbers: Vec<PhoneNumber>) -> Self {
        Self { clock, key, numbers, kept: Mutex::default(), news: watch::Sender::new(0) }
    }

    /// Listens at `address`. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// If the address cannot be listened at.
    pub async fn listen(self: &Arc<Self>, address: SocketAddr) -> io::Result<WebhookListener> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(Arc::clone(self), listener));
        Ok(WebhookListener { address, tasks })
    }

    async fn answer(&self, request: Request<Incoming>) -> StatusCode {
        if request.method() != Method::POST {
            return StatusCode::METHOD_NOT_ALLOWED;
        }
        let (head, body) = request.into_parts();
        let signature = match self.signature(&head.headers) {
            Ok(signature) => signature,
            Err(refusal) => return turned_away(refusal),
        };
        let Ok(body) = Limited::new(body, MAX_BODY).collect().await else {
            tracing::info!("a webhook's body was too long or was cut off");
            return StatusCode::PAYLOAD_TOO_LARGE;
        };
        let body = body.to_bytes();
        if let Err(refusal) = signature.verify(&self.key, &body) {
            return turned_away(refusal);
        }
        match signed::arrived(&body) {
            Ok(Some(arrived)) => {
                self.keep(arrived);
                StatusCode::OK
            }
            Ok(None) => StatusCode::OK,
            Err(error) => {
                tracing::info!(%error, "a signed webhook is not understood");
                StatusCode::BAD_REQUEST
            }
        }
    }

    fn signature(&self, headers: &HeaderMap) -> Result<Signature, signed::Unsigned> {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        Signature::read(header("x-timestamp"), header("x-signature"), self.clock.now())
    }

    /// Keeps a message that is new and to one of the phone's numbers. A phone that does not say
    /// which of its numbers is believed only if it has no other.
    fn keep(&self, Arrived { text, to }: Arrived) {
        let Some(to) = to.or_else(|| match &self.numbers[..] {
            [only] => Some(only.clone()),
            _ => None,
        }) else {
            tracing::info!("a text message does not say to which number it was sent");
            return;
        };
        // What is kept is one insertion after the other: a panic elsewhere leaves it whole.
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.numbers.contains(&to) || kept.seen.contains(&text.id) {
            return;
        }
        if kept.seen.len() >= MAX_SEEN {
            kept.seen.pop_front();
        }
        kept.seen.push_back(text.id.clone());
        if kept.texts.len() >= MAX_TEXTS {
            kept.texts.pop_front();
        }
        kept.texts.push_back((to, text));
        drop(kept);
        self.news.send_modify(|count| *count += 1);
    }

    fn kept(&self, phone: &PhoneNumber, since: Timestamp) -> Vec<Text> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let texts = kept.texts.iter().filter(|(to, _)| to == phone);
        texts.filter(|(_, text)| text.received_at >= since).map(|(_, text)| text.clone()).collect()
    }
}

impl WebhookListener {
    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends it with every connection, and returns when that is done.
    pub async fn close(mut self) {
        self.tasks.shutdown().await;
    }
}

/// Dropped with its task, and every connection with it.
async fn accept(inbox: Arc<WebhookInbox>, listener: TcpListener) {
    let room = Arc::new(Semaphore::new(AT_ONCE));
    let mut open = JoinSet::new();
    loop {
        // The semaphore is never closed.
        let Ok(seat) = Arc::clone(&room).acquire_owned().await else { return };
        while open.try_join_next().is_some() {}
        match listener.accept().await {
            Ok((socket, _)) => {
                let inbox = Arc::clone(&inbox);
                open.spawn(async move {
                    serve(&inbox, socket).await;
                    drop(seat);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection to the webhook was not accepted");
                inbox.clock.sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

/// One request, then the connection ends.
async fn serve(inbox: &WebhookInbox, socket: TcpStream) {
    let service = service_fn(async |request| {
        let mut response = Response::new(Empty::<Bytes>::new());
        *response.status_mut() = inbox.answer(request).await;
        Ok::<_, Infallible>(response)
    });
    let mut http = http1::Builder::new();
    let connection = http
        .keep_alive(false)
        .max_buf_size(MAX_HEAD)
        .serve_connection(TokioIo::new(socket), service);
    match tokio::time::timeout(LIMIT, connection).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::debug!(%error, "a connection to the webhook failed"),
        Err(_) => tracing::debug!("a connection to the webhook took too long"),
    }
}

fn turned_away(refusal: signed::Unsigned) -> StatusCode {
    tracing::warn!(%refusal, "a webhook was turned away");
    StatusCode::UNAUTHORIZED
}

impl TextInbox for WebhookInbox {
    fn name(&self) -> &'static str {
        "webhook"
    }

    fn hears(&self, phone: &PhoneNumber) -> bool {
        self.numbers.contains(phone)
    }

    /// Waits for news, so that whoever asks again and again asks rarely.
    fn texts<'a>(
        &'a self,
        phone: &'a PhoneNumber,
        since: Timestamp,
        limit: Duration,
    ) -> BoxFuture<'a, Result<Vec<Text>, Failure>> {
        // The second of the request counts, as everywhere.
        let since = Timestamp(since.0.div_euclid(1_000) * 1_000);
        Box::pin(async move {
            let mut news = self.news.subscribe();
            let up = self.clock.sleep(limit);
            tokio::pin!(up);
            loop {
                let texts = self.kept(phone, since);
                if !texts.is_empty() {
                    return Ok(texts);
                }
                tokio::select! {
                    () = &mut up => return Ok(Vec::new()),
                    // The sender is ours.
                    _ = news.changed() => {}
                }
            }
        })
    }
}
