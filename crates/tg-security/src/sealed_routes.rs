//! Ways out in clear over a store that keeps the proxies' passwords sealed.

use crate::sealer::{Kind, Sealer};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use std::time::Duration;
use tg_core::ids::{AccountId, ProxyId, Slug};
use tg_core::ports::{
    BoxFuture, Clock, ProxyRoute, Route, Routes, SealedRecord, SecretBlobs, SessionError, Store,
};
use tg_core::proxy::{Proxy, ProxyFault};

/// The port of ways out for the side that connects.
#[derive(Clone)]
pub struct SealedRoutes {
    store: Arc<dyn Store>,
    sealer: Arc<Sealer>,
    clock: Arc<dyn Clock>,
}

impl SealedRoutes {
    /// Ways out of `store`, with passwords under the key of `sealer`.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, sealer: Arc<Sealer>, clock: Arc<dyn Clock>) -> Self {
        Self { store, sealer, clock }
    }

    /// Under which name a proxy's password is kept.
    #[must_use]
    pub fn secret_name(proxy: &Slug) -> String {
        format!("proxy/{proxy}")
    }

    /// Seals a proxy's password, for a use case that keeps it in a transaction of its own.
    ///
    /// # Errors
    /// [`SessionError::Sealed`] if it cannot be sealed.
    pub fn seal(
        sealer: &Sealer,
        proxy: &Slug,
        password: &SecretString,
    ) -> Result<SealedRecord, SessionError> {
        let bytes = password.expose_secret().as_bytes();
        sealer.seal(Kind::Secret, &Self::secret_name(proxy), bytes).map_err(sealed)
    }

    /// A proxy with its password, read in the caller's transaction.
    ///
    /// # Errors
    /// If the store fails; [`SessionError::Sealed`] if the password does not open.
    pub fn whole(
        secrets: &dyn SecretBlobs,
        sealer: &Sealer,
        proxy: Proxy,
    ) -> Result<ProxyRoute, SessionError> {
        let name = Self::secret_name(&proxy.name);
        let password = match secrets.secret(&name)? {
            None => None,
            Some(record) => {
                let bytes = sealer.open(Kind::Secret, &name, &record).map_err(sealed)?;
                let text = std::str::from_utf8(&bytes)
                    .map_err(|_| SessionError::Sealed("it is no text".to_owned()))?;
                Some(SecretString::from(text))
            }
        };
        let Proxy { id, name, address, health, .. } = proxy;
        Ok(ProxyRoute { id, name, address, password, health })
    }
}

impl Routes for SealedRoutes {
    fn route(&self, account: AccountId) -> BoxFuture<'_, Result<Route, SessionError>> {
        let sealer = Arc::clone(&self.sealer);
        Box::pin(async move {
            self.store
                .read(move |unit| {
                    let (proxy, not_before) = unit.exit_of(account)?;
                    let proxy =
                        proxy.map(|proxy| Self::whole(&*unit, &sealer, proxy)).transpose()?;
                    Ok(Route { proxy, not_before })
                })
                .await
        })
    }

    fn found(
        &self,
        proxy: ProxyId,
        found: Result<Duration, ProxyFault>,
    ) -> BoxFuture<'_, Result<(), SessionError>> {
        let at = self.clock.now();
        Box::pin(async move {
            self.store
                .write(move |unit| {
                    let known = unit.proxies()?.into_iter().find(|known| known.id == proxy);
                    // Removed meanwhile: there is nothing to remember.
                    let Some(known) = known else { return Ok(()) };
                    Ok(unit.set_proxy_health(proxy, &known.health.looked(found, at))?)
                })
                .await
        })
    }
}

fn sealed(fault: impl std::fmt::Display) -> SessionError {
    SessionError::Sealed(fault.to_string())
}
