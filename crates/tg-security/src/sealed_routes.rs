//! Ways out in clear over a store that keeps the proxies' passwords sealed.

use crate::sealer::Sealer;
use crate::vault::{self, OwnedSecret, SecretName, VaultError};
use std::sync::Arc;
use std::time::Duration;
use tg_core::ids::{AccountId, ProxyId, Slug};
use tg_core::ports::{BoxFuture, Clock, ProxyRoute, Route, Routes, SessionError, Store, Unit};
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
    pub const fn secret_name(proxy: Slug) -> SecretName {
        SecretName::Owned(OwnedSecret::ProxyPassword, proxy)
    }

    /// A proxy with its password, read in the caller's transaction.
    ///
    /// # Errors
    /// If the store fails; [`SessionError::Sealed`] if the password does not open.
    pub fn whole(
        unit: &dyn Unit,
        sealer: &Sealer,
        proxy: Proxy,
    ) -> Result<ProxyRoute, SessionError> {
        let Proxy { id, name, address, health, .. } = proxy;
        let password =
            vault::current(unit, sealer, &Self::secret_name(name.clone())).map_err(|error| {
                match error {
                    VaultError::Store(error) => SessionError::Store(error),
                    other => SessionError::Sealed(other.to_string()),
                }
            })?;
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
