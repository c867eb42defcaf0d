//! A session while it is in use: answers from memory, writes through to the session port.
//!
//! grammers asks for data centres on every request and synchronously, and would replace the key of
//! a data centre that says it does not know it (transport error 404). A replaced key is a silently
//! lost account, so a key that is there is never changed here; the attempt is remembered, and the
//! connection ends.

use crate::policy::{Elapsed, within};
use grammers_client::session::Session as GrammersSession;
use grammers_client::session::types::{DcOption, PeerId, PeerInfo, UpdateState, UpdatesState};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tg_core::ids::{AccountId, UserId};
use tg_core::ports::{BoxFuture, Clock, DcAuth, Session, SessionError, SessionStore, UpdatePoint};

/// More data centres than Telegram has ever had (core.telegram.org/api/datacenter lists 5, and some
/// for files): a server that lists ever new ones does not fill the memory.
const MAX_DCS: usize = 64;

/// Why the session could not follow grammers.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LiveSessionError {
    /// grammers made a new key for a data centre that has one.
    #[error("data centre {0} does not know the session's key, and the key is not replaced")]
    KeyRefused(i32),
    /// The store said no.
    #[error("the session could not be kept")]
    Store(#[from] SessionError),
    /// The store did not answer.
    #[error("the session could not be kept")]
    Slow(#[from] Elapsed),
}

/// One account's session, in use by one connection.
pub(crate) struct LiveSession {
    account: AccountId,
    store: Arc<dyn SessionStore>,
    clock: Arc<dyn Clock>,
    limit: Duration,
    /// Never held across an await.
    known: Mutex<Session>,
    /// Writers take turns, so that what is stored last is what is known last.
    turn: tokio::sync::Mutex<()>,
    key_refused: AtomicBool,
}

impl LiveSession {
    /// Takes over what the store holds for `account`; `limit` bounds each write.
    pub(crate) fn new(
        account: AccountId,
        known: Session,
        store: Arc<dyn SessionStore>,
        clock: Arc<dyn Clock>,
        limit: Duration,
    ) -> Self {
        Self {
            account,
            store,
            clock,
            limit,
            known: Mutex::new(known),
            turn: tokio::sync::Mutex::new(()),
            key_refused: AtomicBool::new(false),
        }
    }

    /// Whom the session says it belongs to.
    pub(crate) fn user_id(&self) -> UserId {
        self.known().user_id
    }

    /// What is known at this moment, keys included.
    pub(crate) fn snapshot(&self) -> Session {
        self.known().clone()
    }

    /// Where the account lives.
    pub(crate) fn home(&self) -> i32 {
        self.known().home_dc
    }

    /// Where the account's data centre is reached, if that is known.
    pub(crate) fn home_addr(&self) -> Option<SocketAddr> {
        let known = self.known();
        known.dcs.iter().find(|dc| dc.dc == known.home_dc).map(|dc| dc.addr)
    }

    /// Whether there is a key for a data centre.
    pub(crate) fn has_key(&self, dc: i32) -> bool {
        self.known().dcs.iter().any(|known| known.dc == dc && known.key.is_some())
    }

    /// Whether the home data centre is reached over IPv6. grammers decides it once per connection.
    pub(crate) fn prefers_ipv6(&self) -> bool {
        prefers_ipv6(&self.known())
    }

    /// Whether the account is a bot.
    pub(crate) fn is_bot(&self) -> bool {
        self.known().is_bot
    }

    /// Where hearing began, or where the program that the session came from had come to.
    pub(crate) fn update_point(&self) -> Option<UpdatePoint> {
        self.known().updates
    }

    /// Whether the account has been told ever since when to send it updates.
    pub(crate) fn hears_updates(&self) -> bool {
        self.known().updates.is_some()
    }

    /// Whether a data centre turned out not to know the key that is stored for it.
    pub(crate) fn key_refused(&self) -> bool {
        self.key_refused.load(Ordering::SeqCst)
    }

    /// Makes another data centre the home, if there is a key for it. Says whether it did.
    pub(crate) async fn move_home(&self, dc: i32) -> Result<bool, LiveSessionError> {
        if !self.has_key(dc) || self.home() == dc {
            return Ok(false);
        }
        self.change(|session| session.home_dc = dc).await?;
        Ok(true)
    }

    /// Remembers how far the account has heard.
    pub(crate) async fn heard(&self, point: UpdatePoint) -> Result<(), LiveSessionError> {
        self.change(|session| session.updates = Some(point)).await
    }

    fn known(&self) -> MutexGuard<'_, Session> {
        // Every edit replaces the whole value, so a poisoned one is whole.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Edits a copy, stores it, and only then believes it: memory is never ahead of the store.
    async fn change(&self, edit: impl FnOnce(&mut Session)) -> Result<(), LiveSessionError> {
        let _turn = self.turn.lock().await;
        let before = self.known().clone();
        let mut after = before.clone();
        edit(&mut after);
        if after == before {
            return Ok(());
        }
        let save = self.store.save(self.account, after.clone());
        within(self.clock.as_ref(), self.limit, save).await??;
        *self.known() = after;
        Ok(())
    }

    async fn take_option(&self, option: DcOption) -> Result<(), LiveSessionError> {
        let refused = self.known().dcs.iter().any(|known| {
            known.dc == option.id
                && known.key.is_some()
                && option.auth_key.is_some()
                && known.key != option.auth_key
        });
        if refused {
            self.key_refused.store(true, Ordering::SeqCst);
            tracing::warn!(account = %self.account, dc = option.id, "the data centre does not know this session's key");
            return Err(LiveSessionError::KeyRefused(option.id));
        }
        self.change(|session| merge(session, &option)).await
    }
}

impl GrammersSession for LiveSession {
    type Error = LiveSessionError;

    fn home_dc_id(&self) -> Result<i32, Self::Error> {
        Ok(self.home())
    }

    fn set_home_dc_id(&self, dc_id: i32) -> BoxFuture<'_, Result<(), Self::Error>> {
        Box::pin(self.change(move |session| session.home_dc = dc_id))
    }

    fn dc_option(&self, dc_id: i32) -> Result<Option<DcOption>, Self::Error> {
        Ok(self.known().dcs.iter().find(|known| known.dc == dc_id).map(to_option))
    }

    fn set_dc_option(&self, dc_option: &DcOption) -> BoxFuture<'_, Result<(), Self::Error>> {
        Box::pin(self.take_option(dc_option.clone()))
    }

    /// Peers are the business of the home's own tables (an access hash belongs to one account);
    /// here is only who the account itself is.
    fn peer(&self, peer: PeerId) -> BoxFuture<'_, Result<Option<PeerInfo>, Self::Error>> {
        let known = self.known();
        let itself = (peer == PeerId::self_user() || PeerId::user(known.user_id.0) == Some(peer))
            .then(|| PeerInfo::User {
                id: known.user_id.0,
                auth: None,
                bot: Some(known.is_bot),
                is_self: Some(true),
            });
        Box::pin(std::future::ready(Ok(itself)))
    }

    fn cache_peer(&self, _: PeerInfo) -> BoxFuture<'_, Result<(), Self::Error>> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn cache_peers(&self, _: Vec<PeerInfo>) -> BoxFuture<'_, Result<(), Self::Error>> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn updates_state(&self) -> BoxFuture<'_, Result<UpdatesState, Self::Error>> {
        let point = self.known().updates.unwrap_or_default();
        let state = UpdatesState {
            pts: point.pts,
            qts: point.qts,
            date: point.date,
            seq: point.seq,
            channels: Vec::new(),
        };
        Box::pin(std::future::ready(Ok(state)))
    }

    fn set_update_state(&self, update: UpdateState) -> BoxFuture<'_, Result<(), Self::Error>> {
        Box::pin(self.change(move |session| advance(session, &update)))
    }
}

