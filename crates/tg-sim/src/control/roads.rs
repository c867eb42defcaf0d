//! Proxies and connections, over the control interface.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::Json;
use axum::routing::get;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Refusal, bad, missing};
use crate::proxies::State as ProxyState;
use crate::shared::Shared;

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new().route("/proxies", get(proxies).post(change)).route("/links", get(links))
}

async fn proxies(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let proxies: Vec<_> = shared.proxies.iter().map(|proxy| proxy.seen()).collect();
    Json(json!(proxies))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangeJson {
    name: String,
    state: ProxyState,
}

/// Makes a proxy die, go silent or come back.
async fn change(State(shared): State<Arc<Shared>>, body: String) -> Result<Json<Value>, Refusal> {
    let asked: ChangeJson = serde_json::from_str(&body).map_err(bad)?;
    let proxy = shared.proxies.iter().find(|proxy| proxy.name == asked.name);
    let proxy =
        proxy.ok_or_else(|| missing(format!("there is no proxy called {:?}", asked.name)))?;
    proxy.set(asked.state);
    Ok(Json(json!({})))
}

async fn links(State(shared): State<Arc<Shared>>) -> Json<Value> {
    Json(json!(shared.links.seen(&shared)))
}
