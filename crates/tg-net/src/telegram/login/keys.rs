//! Where the keys of an unfinished sign-in are kept: with the connection, until somebody is in.

use tg_core::ids::AccountId;
use tg_core::ports::{BoxFuture, Session, SessionError, SessionStore};

/// A store for sessions that belong to no account yet. The connection's own copy is the only one;
/// whoever signs in asks for it ([`tg_core::ports::SignIn::session`]) and keeps it, sealed.
pub(super) struct KeysInMemory;

impl SessionStore for KeysInMemory {
    fn load(&self, _: AccountId) -> BoxFuture<'_, Result<Session, SessionError>> {
        Box::pin(std::future::ready(Err(SessionError::Missing)))
    }

    fn save(&self, _: AccountId, _: Session) -> BoxFuture<'_, Result<(), SessionError>> {
        Box::pin(std::future::ready(Ok(())))
    }
}