fn prefers_ipv6(session: &Session) -> bool {
    session.dcs.iter().any(|known| known.dc == session.home_dc && known.addr.is_ipv6())
}

/// What grammers knows about a data centre. It wants both address families; the one that is not
/// known is the IPv4 address in IPv6 clothes, or nothing.
fn to_option(known: &DcAuth) -> DcOption {
    let (ipv4, ipv6) = match known.addr {
        SocketAddr::V4(v4) => (v4, SocketAddrV6::new(v4.ip().to_ipv6_mapped(), v4.port(), 0, 0)),
        SocketAddr::V6(v6) => (SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 0), v6),
    };
    DcOption { id: known.dc, ipv4, ipv6, auth_key: known.key }
}

/// Takes over a new address, and a key where there was none.
fn merge(session: &mut Session, option: &DcOption) {
    let addr = usable_addr(option, prefers_ipv6(session));
    if let Some(known) = session.dcs.iter_mut().find(|known| known.dc == option.id) {
        known.addr = addr.unwrap_or(known.addr);
        known.key = known.key.or(option.auth_key);
    } else if session.dcs.len() >= MAX_DCS {
        tracing::warn!(dc = option.id, "more data centres than there can be; ignored");
    } else if let Some(addr) = addr {
        session.dcs.push(DcAuth { dc: option.id, addr, key: option.auth_key });
        session.dcs.sort_by_key(|known| known.dc);
    }
}

fn usable_addr(option: &DcOption, ipv6: bool) -> Option<SocketAddr> {
    let addr: SocketAddr = if ipv6 { option.ipv6.into() } else { option.ipv4.into() };
    // A mapped address is an IPv4 address; keeping it as such keeps the stored session honest.
    let ip: IpAddr = addr.ip().to_canonical();
    (!ip.is_unspecified() && addr.port() != 0).then(|| SocketAddr::new(ip, addr.port()))
}

/// Channels have their own counters, which nobody asks for yet: they are not kept.
fn advance(session: &mut Session, update: &UpdateState) {
    let mut point = session.updates.unwrap_or_default();
    match update {
        UpdateState::All(all) => {
            point = UpdatePoint { pts: all.pts, qts: all.qts, date: all.date, seq: all.seq };
        }
        UpdateState::Primary { pts, date, seq } => {
            point.pts = *pts;
            point.date = *date;
            point.seq = *seq;
        }
        UpdateState::Secondary { qts } => point.qts = *qts,
        UpdateState::Channel { .. } => return,
    }
    session.updates = Some(point);
}

#[cfg(test)]
mod tests;
