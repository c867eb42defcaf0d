//! Telegram sessions and other secrets: sealed in the store, clear only in memory.

use super::{BoxFuture, StoreError};
use crate::ids::{AccountId, UserId};
use std::net::SocketAddr;
use zeroize::Zeroize;

/// A data centre as a session knows it. Its key is wiped when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct DcAuth {
    /// Its number.
    pub dc: i32,
    /// Where it is reached.
    pub addr: SocketAddr,
    /// The permanent authorization key, if there is one: 256 bytes
    /// (core.telegram.org/mtproto/auth_key).
    pub key: Option<[u8; 256]>,
}

impl Drop for DcAuth {
    fn drop(&mut self) {
        self.key.zeroize();
    }
}

impl std::fmt::Debug for DcAuth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DcAuth")
            .field("dc", &self.dc)
            .field("addr", &self.addr)
            .field("key", &self.key.map(|_| "[redacted]"))
            .finish()
    }
}

/// How far an account has heard (core.telegram.org/api/updates).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UpdatePoint {
    /// Events of private chats and small groups.
    pub pts: i32,
    /// Events of secret chats and bots.
    pub qts: i32,
    /// Unix time, seconds.
    pub date: i32,
    /// Combined events.
    pub seq: i32,
}

/// Everything that a connection of one account starts from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Who it belongs to.
    pub user_id: UserId,
    /// Whether that is a bot.
    pub is_bot: bool,
    /// Where the account lives.
    pub home_dc: i32,
    /// Data centres, by number.
    pub dcs: Vec<DcAuth>,
    /// How far it has heard; `None` before the first `updates.getState`.
    pub updates: Option<UpdatePoint>,
}

/// Why a session could not be loaded or kept.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The store failed.
    #[error("the session could not be read or written")]
    Store(#[from] StoreError),
    /// The sealed record cannot be opened: another master key, or it was tampered with.
    #[error("the sealed session cannot be opened: {0}")]
    Sealed(String),
    /// There is none.
    #[error("no session is stored for this account")]
    Missing,
}

/// Sessions in clear, for the side that connects.
pub trait SessionStore: Send + Sync {
    /// Loads an account's session.
    fn load(&self, account: AccountId) -> BoxFuture<'_, Result<Session, SessionError>>;

    /// Keeps an account's session.
    fn save(&self, account: AccountId, session: Session)
    -> BoxFuture<'_, Result<(), SessionError>>;
}

/// A sealed value with the version of the key it is sealed under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedRecord {
    /// Ciphertext with its nonce and tag.
    pub bytes: Vec<u8>,
    /// Which master key.
    pub key_version: u32,
}

/// Sealed sessions, for the side that stores: it sees ciphertext only.
pub trait SessionBlobs {
    /// Replaces an account's sealed session.
    ///
    /// # Errors
    /// If the store fails.
    fn put_session(&mut self, account: AccountId, sealed: &SealedRecord) -> Result<(), StoreError>;

    /// Forgets an account's sealed session.
    ///
    /// # Errors
    /// If the store fails.
    fn forget_session(&mut self, account: AccountId) -> Result<(), StoreError>;

    /// An account's sealed session.
    ///
    /// # Errors
    /// If the store fails.
    fn session(&self, account: AccountId) -> Result<Option<SealedRecord>, StoreError>;
}

/// Sealed secrets of the home by name, for the side that stores.
pub trait SecretBlobs {
    /// Replaces a secret.
    ///
    /// # Errors
    /// If the store fails.
    fn put_secret(&mut self, name: &str, sealed: &SealedRecord) -> Result<(), StoreError>;

    /// A secret.
    ///
    /// # Errors
    /// If the store fails.
    fn secret(&self, name: &str) -> Result<Option<SealedRecord>, StoreError>;
}
