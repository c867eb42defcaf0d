//! Proxies: kept in the store without their passwords, handed whole to the side that connects.

use super::{BoxFuture, SessionError, StoreError};
use crate::ids::{AccountId, ProxyId, Slug};
use crate::proxy::{Proxy, ProxyAddress, ProxyFault, ProxyHealth};
use crate::time::Timestamp;
use secrecy::SecretString;
use std::net::SocketAddr;
use std::time::Duration;

/// Proxies and whose they are. Their passwords are secrets of the home ([`super::SecretBlobs`]).
pub trait ProxyStore {
    /// Adds a proxy that nobody has looked at.
    ///
    /// # Errors
    /// [`StoreError::Taken`] if the name or the address is there already.
    fn add_proxy(
        &mut self,
        name: &Slug,
        address: &ProxyAddress,
        at: Timestamp,
    ) -> Result<ProxyId, StoreError>;

    /// All proxies, by name.
    ///
    /// # Errors
    /// If the store fails.
    fn proxies(&self) -> Result<Vec<Proxy>, StoreError>;

    /// An account's way out: its proxy, and the time before which it may not be used.
    ///
    /// # Errors
    /// If the store fails.
    fn exit_of(&self, account: AccountId)
    -> Result<(Option<Proxy>, Option<Timestamp>), StoreError>;

    /// Gives an account another way out, not to be used before `not_before`. `None`: directly.
    ///
    /// # Errors
    /// [`StoreError::Taken`] if the proxy is another account's.
    fn set_exit(
        &mut self,
        account: AccountId,
        proxy: Option<ProxyId>,
        not_before: Timestamp,
    ) -> Result<(), StoreError>;

    /// Puts the use of an account's way out off, never forward.
    ///
    /// # Errors
    /// If the store fails.
    fn delay_exit(&mut self, account: AccountId, not_before: Timestamp) -> Result<(), StoreError>;

    /// Keeps what was found.
    ///
    /// # Errors
    /// If there is no such proxy.
    fn set_proxy_health(&mut self, proxy: ProxyId, health: &ProxyHealth) -> Result<(), StoreError>;

    /// Takes a proxy away that is nobody's.
    ///
    /// # Errors
    /// If there is no such proxy, or it is somebody's.
    fn remove_proxy(&mut self, proxy: ProxyId) -> Result<(), StoreError>;
}

/// A proxy with all that it takes to use it.
#[derive(Clone, Debug)]
pub struct ProxyRoute {
    /// Row.
    pub id: ProxyId,
    /// The operator's name for it.
    pub name: Slug,
    /// Where it is.
    pub address: ProxyAddress,
    /// The password that belongs to its username.
    pub password: Option<SecretString>,
    /// How it was.
    pub health: ProxyHealth,
}

/// Which way a connection has to go.
#[derive(Clone, Debug)]
pub struct Route {
    /// Through this proxy and never without it; `None`: directly.
    pub proxy: Option<ProxyRoute>,
    /// Not before.
    pub not_before: Option<Timestamp>,
}

/// Ways out in clear, for the side that connects.
pub trait Routes: Send + Sync {
    /// An account's way out.
    fn route(&self, account: AccountId) -> BoxFuture<'_, Result<Route, SessionError>>;

    /// Keeps what was found out about a proxy.
    fn found(
        &self,
        proxy: ProxyId,
        found: Result<Duration, ProxyFault>,
    ) -> BoxFuture<'_, Result<(), SessionError>>;
}

/// Looks whether a proxy works.
pub trait ProxyProbe: Send + Sync {
    /// Goes through the proxy to `target`, and says how long it took. Without a target it only
    /// greets the proxy. Bounded in time.
    fn probe<'a>(
        &'a self,
        proxy: &'a ProxyRoute,
        target: Option<SocketAddr>,
    ) -> BoxFuture<'a, Result<Duration, ProxyFault>>;
}
