//! What tests need: Telegram's objects, decoded from the wire form of small ones, and a session with
//! a store that can fail.

#![allow(clippy::unwrap_used)]

use super::session::LiveSession;
use grammers_client::tl::{Deserializable, Identifiable, Serializable, enums, types};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tg_core::ids::{AccountId, UserId};
use tg_core::ports::{BoxFuture, DcAuth, Session, SessionError, SessionStore, StoreError};
use tg_core::testing::ManualClock;

/// Whose session the store holds.
const ACCOUNT: AccountId = AccountId(1);

/// The session port for one account, in memory.
#[derive(Default)]
pub(crate) struct Kept {
    /// What was saved last.
    pub(crate) last: Mutex<Option<Session>>,
    /// How often something was saved.
    pub(crate) saves: AtomicU32,
    /// Whether saving fails.
    pub(crate) broken: AtomicBool,
}

impl SessionStore for Kept {
    fn load(&self, _: AccountId) -> BoxFuture<'_, Result<Session, SessionError>> {
        Box::pin(async { self.last.lock().unwrap().clone().ok_or(SessionError::Missing) })
    }

    fn save(
        &self,
        account: AccountId,
        session: Session,
    ) -> BoxFuture<'_, Result<(), SessionError>> {
        assert_eq!(account, ACCOUNT);
        Box::pin(async move {
            if self.broken.load(Ordering::SeqCst) {
                return Err(SessionError::Store(StoreError::Closed));
            }
            self.saves.fetch_add(1, Ordering::SeqCst);
            *self.last.lock().unwrap() = Some(session);
            Ok(())
        })
    }
}

/// An address.
pub(crate) fn addr(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

/// A session at home in data centre 2, with an address but no key for 4.
pub(crate) fn stored() -> Session {
    Session {
        user_id: UserId(42),
        is_bot: false,
        home_dc: 2,
        dcs: vec![
            DcAuth { dc: 2, addr: addr("127.0.0.1:1002"), key: Some([2; 256]) },
            DcAuth { dc: 4, addr: addr("127.0.0.1:1004"), key: None },
        ],
        updates: None,
    }
}

/// A session in use, and where it is kept.
pub(crate) fn live(session: Session) -> (Arc<Kept>, LiveSession) {
    let kept = Arc::new(Kept::default());
    let clock = Arc::new(ManualClock::default());
    let store: Arc<dyn SessionStore> = Arc::clone(&kept) as _;
    (kept, LiveSession::new(ACCOUNT, session, store, clock, Duration::from_secs(1)))
}

/// A text message in a private chat.
pub(crate) fn message(id: i32, peer: UserId, out: bool, date: i32, text: &str) -> enums::Message {
    plain(id, peer, out, date, text).into()
}

/// The same, for changing.
pub(crate) fn plain(id: i32, peer: UserId, out: bool, date: i32, text: &str) -> types::Message {
    let mut wire = Vec::new();
    (if out { 2i32 } else { 0 }).serialize(&mut wire);
    0i32.serialize(&mut wire);
    id.serialize(&mut wire);
    enums::Peer::from(types::PeerUser { user_id: peer.0 }).serialize(&mut wire);
    date.serialize(&mut wire);
    text.to_owned().serialize(&mut wire);
    decoded(&wire)
}

/// A user.
pub(crate) fn user(id: i64, access_hash: Option<i64>) -> types::User {
    let mut wire = Vec::new();
    i32::from(access_hash.is_some()).serialize(&mut wire);
    0i32.serialize(&mut wire);
    id.serialize(&mut wire);
    if let Some(hash) = access_hash {
        hash.serialize(&mut wire);
    }
    decoded(&wire)
}

/// Where a forwarded message came from: a moment, nobody in particular.
pub(crate) fn forward_header() -> enums::MessageFwdHeader {
    let mut wire = Vec::new();
    0i32.serialize(&mut wire);
    1_700_000_000i32.serialize(&mut wire);
    decoded::<types::MessageFwdHeader>(&wire).into()
}

fn decoded<T: Deserializable + Identifiable>(wire: &[u8]) -> T {
    T::from_bytes(wire).expect("the sample has every field that is not optional")
}
