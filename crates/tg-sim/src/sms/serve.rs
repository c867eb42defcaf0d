//! The gateways' HTTP interfaces on one port: `/2010-04-01/…` as Twilio's, `/inbox` as
//! android-sms-gateway's; `/receive`,
//! `/misbehave` and `/webhook` are the simulator's own.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::inbox::{Fault, Sms, SmsInbox};
use super::webhook::Webhook;
use crate::server::stopped;
use crate::shared::Shared;

/// Messages of a page, unless a client wants fewer.
const PAGE: usize = 50;

/// Serves until told to stop.
pub(crate) async fn serve(
    listener: TcpListener,
    shared: Arc<Shared>,
    mut stop: watch::Receiver<bool>,
) {
    let router = Router::new()
        .route("/2010-04-01/Accounts/{sid}/Messages.json", get(twilio))
        .route("/inbox", get(android))
        .route("/receive", post(receive))
        .route("/misbehave", post(misbehave))
        .route("/webhook", post(register).get(answers))
        .with_state(Arc::clone(&shared));
    let served = async { axum::serve(listener, router).await };
    tokio::select! {
        result = served => if let Err(error) = result {
            tracing::error!(%error, "the SMS gateways stopped");
        },
        () = shared.sms.courier.run() => {}
        () = stopped(&mut stop) => {}
    }
}

/// What stands behind the question mark (url.spec.whatwg.org/#urlencoded-parsing).
fn params(query: Option<&str>) -> BTreeMap<String, String> {
    let pairs = query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect()
}

fn decoded(text: &str) -> String {
    let spaced = text.replace('+', " ");
    let mut parts = spaced.split('%');
    let mut out = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let hex = part.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        out.push(hex.unwrap_or(b'%'));
        out.extend_from_slice(part.get(2..).unwrap_or_default().as_bytes());
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// What goes wrong, or that nobody said who they are.
async fn hindered(inbox: &SmsInbox, headers: &HeaderMap) -> Option<Response> {
    let known = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("Basic "));
    if !known {
        return Some(StatusCode::UNAUTHORIZED.into_response());
    }
    match inbox.fault()? {
        Fault::Hang => std::future::pending().await,
        Fault::Status(status) => {
            Some(StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY).into_response())
        }
        Fault::Garbage => Some("<html>".into_response()),
        Fault::Elsewhere => {
            let next = "http://192.0.2.1/2010-04-01/next";
            Some(Json(json!({ "messages": [], "next_page_uri": next })).into_response())
        }
    }
}

/// twilio.com/docs/messaging/api/message-resource#read-multiple-message-resources
async fn twilio(
    State(shared): State<Arc<Shared>>,
    Path(sid): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    if let Some(response) = hindered(&shared.sms, &headers).await {
        return response;
    }
    let params = params(query.as_deref());
    let number = |name: &str| params.get(name).and_then(|value| value.parse::<usize>().ok());
    let size = number("PageSize").unwrap_or(PAGE).clamp(1, 1_000);
    let page = number("Page").unwrap_or(0);
    let to = params.get("To");
    let all: Vec<Sms> =
        shared.sms.newest().into_iter().filter(|sms| to.is_none_or(|to| *to == sms.to)).collect();
    let messages: Vec<Value> = all.iter().skip(page * size).take(size).map(at_twilio).collect();
    let next = (all.len() > (page + 1) * size).then(|| {
        let to = to.map_or_else(String::new, |to| format!("&To={}", to.replace('+', "%2B")));
        format!("/2010-04-01/Accounts/{sid}/Messages.json?PageSize={size}&Page={}{to}", page + 1)
    });
    Json(json!({ "messages": messages, "next_page_uri": next, "page": page })).into_response()
}

fn at_twilio(sms: &Sms) -> Value {
    let date = jiff::Timestamp::from_second(sms.at)
        .ok()
        .and_then(|at| jiff::fmt::rfc2822::to_string(&at.to_zoned(jiff::tz::TimeZone::UTC)).ok());
    json!({
        "sid": format!("SM{:032x}", sms.number),
        "direction": "inbound",
        "from": sms.from,
        "to": sms.to,
        "body": sms.text,
        "status": "received",
        "date_sent": date,
        "date_created": date,
        "price": "-0.00750",
        "price_unit": "USD",
    })
}

/// docs.sms-gate.app/features/reading-messages
async fn android(
    State(shared): State<Arc<Shared>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    if let Some(response) = hindered(&shared.sms, &headers).await {
        return response;
    }
    let params = params(query.as_deref());
    let number = |name: &str| params.get(name).and_then(|value| value.parse::<usize>().ok());
    let from = params.get("from").and_then(|from| from.parse::<jiff::Timestamp>().ok());
    let from = from.map_or(i64::MIN, jiff::Timestamp::as_second);
    let messages: Vec<Value> = shared
        .sms
        .newest()
        .iter()
        .filter(|sms| sms.at >= from)
        .skip(number("offset").unwrap_or(0))
        .take(number("limit").unwrap_or(PAGE))
        .map(|sms| {
            json!({
                "id": format!("{:08x}", sms.number),
                "type": "SMS",
                "sender": sms.from,
                "recipient": sms.to,
                "contentPreview": sms.text,
                "createdAt": jiff::Timestamp::from_second(sms.at).map(|at| at.to_string()).ok(),
            })
        })
        .collect();
    Json(messages).into_response()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Received {
    to: String,
    text: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    seconds_ago: i64,
}

/// A text message arrives at one of the numbers.
async fn receive(State(shared): State<Arc<Shared>>, Json(sms): Json<Received>) -> StatusCode {
    shared.sms.receive(&sms.from, &sms.to, &sms.text, sms.seconds_ago);
    StatusCode::NO_CONTENT
}

/// The next answers go wrong so, one after the other: `["hang", {"status": 503}]`.
async fn misbehave(
    State(shared): State<Arc<Shared>>,
    Json(faults): Json<Vec<Fault>>,
) -> StatusCode {
    shared.sms.misbehave(faults);
    StatusCode::NO_CONTENT
}

/// From now on the phone posts what arrives: `{"address": "127.0.0.1:8089", "key": "…"}`.
async fn register(State(shared): State<Arc<Shared>>, Json(webhook): Json<Webhook>) -> StatusCode {
    if shared.sms.courier.register(webhook) {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::BAD_REQUEST
    }
}

/// What the receiver answered, oldest first.
async fn answers(State(shared): State<Arc<Shared>>) -> Json<Vec<u16>> {
    Json(shared.sms.courier.answers())
}
