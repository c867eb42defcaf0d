//! The control interface: HTTP on loopback, for scripts and tests.

mod logins;
mod roads;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use grammers_tl_types::Serializable;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::clock;
use crate::mail::{Event, Letter, Said};
use crate::methods::{Caller, MAX_TEXT, incoming, utf16_units};
use crate::script::Cast;
use crate::server::stopped;
use crate::shared::Shared;
use crate::stats::Stats;
use crate::sync::locked;

/// The largest body that is read, bytes.
const MAX_BODY: usize = 4 * 1024 * 1024;

/// Serves until told to stop.
pub(crate) async fn serve(
    listener: TcpListener,
    shared: Arc<Shared>,
    mut stop: watch::Receiver<bool>,
) {
    let router = Router::new()
        .route("/script", post(script))
        .route("/stats", get(stats))
        .route("/say", post(say))
        .route("/pardon", post(pardon))
        .merge(roads::routes())
        .route("/forget_random_ids", post(forget_random_ids))
        .merge(logins::routes())
        .route("/forget_updates", post(forget_updates))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(shared);
    let served = async { axum::serve(listener, router).await };
    // Requests are answered at once, so there is nothing to drain; a client that keeps its connection is not waited for.
    tokio::select! {
        result = served => if let Err(error) = result {
            tracing::error!(%error, "the control interface stopped");
        },
        () = stopped(&mut stop) => {}
    }
}

/// A refusal, with what is wrong in it.
struct Refusal(StatusCode, String);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error": self.1 }))).into_response()
    }
}

fn bad(error: impl ToString) -> Refusal {
    Refusal(StatusCode::BAD_REQUEST, error.to_string())
}

fn missing(what: impl ToString) -> Refusal {
    Refusal(StatusCode::NOT_FOUND, what.to_string())
}

async fn script(State(shared): State<Arc<Shared>>, body: String) -> Result<Json<Value>, Refusal> {
    shared.set_rules(&body).map_err(bad)?;
    Ok(Json(json!({})))
}

async fn stats(State(shared): State<Arc<Shared>>) -> Json<Stats> {
    Json(shared.stats())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SayJson {
    from_user_id: i64,
    to_account: String,
    text: String,
    /// The message of the account's mailbox that it answers.
    #[serde(default)]
    reply_to: Option<i32>,
}

/// Makes a user write to an account.
async fn say(State(shared): State<Arc<Shared>>, body: String) -> Result<Json<Value>, Refusal> {
    let said: SayJson = serde_json::from_str(&body).map_err(bad)?;
    let index = shared
        .account(&said.to_account)
        .ok_or_else(|| missing(format!("there is no account called {:?}", said.to_account)))?;
    let account = &shared.accounts[index];
    if !shared.has_user(said.from_user_id) || said.from_user_id == account.user_id() {
        return Err(missing(format!("{} is no user who could write", said.from_user_id)));
    }
    if said.text.trim().is_empty() || utf16_units(&said.text) > MAX_TEXT {
        return Err(bad(format!("a text has from 1 to {MAX_TEXT} characters")));
    }
    let (message_id, update) = receive(&shared, index, &said);
    flush(&shared)?;
    if let Some(update) = update {
        account.tell(&update);
    }
    Ok(Json(json!({ "message_id": message_id })))
}

/// Puts what a user said into the account's mailbox and the log.
fn receive(shared: &Shared, index: usize, said: &SayJson) -> (i32, Option<Vec<u8>>) {
    let account = &shared.accounts[index];
    let mut mailbox = locked(&account.mailbox);
    let message_id = mailbox.next_id();
    shared.events.push(&Event::Said(Said {
        at: clock::stamp().into(),
        from_user_id: said.from_user_id,
        to_user_id: account.user_id(),
        message_id,
        text: said.text.as_str().into(),
        reply_to: said.reply_to,
    }));
    mailbox.add(Letter {
        id: message_id,
        date: clock::date(),
        peer: said.from_user_id,
        out: false,
        random_id: 0,
        text: said.text.as_str().into(),
        entities: Box::default(),
        media: None,
        reply_to: said.reply_to,
    });
    let dc = account.home_dc();
    let reader = Caller { shared, account, index, device: account, device_index: index, dc };
    (message_id, incoming(&reader, &mailbox).map(|u| u.to_bytes()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PardonJson {
    account: String,
}

/// Makes a banned, frozen or logged out account usable again.
async fn pardon(State(shared): State<Arc<Shared>>, body: String) -> Result<Json<Value>, Refusal> {
    let asked: PardonJson = serde_json::from_str(&body).map_err(bad)?;
    let index = shared
        .account(&asked.account)
        .ok_or_else(|| missing(format!("there is no account called {:?}", asked.account)))?;
    shared.pardon(&shared.accounts[index]);
    flush(&shared)?;
    Ok(Json(json!({})))
}

async fn forget_random_ids(State(shared): State<Arc<Shared>>) -> Result<Json<Value>, Refusal> {
    shared.forget_random_ids();
    flush(&shared)?;
    Ok(Json(json!({})))
}

async fn forget_updates(State(shared): State<Arc<Shared>>) -> Result<Json<Value>, Refusal> {
    shared.forget_updates();
    flush(&shared)?;
    Ok(Json(json!({})))
}

fn flush(shared: &Shared) -> Result<(), Refusal> {
    shared.flush().map_err(|error| Refusal(StatusCode::INSUFFICIENT_STORAGE, error.to_string()))
}
