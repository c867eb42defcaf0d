//! Taking over sessions that other programs made.

use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::json::AccountImport;
use crate::named;
use crate::permissions::Permission;
use crate::proxies::free_route;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tg_core::foreign::ForeignSession;
use tg_core::ids::{AccountId, ProxyId, Slug, UserId};
use tg_core::peer::PhoneNumber;
use tg_core::ports::{
    DcAuth, Identifier, Identity, NewAccount, PeerFact, Route, Session, StoreError, Unit,
};
use tg_core::time::Timestamp;
use tg_security::{CarriedAccount, SealedSessions, Sealer};

/// Peers that one transaction writes.
const PEERS_AT_ONCE: usize = 1_000;

/// A session that wants in.
#[derive(Debug)]
pub struct Arrival {
    /// Where it came from, for messages.
    pub source: String,
    /// The name for the account; one that is taken is refused.
    pub name: Option<String>,
    /// What to make a name of otherwise.
    pub hint: Option<String>,
    /// The session.
    pub session: ForeignSession,
}

impl Arrival {
    /// An account that was carried over from another home, under its name there if `name` is none.
    /// Refused if it has no key for its home data centre.
    ///
    /// # Errors
    /// If the session is not whole.
    pub fn carried(
        source: String,
        name: Option<String>,
        account: CarriedAccount,
    ) -> Result<Self, AppError> {
        let CarriedAccount { name: there, phone, session } = account;
        let home = session.dcs.iter().find(|dc| dc.dc == session.home_dc);
        let Some((addr, key)) = home.and_then(|dc| Some((dc.addr, dc.key?))) else {
            return Err(AppError::failed("session_file", format!("{source}: it has no key")));
        };
        let session = ForeignSession {
            format: tg_core::foreign::SessionFormat::Sealed,
            user_id: Some(session.user_id),
            is_bot: Some(session.is_bot),
            phone,
            home_dc: session.home_dc,
            addr: Some(addr),
            key,
            updates: session.updates,
            peers: Vec::new(),
        };
        Ok(Self { source, name, hint: Some(there.to_string()), session })
    }
}

/// On which terms sessions are taken over.
#[derive(Clone, Debug, Default)]
pub struct ImportTerms {
    /// The proxy that the one account gets, and that it is asked through whose it is.
    pub proxy: Option<String>,
    /// Where data centres are, instead of what the sessions say.
    pub dcs: BTreeMap<i32, SocketAddr>,
    /// Silence before the account comes back from here.
    pub pause: Duration,
}

/// A session with its owner.
struct Known {
    name: Option<Slug>,
    hint: Option<String>,
    who: Identity,
    peers: Vec<PeerFact>,
}

/// Takes sessions over: their accounts come with the people they can address. What a session does
/// not say of its owner is asked of Telegram. All of them, in one transaction, or none; the people
/// follow in chunks.
///
/// # Errors
/// If a session is not whole or Telegram does not know it; a refusal if a name is another
/// account's or the proxy is not free.
pub async fn import(
    app: &App,
    actor: &Actor,
    arrivals: Vec<Arrival>,
    terms: ImportTerms,
    identifier: &dyn Identifier,
) -> Result<AccountImport, AppError> {
    let act = Act::begin(app, actor, Permission::AccountImport, "accounts", None).await?;
    let proxy = terms.proxy.as_deref().map(named::slug).transpose()?;
    if proxy.is_some() && arrivals.len() != 1 {
        return Err(AppError::usage("one_proxy", "a proxy is for one account, so import one")
            .advise("import them all, then `tg proxy assign --auto` before the first `tg run`"));
    }
    let sealer = Arc::clone(&app.sealer);
    let route = act.read(move |unit| free_route(unit, &sealer, proxy.as_ref())).await?;
    let mut known = Vec::with_capacity(arrivals.len());
    for arrival in arrivals {
        known.push(complete(arrival, &terms, &route, identifier).await?);
    }
    let (sealer, proxy) = (Arc::clone(&app.sealer), route.proxy.map(|proxy| proxy.id));
    let pause = terms.pause;
    let (mut done, people) = act
        .write(move |unit, at| {
            let (done, people) = take(unit, &sealer, known, proxy.map(|id| (id, at + pause)), at)?;
            let detail = format!("{} imported, {} unchanged", done.imported, done.unchanged);
            Ok(((done, people), detail))
        })
        .await?;
    for (account, peers) in people {
        for chunk in peers.chunks(PEERS_AT_ONCE) {
            let chunk = chunk.to_vec();
            let written: Result<(), StoreError> =
                app.store.write(move |unit| unit.put_peers(account, &chunk)).await;
            written?;
        }
        done.peers += u64::try_from(peers.len()).unwrap_or(u64::MAX);
    }
    Ok(done)
}

