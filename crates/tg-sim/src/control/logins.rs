//! Signing in, from the side of the person whose account it is: reads codes, accepts QR codes.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::Json;
use axum::routing::{get, post};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Refusal, bad, flush, missing};
use crate::login::{Sent, Way};
use crate::methods::token_accepted;
use crate::script::Cast;
use crate::shared::Shared;

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new().route("/codes", get(codes).post(set)).route("/qr", post(accept))
}

fn digits(phone: &str) -> String {
    phone.chars().filter(char::is_ascii_digit).collect()
}

/// Codes that were sent, oldest first, as whoever holds the phone reads them.
async fn codes(State(shared): State<Arc<Shared>>) -> Json<Vec<Sent>> {
    Json(shared.desk.sent())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Setting {
    phone: String,
    way: Option<Way>,
    #[serde(default)]
    expire: bool,
}

/// Says how the next codes of a number are delivered, or that those under way are too old.
async fn set(State(shared): State<Arc<Shared>>, body: String) -> Result<Json<Value>, Refusal> {
    let setting: Setting = serde_json::from_str(&body).map_err(bad)?;
    let digits = digits(&setting.phone);
    if let Some(way) = setting.way {
        shared.desk.set_way(&digits, way);
    }
    if setting.expire {
        shared.desk.expire(&digits);
    }
    Ok(Json(json!({})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scan {
    account: String,
    url: String,
}

/// The person scans a QR code with a phone on which they are signed in, and agrees.
async fn accept(State(shared): State<Arc<Shared>>, body: String) -> Result<Json<Value>, Refusal> {
    let scan: Scan = serde_json::from_str(&body).map_err(bad)?;
    let account = shared
        .account(&scan.account)
        .ok_or_else(|| missing(format!("there is no account called {:?}", scan.account)))?;
    let token = scan
        .url
        .strip_prefix("tg://login?token=")
        .and_then(|token| URL_SAFE_NO_PAD.decode(token).ok())
        .ok_or_else(|| bad("that is no QR code of Telegram's"))?;
    let (keys, update) = token_accepted(&shared, &token, account)
        .ok_or_else(|| bad("the token is not shown by anybody, or not any more"))?;
    flush(&shared)?;
    shared.accounts[keys].tell(&update);
    Ok(Json(json!({})))
}
