//! Looking whether proxies work.

use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::json::{Proxies, Proxy};
use crate::named;
use crate::permissions::Permission;
use futures_util::StreamExt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tg_core::account::Account;
use tg_core::ids::{AccountId, ProxyId};
use tg_core::ports::{ProxyProbe, ProxyRoute, Unit};
use tg_core::proxy::ProxyFault;
use tg_security::{SealedRoutes, SealedSessions, Sealer};

/// Proxies that are looked at in the same moment.
const AT_ONCE: usize = 16;

/// Looks at one proxy, or at all: goes through each to the data centre of the account that it
/// belongs to, or of any other, and keeps what was found.
///
/// # Errors
/// If there is none of that name; the store's failure.
pub async fn check(
    app: &App,
    actor: &Actor,
    name: Option<&str>,
    probe: &dyn ProxyProbe,
) -> Result<Proxies, AppError> {
    let act = Act::begin(app, actor, Permission::ProxyCheck, "proxy", name).await?;
    let only = name.map(named::slug).transpose()?;
    let sealer = Arc::clone(&app.sealer);
    let looks = act
        .read(move |unit| {
            let mut proxies = match &only {
                Some(name) => vec![named::proxy(unit, name)?],
                None => unit.proxies()?,
            };
            let accounts = unit.accounts()?;
            proxies
                .drain(..)
                .map(|proxy| {
                    let owner = proxy.account.as_ref().map(|(id, _)| *id);
                    let target = target(unit, &sealer, &accounts, owner)?;
                    Ok((SealedRoutes::whole(&*unit, &sealer, proxy)?, target))
                })
                .collect::<Result<Vec<(ProxyRoute, Option<SocketAddr>)>, AppError>>()
        })
        .await?;
    let ids: Vec<ProxyId> = looks.iter().map(|(proxy, _)| proxy.id).collect();
    let looked: Vec<(ProxyId, Result<Duration, ProxyFault>)> = futures_util::stream::iter(&looks)
        .map(|(proxy, target)| async move { (proxy.id, probe.probe(proxy, *target).await) })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    act.write(move |unit, at| {
        let failed = looked.iter().filter(|(_, found)| found.is_err()).count();
        for proxy in unit.proxies()? {
            // One that was removed meanwhile is not here any more.
            if let Some((id, found)) = looked.iter().find(|(id, _)| *id == proxy.id) {
                unit.set_proxy_health(*id, &proxy.health.looked(*found, at))?;
            }
        }
        let all = unit.proxies()?;
        let proxies = all.iter().filter(|p| ids.contains(&p.id)).map(Proxy::from).collect();
        let done = Proxies { schema: "tg.proxy_check/1", proxies };
        Ok((done, format!("{} looked at, {failed} failed", looked.len())))
    })
    .await
}

/// The door of the owner's data centre; of any account's for a proxy that is nobody's.
fn target(
    unit: &dyn Unit,
    sealer: &Sealer,
    accounts: &[Account],
    owner: Option<AccountId>,
) -> Result<Option<SocketAddr>, AppError> {
    let Some(account) = owner.or_else(|| accounts.first().map(|account| account.id)) else {
        return Ok(None);
    };
    let Some(record) = unit.session(account)? else { return Ok(None) };
    let session = SealedSessions::open(sealer, account, &record)?;
    Ok(session.dcs.iter().find(|dc| dc.dc == session.home_dc).map(|dc| dc.addr))
}
