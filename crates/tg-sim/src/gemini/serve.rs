//! The HTTP interface: `v1beta/models/{model}:generateContent` and `:countTokens`.

use std::io;
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::post;
use futures_util::stream;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::sleep;

use super::answer::{Asked, error, said};
use super::fault::{GeminiFault, Refusal};
use crate::clock;
use crate::script::{self, Action};
use crate::server::stopped;
use crate::shared::Shared;

/// The largest request that is read, bytes.
const MAX_BODY: usize = 4 * 1024 * 1024;
/// The key that is refused; every other one is good.
const BAD_KEY: &str = "bad-key";
/// Rules about an account never meet a call to this endpoint.
const NOBODY: usize = usize::MAX;

/// Serves until told to stop.
pub(crate) async fn serve(
    listener: TcpListener,
    shared: Arc<Shared>,
    mut stop: watch::Receiver<bool>,
) {
    let router = Router::new()
        .route("/v1beta/models/{call}", post(call))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(shared);
    let served = async { axum::serve(listener, router).await };
    tokio::select! {
        result = served => if let Err(error) = result {
            tracing::error!(%error, "the Gemini endpoint stopped");
        },
        () = stopped(&mut stop) => {}
    }
}

/// What a call does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verb {
    Generate,
    Count,
}

impl Verb {
    /// As rules and statistics name it.
    const fn method(self) -> &'static str {
        match self {
            Self::Generate => "gemini.generateContent",
            Self::Count => "gemini.countTokens",
        }
    }
}

async fn call(
    State(shared): State<Arc<Shared>>,
    Path(call): Path<String>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let Some((model, verb)) = call.split_once(':') else { return refused(404) };
    let verb = match verb {
        "generateContent" => Verb::Generate,
        "countTokens" => Verb::Count,
        _ => return refused(404),
    };
    match headers.get("x-goog-api-key").and_then(|key| key.to_str().ok()) {
        None | Some("") => return refused(403),
        Some(BAD_KEY) => return refused(400),
        Some(_) => {}
    }
    let Ok(sent) = serde_json::from_str::<Value>(&body) else { return refused(400) };
    if note(&shared, verb, model, &sent).is_err() {
        return refused(500);
    }
    let asked = sent.get("generateContentRequest").unwrap_or(&sent);
    let Ok(asked) = serde_json::from_value::<Asked>(asked.clone()) else { return refused(400) };
    let action = shared.script.decide(&script::Asked {
        method: verb.method(),
        account: NOBODY,
        to: &[],
        at: Instant::now(),
    });
    let response = decided(verb, &asked, action).await;
    shared.counters.called(verb.method(), response.status().is_success());
    response
}

/// Keeps what was asked, before anything is answered: the journal is the judge of what left the other side.
fn note(shared: &Shared, verb: Verb, model: &str, sent: &Value) -> io::Result<()> {
    shared.prompts.push(&json!({
        "at": clock::stamp(), "method": verb.method(), "model": model, "body": sent,
    }));
    shared.prompts.flush()
}

async fn decided(verb: Verb, asked: &Asked, action: Option<Action>) -> Response {
    match action {
        None => good(verb, asked),
        Some(Action::Delay(delay)) => {
            sleep(delay).await;
            good(verb, asked)
        }
        Some(Action::Hang(_) | Action::Mute(_)) => std::future::pending().await,
        Some(Action::Drop(_)) => cut(""),
        Some(Action::RpcError { code, .. }) => refused(u16::try_from(code).unwrap_or(500)),
        Some(Action::Gemini(fault)) => misbehaved(verb, asked, &fault),
        Some(Action::Move(_) | Action::Ban | Action::Freeze { .. } | Action::Limit(_)) => {
            refused(403)
        }
    }
}

fn good(verb: Verb, asked: &Asked) -> Response {
    match verb {
        Verb::Count => Json(json!({ "totalTokens": asked.tokens() })).into_response(),
        Verb::Generate => says(asked, &asked.wrapped(&asked.text())),
    }
}

fn says(asked: &Asked, text: &str) -> Response {
    Json(asked.answer(said(text, "STOP"), text)).into_response()
}

fn misbehaved(verb: Verb, asked: &Asked, fault: &GeminiFault) -> Response {
    let candidate = |candidate: Value| Json(asked.answer(candidate, "")).into_response();
    match fault {
        GeminiFault::Error(refusal) => refusing(refusal),
        GeminiFault::Text(text) => says(asked, &asked.wrapped(text)),
        GeminiFault::Raw(text) => says(asked, text),
        GeminiFault::Finish(reason) if reason == "MAX_TOKENS" => {
            let text = asked.wrapped(&asked.text());
            let half: String = text.chars().take(text.chars().count() / 2).collect();
            Json(asked.answer(said(&half, reason), &half)).into_response()
        }
        GeminiFault::Finish(reason) => candidate(json!({ "finishReason": reason, "index": 0 })),
        GeminiFault::Block(reason) => Json(json!({
            "promptFeedback": { "blockReason": reason },
            "usageMetadata": {
                "promptTokenCount": asked.tokens(), "totalTokenCount": asked.tokens(),
            },
        }))
        .into_response(),
        GeminiFault::Empty => says(asked, ""),
        GeminiFault::NoContent => candidate(json!({ "finishReason": "STOP", "index": 0 })),
        GeminiFault::Cut => {
            let whole = asked.answer(said(&asked.text(), "STOP"), "").to_string();
            cut(&whole.chars().take(whole.chars().count() / 2).collect::<String>())
        }
        GeminiFault::Bytes(count) => says(asked, &asked.wrapped(&"x".repeat(*count))),
        GeminiFault::Garbage if verb == Verb::Generate => "<html>".into_response(),
        GeminiFault::Garbage => good(verb, asked),
    }
}

/// A body that promises more than it has: the connection ends in its middle.
fn cut(begin: &str) -> Response {
    let parts = [
        Ok(begin.as_bytes().to_vec()),
        Err(io::Error::new(io::ErrorKind::ConnectionReset, "a simulated cut")),
    ];
    let mut response = Response::new(Body::from_stream(stream::iter(parts)));
    let json = header::HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

fn refused(status: u16) -> Response {
    refusing(&Refusal::plain(status))
}

fn refusing(refusal: &Refusal) -> Response {
    let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::BAD_GATEWAY);
    (status, Json(error(refusal))).into_response()
}
