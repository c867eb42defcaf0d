//! Giving an account another proxy.

use super::assign::told;
use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::json::ProxyReplace;
use crate::named;
use crate::permissions::Permission;
use std::time::Duration;
use tg_core::ids::{ProxyId, Slug};
use tg_core::ports::Unit;
use tg_core::proxy::spares;

/// Gives an account another proxy: the one that is named, or a spare. The old one becomes a spare.
/// A running engine lets what is in flight land, closes the connection, and connects through the
/// new one after `pause`.
///
/// # Errors
/// If there is no such account or proxy; a refusal if the account has no proxy, if the named one is
/// another account's, or if there is no spare that has not failed.
pub async fn replace(
    app: &App,
    actor: &Actor,
    account: &str,
    with: Option<&str>,
    pause: Duration,
) -> Result<ProxyReplace, AppError> {
    let act = Act::begin(app, actor, Permission::ProxyReplace, "account", Some(account)).await?;
    let (name, with) = (named::slug(account)?, with.map(named::slug).transpose()?);
    act.write(move |unit, at| {
        let account = named::account(unit, &name)?;
        let Some(old) = account.exit.proxy.clone() else {
            return Err(AppError::refused(
                "no_proxy",
                format!("the account \"{name}\" has no proxy to replace"),
            )
            .advise(format!("`tg proxy assign {name}=PROXY` gives it one")));
        };
        let (id, new) = choose(unit, &name, with.as_ref())?;
        unit.set_exit(account.id, Some(id), at + pause)?;
        let detail = format!("{} instead of {}", new, old.name);
        let done = ProxyReplace {
            schema: "tg.proxy_replace/1",
            replaced: old.name.to_string(),
            now: told(&account, Some(new), at + pause),
        };
        Ok((done, detail))
    })
    .await
}

fn choose(
    unit: &dyn Unit,
    account: &Slug,
    with: Option<&Slug>,
) -> Result<(ProxyId, Slug), AppError> {
    if let Some(name) = with {
        let proxy = named::proxy(unit, name)?;
        return match proxy.account {
            None => Ok((proxy.id, proxy.name)),
            Some((_, owner)) if owner == *account => Err(AppError::refused(
                "proxy_conflict",
                format!("the account \"{account}\" has the proxy \"{name}\" already"),
            )
            .advise("name another one, or none to take a spare")),
            Some((_, owner)) => Err(AppError::refused(
                "proxy_conflict",
                format!("the proxy \"{name}\" is \"{owner}\"'s"),
            )
            .advise("a proxy is for one account; `tg proxy list` shows the spares")),
        };
    }
    let proxies = unit.proxies()?;
    let spare = spares(&proxies).first().map(|proxy| (proxy.id, proxy.name.clone()));
    spare.ok_or_else(|| {
        AppError::refused("no_spare_proxies", "there is no spare proxy that has not failed")
            .advise("add one with `tg proxy add`; the account stays offline until then")
    })
}
