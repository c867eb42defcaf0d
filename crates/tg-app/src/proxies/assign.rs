//! Giving proxies to accounts: many at once, all of them or none.

use super::add::NONE;
use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::json::{Assigned, ProxyAssign, rfc3339};
use crate::named;
use crate::permissions::Permission;
use std::collections::BTreeMap;
use std::time::Duration;
use tg_core::account::{Account, AccountState};
use tg_core::ids::{ProxyId, Slug};
use tg_core::ports::Unit;
use tg_core::proxy::{Proxy, spares};
use tg_core::time::Timestamp;

/// Accounts that get a spare each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// All that have none.
    All,
    /// Those with this tag that have none.
    Tag(String),
}

/// A pair, checked.
struct Pair {
    account: Account,
    /// `None`: directly.
    proxy: Option<(ProxyId, Slug)>,
}

/// Gives accounts the proxies that they are paired with: in one transaction, all or none. Each may be
/// used after `pause`, because the account may have been elsewhere until now. "none" in the place of
/// a proxy lets an account go directly again.
///
/// # Errors
/// A refusal that names every conflict: an account or proxy that comes twice, a proxy that is
/// another account's, an account that has another proxy.
pub async fn assign(
    app: &App,
    actor: &Actor,
    pairs: Vec<(String, String)>,
    pause: Duration,
) -> Result<ProxyAssign, AppError> {
    let act = Act::begin(app, actor, Permission::ProxyAssign, "proxies", None).await?;
    act.write(move |unit, at| {
        let pairs = checked(unit, &pairs)?;
        let mut done = ProxyAssign::new();
        for Pair { account, proxy } in pairs {
            let id = proxy.as_ref().map(|(id, _)| *id);
            if account.exit.proxy_id() == id {
                done.unchanged += 1;
                continue;
            }
            unit.set_exit(account.id, id, at + pause)?;
            done.assigned.push(told(&account, proxy.map(|(_, name)| name), at + pause));
        }
        let detail = detail(&done);
        Ok((done, detail))
    })
    .await
}

/// Gives every account of `which` that has no proxy a spare: those that worked first, never one
/// that failed. In one transaction, all or none.
///
/// # Errors
/// A refusal if there are not enough spares, with how many are missing.
pub async fn assign_auto(
    app: &App,
    actor: &Actor,
    which: Which,
    pause: Duration,
) -> Result<ProxyAssign, AppError> {
    let act = Act::begin(app, actor, Permission::ProxyAssign, "proxies", None).await?;
    act.write(move |unit, at| {
        let meant = |account: &Account| match &which {
            Which::All => true,
            Which::Tag(tag) => account.tags.contains(tag),
        };
        let (meant, mut done): (Vec<Account>, _) =
            (unit.accounts()?.into_iter().filter(is_here).filter(meant).collect(), ProxyAssign::new());
        if let (Which::Tag(tag), true) = (&which, meant.is_empty()) {
            return Err(AppError::not_found(format!("no account has the tag \"{tag}\""))
                .advise("`tg account list` shows the tags"));
        }
        let (bare, bound): (Vec<Account>, Vec<Account>) =
            meant.into_iter().partition(|account| account.exit.proxy.is_none());
        done.unchanged = u64::try_from(bound.len()).unwrap_or(u64::MAX);
        let proxies = unit.proxies()?;
        let free = spares(&proxies);
        if free.len() < bare.len() {
            return Err(AppError::refused(
                "no_spare_proxies",
                format!(
                    "{} accounts have no proxy, and there are {} spares that have not failed",
                    bare.len(),
                    free.len()
                ),
            )
            .advise("add proxies with `tg proxy add`, or look at failed ones with `tg proxy check`; nothing was changed"));
        }
        for (account, proxy) in bare.iter().zip(free) {
            unit.set_exit(account.id, Some(proxy.id), at + pause)?;
            done.assigned.push(told(account, Some(proxy.name.clone()), at + pause));
        }
        let detail = detail(&done);
        Ok((done, detail))
    })
    .await
}

/// Whether it is still an account of this home.
fn is_here(account: &Account) -> bool {
    account.state != AccountState::Removed
}

/// Every conflict is found before anything is refused: who assigns a thousand wants them all.
fn checked(unit: &dyn Unit, pairs: &[(String, String)]) -> Result<Vec<Pair>, AppError> {
    let accounts: BTreeMap<Slug, Account> =
        unit.accounts()?.into_iter().map(|account| (account.name.clone(), account)).collect();
    let proxies: BTreeMap<Slug, Proxy> =
        unit.proxies()?.into_iter().map(|proxy| (proxy.name.clone(), proxy)).collect();
    let (mut conflicts, mut out) = (Vec::new(), Vec::new());
    let (mut seen_accounts, mut seen_proxies) = (BTreeMap::new(), BTreeMap::new());
    for (account, proxy) in pairs {
        let name = named::slug(account)?;
        let Some(account) = accounts.get(&name) else {
            conflicts.push(format!("there is no account \"{name}\""));
            continue;
        };
        if seen_accounts.insert(name.clone(), ()).is_some() {
            conflicts.push(format!("the account \"{name}\" comes twice"));
        }
        if !is_here(account) {
            conflicts.push(format!("the account \"{name}\" was removed"));
            continue;
        }
        if proxy == NONE {
            out.push(Pair { account: account.clone(), proxy: None });
            continue;
        }
        let wanted = named::slug(proxy)?;
        let Some(proxy) = proxies.get(&wanted) else {
            conflicts.push(format!("there is no proxy \"{wanted}\""));
            continue;
        };
        if let Some(first) = seen_proxies.insert(wanted.clone(), name.clone()) {
            conflicts
                .push(format!("the proxy \"{wanted}\" is given to \"{first}\" and \"{name}\""));
        }
        conflicts.extend(taken(account, proxy));
        out.push(Pair { account: account.clone(), proxy: Some((proxy.id, wanted)) });
    }
    if conflicts.is_empty() {
        return Ok(out);
    }
    Err(AppError::refused("proxy_conflict", conflicts.join("; ")).advise(
        "nothing was changed; `tg proxy list` shows whose each proxy is, `tg proxy replace` gives an account another one",
    ))
}

/// What stands against a pair.
fn taken(account: &Account, proxy: &Proxy) -> Option<String> {
    match (&proxy.account, &account.exit.proxy) {
        (Some((owner, name)), _) if *owner != account.id => {
            Some(format!("the proxy \"{}\" is \"{name}\"'s", proxy.name))
        }
        (None, Some(bound)) => {
            Some(format!("the account \"{}\" has the proxy \"{}\"", account.name, bound.name))
        }
        _ => None,
    }
}

/// One pair, as a result.
pub(super) fn told(account: &Account, proxy: Option<Slug>, not_before: Timestamp) -> Assigned {
    Assigned {
        account: account.name.to_string(),
        proxy: proxy.map(|name| name.to_string()),
        not_before: rfc3339(not_before),
    }
}

fn detail(done: &ProxyAssign) -> String {
    let pairs: Vec<String> = done
        .assigned
        .iter()
        .map(|pair| format!("{}={}", pair.account, pair.proxy.as_deref().unwrap_or(NONE)))
        .collect();
    format!("{} assigned, {} unchanged: {}", pairs.len(), done.unchanged, pairs.join(" "))
}
