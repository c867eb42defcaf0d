//! Login codes out of text messages, from both kinds of gateway.

use crate::alerts::service;
use crate::bench::{Bench, LONG, RealClock};
use crate::http::client;
use secrecy::ExposeSecret;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tg_core::login::{CodeChannel, CodePattern};
use tg_core::peer::PhoneNumber;
use tg_core::ports::{Clock, CodeError, CodeRequest, CodeSource, LoginCode};
use tg_net::sms::{AndroidGateway, SmsSource, TextInbox, TwilioInbox};

const OURS: &str = "+99966200001";
const OTHER: &str = "+99966200002";

fn number(text: &str) -> PhoneNumber {
    PhoneNumber::from_e164(text).unwrap()
}

fn twilio(url: &str) -> SmsSource {
    let http = Arc::new(client("127.0.0.1", RealClock));
    let inbox = TwilioInbox::new(http, service(), url, "AC1".into(), "token".into()).unwrap();
    source(inbox)
}

fn android(url: &str) -> SmsSource {
    let http = Arc::new(client("127.0.0.1", RealClock));
    let numbers = vec![number(OURS)];
    source(AndroidGateway::new(http, service(), url.into(), "tg".into(), "secret".into(), numbers))
}

fn source(inbox: impl TextInbox + 'static) -> SmsSource {
    SmsSource::new(Arc::new(inbox), Arc::new(RealClock), None)
}

/// A request made now that is waited for so long.
fn request(wait: Duration) -> CodeRequest {
    let now = RealClock.now();
    CodeRequest {
        phone: number(OURS),
        requested_at: now,
        channel: CodeChannel::Sms,
        pattern: CodePattern::Digits(5),
        deadline: now + wait,
    }
}

/// Less than the pause between two looks: one look, and no waiting for a second.
const ONE_LOOK: Duration = Duration::from_secs(2);

struct Gateways(String);

impl Gateways {
    async fn post(&self, path: &str, body: serde_json::Value) {
        let url = format!("{}{path}", self.0);
        let request = tg_net::http::Request::new(tg_net::http::Method::Post, &url).unwrap();
        let request = request.json(serde_json::to_vec(&body).unwrap());
        client("127.0.0.1", RealClock).send(request).await.unwrap().ok().unwrap();
    }

    async fn receive(&self, to: &str, text: &str, seconds_ago: i64) {
        self.post("/receive", json!({"to": to, "text": text, "seconds_ago": seconds_ago})).await;
    }

    fn both(&self) -> [SmsSource; 2] {
        [twilio(&self.0), android(&self.0)]
    }
}

async fn gateways() -> (Bench, Gateways) {
    let bench = Bench::start().await;
    let url = bench.sim.ready().sms.clone();
    (bench, Gateways(url))
}

async fn wait(source: &SmsSource, request: &CodeRequest) -> Result<String, CodeError> {
    let LoginCode { code, received_at } = source.wait(request).await?;
    assert!(request.accepts(received_at));
    Ok(code.expose_secret().to_owned())
}

/// The fault "an expired SMS code used".
#[tokio::test]
async fn a_code_older_than_its_request_is_never_used() {
    let (_bench, gateways) = gateways().await;
    gateways.receive(OURS, "Telegram code 11111", 60).await;
    gateways.receive(OURS, "Telegram code 22222", 2).await;
    for source in gateways.both() {
        let none = wait(&source, &request(ONE_LOOK)).await;
        assert!(none.is_err(), "{}: {none:?}", source.name());
    }
    let asked = request(LONG);
    gateways.receive(OURS, "Telegram code 33333", 0).await;
    for source in gateways.both() {
        assert_eq!(wait(&source, &asked).await.unwrap(), "33333", "{}", source.name());
        let deadline = RealClock.now() + ONE_LOOK;
        let again = wait(&source, &CodeRequest { deadline, ..asked.clone() }).await;
        assert!(again.is_err(), "{}: used once", source.name());
    }
}

#[tokio::test]
async fn other_numbers_and_other_texts_are_passed_over() {
    let (_bench, gateways) = gateways().await;
    let asked = request(LONG);
    gateways.receive(OTHER, "Telegram code 44444", 0).await;
    gateways.receive(OURS, "Telegram code 55555", 0).await;
    gateways.receive(OURS, "Your parcel 123456 has come", 0).await;
    for source in gateways.both() {
        assert_eq!(wait(&source, &asked).await.unwrap(), "55555", "{}", source.name());
    }
    let elsewhere = CodeRequest { phone: number(OTHER), ..request(ONE_LOOK) };
    let refused = wait(&android(&gateways.0), &elsewhere).await.unwrap_err();
    assert!(matches!(refused, CodeError::NotHere(_)), "{refused}");
    let by_app = CodeRequest { channel: CodeChannel::App, ..request(ONE_LOOK) };
    for source in gateways.both() {
        let refused = wait(&source, &by_app).await.unwrap_err();
        assert!(matches!(refused, CodeError::NotHere(_)), "{refused}");
    }
}

#[tokio::test]
async fn further_pages_are_read() {
    let (_bench, gateways) = gateways().await;
    let asked = request(LONG);
    gateways.receive(OURS, "Telegram code 66666", 0).await;
    for _ in 0..60 {
        gateways.receive(OURS, "Nothing", 0).await;
    }
    assert_eq!(wait(&twilio(&gateways.0), &asked).await.unwrap(), "66666");
}

#[tokio::test]
async fn a_gateway_in_trouble_is_asked_again_and_a_wrong_one_is_not() {
    let (_bench, gateways) = gateways().await;
    let asked = request(LONG);
    gateways.receive(OURS, "Telegram code 77777", 0).await;
    for source in gateways.both() {
        gateways.post("/misbehave", json!([{"status": 503}, "garbage"])).await;
        assert_eq!(wait(&source, &asked).await.unwrap(), "77777", "{}", source.name());
    }
    for source in gateways.both() {
        gateways.post("/misbehave", json!([{"status": 401}])).await;
        let failed = wait(&source, &request(ONE_LOOK)).await.unwrap_err();
        assert!(matches!(failed, CodeError::Failed(_)), "{failed}");
    }
    gateways.post("/misbehave", json!(["elsewhere"])).await;
    let failed = wait(&twilio(&gateways.0), &request(ONE_LOOK)).await.unwrap_err();
    assert!(matches!(failed, CodeError::Failed(_)), "no token for another server: {failed}");
}

/// The fault "a network call without a timeout", for the gateways.
#[tokio::test]
async fn a_gateway_that_never_answers_ends_with_the_deadline() {
    let (_bench, gateways) = gateways().await;
    for source in gateways.both() {
        gateways.post("/misbehave", json!(["hang"])).await;
        let ended = wait(&source, &request(Duration::from_millis(300))).await.unwrap_err();
        assert!(matches!(ended, CodeError::Failed(_)), "{ended}");
    }
}
