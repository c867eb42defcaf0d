//! All proxies.

use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::json::{Proxies, Proxy};
use crate::permissions::Permission;

/// All proxies, by name, with whose they are and how they were.
///
/// # Errors
/// A refusal, or the store's failure.
pub async fn list(app: &App, actor: &Actor) -> Result<Proxies, AppError> {
    let act = Act::begin(app, actor, Permission::ProxyList, "proxies", None).await?;
    act.read(|unit| {
        let proxies = unit.proxies()?.iter().map(Proxy::from).collect();
        Ok(Proxies { schema: "tg.proxies/1", proxies })
    })
    .await
}