/// A session with all that an account needs.
async fn complete(
    arrival: Arrival,
    terms: &ImportTerms,
    route: &Route,
    identifier: &dyn Identifier,
) -> Result<Known, AppError> {
    let Arrival { source, name, hint, session: foreign } = arrival;
    let failed = |why: String| AppError::failed("session_file", format!("{source}: {why}"));
    let name = name.as_deref().map(named::slug).transpose()?;
    let dc = foreign.home_dc;
    let addr = terms.dcs.get(&dc).copied().or(foreign.addr);
    let addr = addr.ok_or_else(|| {
        failed(format!("it does not say where data centre {dc} is"))
            .advise(format!("say it with `--dc {dc}=IP:PORT`"))
    })?;
    let mut dcs = vec![DcAuth { dc, addr, key: Some(foreign.key) }];
    let others = terms.dcs.iter().filter(|(other, _)| **other != dc);
    dcs.extend(others.map(|(dc, addr)| DcAuth { dc: *dc, addr: *addr, key: None }));
    let mut session = Session {
        user_id: foreign.user_id.unwrap_or(UserId(0)),
        is_bot: foreign.is_bot.unwrap_or(false),
        home_dc: dc,
        dcs,
        updates: foreign.updates,
    };
    // Who has a number is a person, even where the file does not say.
    let is_bot = foreign.is_bot.or(foreign.phone.is_some().then_some(false));
    let who = match (foreign.user_id, is_bot) {
        (Some(user_id), Some(is_bot)) => {
            session.is_bot = is_bot;
            Identity { user_id, is_bot, phone: foreign.phone, session }
        }
        _ => identifier.identify(session, route.clone()).await.map_err(|failure| {
            AppError::new(
                crate::Kind::Remote,
                "session_unknown",
                format!("{source}: Telegram was asked whose it is: {failure}"),
            )
            .advise("nothing was imported; is the session still signed in, and is it in use nowhere else?")
        })?,
    };
    if let Some(said) = foreign.user_id.filter(|said| *said != who.user_id) {
        let whose = format!("it says that it is user {said}'s, Telegram says user {}", who.user_id);
        return Err(failed(whose));
    }
    // The file knows the account itself, too.
    let mut peers = foreign.peers;
    peers.retain(|peer| peer.user != who.user_id);
    Ok(Known { name, hint, who, peers })
}

/// People that an account can address, to be written after it.
type People = Vec<(AccountId, Vec<PeerFact>)>;

fn take(
    unit: &mut dyn Unit,
    sealer: &Sealer,
    arrivals: Vec<Known>,
    exit: Option<(ProxyId, Timestamp)>,
    at: Timestamp,
) -> Result<(AccountImport, People), AppError> {
    let accounts = unit.accounts()?;
    let mut users: BTreeMap<UserId, Slug> =
        accounts.iter().map(|account| (account.user_id, account.name.clone())).collect();
    let mut names: Vec<Slug> = users.values().cloned().collect();
    let (mut done, mut people) = (AccountImport::new(arrivals.len()), Vec::new());
    for Known { name, hint, who, peers } in arrivals {
        if let Some(here) = users.get(&who.user_id) {
            done.unchanged += 1;
            done.names.push(here.to_string());
            continue;
        }
        let name = match name {
            Some(name) => name,
            None => derived(hint.as_deref(), who.user_id, &names)?,
        };
        let id = add(unit, sealer, &name, who.phone.clone(), &who.session, at)?;
        if let Some((proxy, not_before)) = exit {
            unit.set_exit(id, Some(proxy), not_before)?;
        }
        done.imported += 1;
        done.names.push(name.to_string());
        users.insert(who.user_id, name.clone());
        names.push(name);
        people.push((id, peers));
    }
    Ok((done, people))
}

fn add(
    unit: &mut dyn Unit,
    sealer: &Sealer,
    name: &Slug,
    phone: Option<PhoneNumber>,
    session: &Session,
    at: Timestamp,
) -> Result<AccountId, AppError> {
    let new = NewAccount {
        name: name.clone(),
        user_id: session.user_id,
        is_bot: session.is_bot,
        phone,
        loopback: session.dcs.iter().all(|dc| dc.addr.ip().is_loopback()),
    };
    let id = unit.add_account(&new, at)?;
    unit.put_session(id, &SealedSessions::seal(sealer, id, session)?)?;
    Ok(id)
}

/// A name from the file's, or from the user's id; the id also where the name is taken.
fn derived(hint: Option<&str>, user: UserId, taken: &[Slug]) -> Result<Slug, AppError> {
    let plain: String = hint
        .unwrap_or_default()
        .to_ascii_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' })
        .take(40)
        .collect();
    let plain = plain.trim_matches(['-', '_', '.']);
    let base = if plain.is_empty() { "user" } else { plain };
    let alone = Slug::parse(base).ok().filter(|name| !plain.is_empty() && !taken.contains(name));
    match alone {
        Some(name) => Ok(name),
        None => named::slug(&format!("{base}-{user}")),
    }
}

#[cfg(test)]
#[path = "import_tests.rs"]
mod tests;
