//! Telling a person: a webhook that checks its signature, and the API of bots.

use crate::bench::RealClock;
use crate::http::{Server, client};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use std::sync::{Arc, Mutex};
use tg_core::breaker::BreakerPolicy;
use tg_core::failure::{FailureClass, Refusal};
use tg_core::ports::{Alert, Alerter, Clock, HealthWatch, NewAlert, ServiceHealth};
use tg_core::testing::SeededEntropy;
use tg_core::time::Timestamp;
use tg_net::alerts::{BotAlerter, WebhookAlerter};
use tg_net::policy::{Breakers, Limits, Service};

struct Deaf;

impl HealthWatch for Deaf {
    fn changed(&self, _: ServiceHealth) {}
}

pub fn service() -> Service {
    let clock: Arc<dyn Clock> = Arc::new(RealClock);
    let breakers = Breakers::new(Arc::clone(&clock), BreakerPolicy::SERVICE, Arc::new(Deaf));
    let entropy = Arc::new(SeededEntropy::new(5));
    Service::new("test", &clock, entropy, Arc::new(breakers), Limits::GENTLE)
}

fn alert() -> Alert {
    Alert {
        id: 7,
        what: NewAlert {
            key: "account/anna/frozen".to_owned(),
            title: "Account anna is frozen".to_owned(),
            text: "Appeal.".to_owned(),
        },
        raised_at: Timestamp::from_secs(1_800_000_000),
        times: 2,
        attempts: 0,
    }
}

type Heard = Arc<Mutex<Vec<(HeaderMap, Bytes)>>>;

async fn hear(State(heard): State<Heard>, headers: HeaderMap, body: Bytes) -> StatusCode {
    heard.lock().unwrap().push((headers, body));
    StatusCode::NO_CONTENT
}

#[tokio::test]
async fn a_webhook_gets_the_alert_once_signed() {
    let heard = Heard::default();
    let router = Router::new().route("/hook", post(hear)).with_state(Arc::clone(&heard));
    let server = Server::start(router).await;
    let way = WebhookAlerter::new(
        Arc::new(client("127.0.0.1", RealClock)),
        service(),
        Arc::new(RealClock),
        server.url("/hook").into(),
        Some("key".into()),
        "shop".to_owned(),
    );
    way.tell(&alert()).await.unwrap();
    let heard = heard.lock().unwrap();
    let [(headers, body)] = heard.as_slice() else { panic!("once: {heard:?}") };
    let json: serde_json::Value = serde_json::from_slice(body).unwrap();
    assert_eq!(json["schema"], "tg.alert/1");
    assert_eq!((&json["id"], &json["key"]), (&7.into(), &"account/anna/frozen".into()));
    assert_eq!((&json["home"], &json["times"]), (&"shop".into(), &2.into()));
    let header = |name: &str| headers[name].to_str().unwrap().to_owned();
    // Checked as a receiver would: with another implementation of the same standard.
    let mut signed = header("x-tg-timestamp").into_bytes();
    signed.push(b'.');
    signed.extend_from_slice(body);
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, b"key");
    let given = header("x-tg-signature");
    let given = hex::decode(given.strip_prefix("sha256=").unwrap()).unwrap();
    ring::hmac::verify(&key, &signed, &given).unwrap();
}

#[tokio::test]
async fn a_webhook_that_refuses_is_not_asked_again_at_once() {
    let asked = Arc::new(Mutex::new(0));
    let count = Arc::clone(&asked);
    let no = move || async move {
        *count.lock().unwrap() += 1;
        StatusCode::INTERNAL_SERVER_ERROR
    };
    let server = Server::start(Router::new().route("/hook", post(no))).await;
    let http = Arc::new(client("127.0.0.1", RealClock));
    let url = server.url("/hook");
    let way =
        WebhookAlerter::new(http, service(), Arc::new(RealClock), url.into(), None, String::new());
    let failure = way.tell(&alert()).await.unwrap_err();
    assert_eq!(failure.class, FailureClass::Ambiguous, "it may have been taken");
    assert_eq!(*asked.lock().unwrap(), 1);
}

#[tokio::test]
async fn the_bot_writes_to_its_operator() {
    let heard = Heard::default();
    let take = |State(heard): State<Heard>, Path(bot): Path<String>, body: Bytes| async move {
        let mut headers = HeaderMap::new();
        headers.insert("bot", bot.parse().unwrap());
        heard.lock().unwrap().push((headers, body));
        r#"{"ok":true,"result":{"message_id":1}}"#
    };
    let router =
        Router::new().route("/{bot}/sendMessage", post(take)).with_state(Arc::clone(&heard));
    let server = Server::start(router).await;
    let http = Arc::new(client("127.0.0.1", RealClock));
    let way = BotAlerter::new(http, service(), server.url("/"), "12:token".into(), 42);
    way.tell(&alert()).await.unwrap();
    let heard = heard.lock().unwrap();
    let [(headers, body)] = heard.as_slice() else { panic!("once") };
    assert_eq!(headers["bot"], "bot12:token");
    let json: serde_json::Value = serde_json::from_slice(body).unwrap();
    assert_eq!(json["chat_id"], 42);
    let text = json["text"].as_str().unwrap();
    assert!(text.starts_with("Account anna is frozen\n\nAppeal."), "{text}");
    assert!(text.contains("2 times"), "{text}");
}

#[tokio::test]
async fn a_bot_that_may_not_write_says_why_without_its_token() {
    let no = || async {
        let reply = r#"{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked"}"#;
        (StatusCode::FORBIDDEN, reply)
    };
    let server = Server::start(Router::new().route("/{bot}/sendMessage", post(no))).await;
    let http = Arc::new(client("127.0.0.1", RealClock));
    let way = BotAlerter::new(http, service(), server.url(""), "12:token".into(), 42);
    let failure = way.tell(&alert()).await.unwrap_err();
    assert_eq!(failure.class, FailureClass::Refused(Refusal::Config));
    assert!(failure.text.contains("bot was blocked"), "{}", failure.text);
    assert!(!failure.text.contains("token"), "{}", failure.text);
}
