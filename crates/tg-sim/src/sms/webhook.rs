//! The phone that posts what arrives to a URL, signed, as android-sms-gateway does
//! (docs.sms-gate.app/features/webhooks); and that can be told to sign wrongly.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::{Request, header};
use hyper_util::rt::TokioIo;
use ring::hmac;
use serde::Deserialize;
use serde_json::json;
use tokio::net::TcpStream;
use tokio::sync::Notify;

use super::inbox::Sms;
use crate::clock;
use crate::sync::locked;

/// Messages that wait to be posted, and answers that are remembered.
const MAX: usize = 1_000;
/// How often a message is posted before the phone gives up.
const ATTEMPTS: u32 = 6;
/// Before the second attempt; doubled with each.
const PAUSE: Duration = Duration::from_millis(100);
/// What one attempt may take.
const LIMIT: Duration = Duration::from_secs(10);

/// Where text messages are posted, and how.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Webhook {
    /// Only addresses of this machine.
    address: SocketAddr,
    key: String,
    /// Seconds that are added to the time that is signed.
    #[serde(default)]
    skew: i64,
    /// How often each event is posted, as if the phone had not heard the answer.
    #[serde(default = "once")]
    repeat: u32,
}

const fn once() -> u32 {
    1
}

/// What is to be posted, and what was answered.
#[derive(Debug, Default)]
pub(crate) struct Courier {
    webhook: Mutex<Option<Webhook>>,
    waiting: Mutex<VecDeque<(Webhook, Sms)>>,
    news: Notify,
    answers: Mutex<VecDeque<u16>>,
}

impl Courier {
    /// Posts to this address from now on. Says whether it is one of this machine.
    pub(crate) fn register(&self, webhook: Webhook) -> bool {
        let loopback = webhook.address.ip().is_loopback();
        if loopback {
            *locked(&self.webhook) = Some(webhook);
        }
        loopback
    }

    /// The status of every answer, oldest first.
    pub(crate) fn answers(&self) -> Vec<u16> {
        locked(&self.answers).iter().copied().collect()
    }

    /// A message is to be posted, if that was asked for.
    pub(crate) fn hand(&self, sms: &Sms) {
        let Some(webhook) = locked(&self.webhook).clone() else { return };
        let mut waiting = locked(&self.waiting);
        if waiting.len() < MAX {
            waiting.push_back((webhook, sms.clone()));
        }
        drop(waiting);
        self.news.notify_one();
    }

    /// Posts one message after the other, for ever.
    pub(crate) async fn run(&self) {
        loop {
            let next = locked(&self.waiting).pop_front();
            match next {
                Some((webhook, sms)) => {
                    for _ in 0..webhook.repeat {
                        self.deliver(&webhook, &sms).await;
                    }
                }
                None => self.news.notified().await,
            }
        }
    }

    /// Until somebody answers; what they answer is theirs to say.
    async fn deliver(&self, webhook: &Webhook, sms: &Sms) {
        let mut pause = PAUSE;
        for _ in 0..ATTEMPTS {
            match tokio::time::timeout(LIMIT, post(webhook, sms)).await {
                Ok(Ok(status)) => {
                    let mut answers = locked(&self.answers);
                    if answers.len() >= MAX {
                        answers.pop_front();
                    }
                    return answers.push_back(status);
                }
                Ok(Err(error)) => tracing::debug!(%error, "a webhook was not posted"),
                Err(_) => tracing::debug!("nobody answered a webhook"),
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
    }
}

async fn post(webhook: &Webhook, sms: &Sms) -> io::Result<u16> {
    let (body, stamp) = (body(sms), (clock::seconds() + webhook.skew).to_string());
    let key = hmac::Key::new(hmac::HMAC_SHA256, webhook.key.as_bytes());
    let signed = [body.as_bytes(), stamp.as_bytes()].concat();
    let signature = hex::encode(hmac::sign(&key, &signed));
    let socket = TcpStream::connect(webhook.address).await?;
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(socket)).await.map_err(io::Error::other)?;
    let request = Request::post("/")
        .header(header::HOST, webhook.address.to_string())
        .header(header::CONTENT_TYPE, "application/json")
        .header("X-Timestamp", stamp)
        .header("X-Signature", signature)
        .body(Full::new(Bytes::from(body)))
        .map_err(io::Error::other)?;
    // The connection ends with the answer: the receiver does not keep it.
    let (response, _) = tokio::join!(sender.send_request(request), connection);
    Ok(response.map_err(io::Error::other)?.status().as_u16())
}

fn body(sms: &Sms) -> String {
    let at = jiff::Timestamp::from_second(sms.at).map(|at| at.to_string()).ok();
    json!({
        "deviceId": "simulated",
        "event": "sms:received",
        "id": format!("{:021x}", sms.number),
        "webhookId": "tg-sim",
        "payload": {
            "messageId": format!("{:08x}", sms.number),
            "message": sms.text,
            "sender": sms.from,
            "phoneNumber": sms.from,
            "recipient": sms.to,
            "simNumber": 1,
            "receivedAt": at,
        },
    })
    .to_string()
}
