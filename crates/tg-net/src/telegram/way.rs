//! Which way a connection goes. There is no connection without one: whoever opens it has to say.

use super::config::Timeouts;
use crate::policy::within;
use crate::proxy::{SocksProbe, place, url};
use secrecy::SecretString;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tg_core::failure::{Failure, FailureClass, Refusal};
use tg_core::ids::AccountId;
use tg_core::ports::{Clock, ProxyProbe, ProxyRoute, Route, Routes, SessionError};
use tg_core::proxy::ProxyFault;

/// What one look at a proxy that failed may take, for each of its two steps.
const LOOK: Duration = Duration::from_secs(5);

/// A way that may be taken now.
pub(crate) enum Way {
    /// Directly: the account has no proxy.
    Direct,
    /// Through this proxy and never without it.
    Through {
        /// What the library is told, with the password in it.
        url: SecretString,
        proxy: Box<ProxyRoute>,
    },
}

/// Finds ways, and keeps what is learnt about them.
pub(crate) struct Ways {
    routes: Arc<dyn Routes>,
    clock: Arc<dyn Clock>,
}

impl Ways {
    pub(crate) fn new(routes: Arc<dyn Routes>, clock: Arc<dyn Clock>) -> Self {
        Self { routes, clock }
    }

    /// The account's way. An account with a proxy that cannot be used has none.
    pub(crate) async fn find(
        &self,
        account: AccountId,
        timeouts: &Timeouts,
    ) -> Result<Way, Failure> {
        let route = within(self.clock.as_ref(), timeouts.store, self.routes.route(account))
            .await
            .map_err(|elapsed| unknown(&elapsed))?
            .map_err(unreadable)?;
        self.open(route, timeouts).await
    }

    /// Makes a way of a route.
    pub(crate) async fn open(&self, route: Route, timeouts: &Timeouts) -> Result<Way, Failure> {
        if let Some(from) = route.not_before.filter(|from| *from > self.clock.now()) {
            let seconds = from.since(self.clock.now()).as_secs().saturating_add(1);
            return Err(Failure::ambiguous(
                "exit_pause",
                format!(
                    "The account was elsewhere until now and may use its new way out in {seconds} s"
                ),
            ));
        }
        let Some(proxy) = route.proxy else { return Ok(Way::Direct) };
        let found = within(self.clock.as_ref(), timeouts.connect, place(&proxy.address)).await;
        match found.unwrap_or(Err(ProxyFault::NoAddress)) {
            Ok(at) => Ok(Way::Through { url: url(&proxy, at), proxy: Box::new(proxy) }),
            Err(fault) => {
                self.keep(&proxy, Err(fault), timeouts).await;
                Err(failed(&proxy, fault))
            }
        }
    }

    /// A connection came about on this way.
    pub(crate) async fn worked(&self, way: &Way, took: Duration, timeouts: &Timeouts) {
        // What was known already is not written again with every connection.
        if let Way::Through { proxy, .. } = way
            && proxy.health.state() != "working"
        {
            self.keep(proxy, Ok(took), timeouts).await;
        }
    }

    /// No connection came about on this way: says whether the proxy is to blame.
    pub(crate) async fn explain(
        &self,
        way: &Way,
        target: Option<SocketAddr>,
        failure: Failure,
        timeouts: &Timeouts,
    ) -> Failure {
        let Way::Through { proxy, .. } = way else { return failure };
        // Whatever else was said, was said by Telegram.
        if !["connection_lost", "timeout", "connection_gone"].contains(&failure.reason.as_str()) {
            return failure;
        }
        let probe = SocksProbe::new(Arc::clone(&self.clock), LOOK);
        match probe.probe(proxy, target).await {
            Ok(took) => {
                self.keep(proxy, Ok(took), timeouts).await;
                failure
            }
            Err(fault) => {
                self.keep(proxy, Err(fault), timeouts).await;
                failed(proxy, fault)
            }
        }
    }

    async fn keep(
        &self,
        proxy: &ProxyRoute,
        found: Result<Duration, ProxyFault>,
        timeouts: &Timeouts,
    ) {
        let kept = self.routes.found(proxy.id, found);
        let kept = within(self.clock.as_ref(), timeouts.store, kept).await;
        if !matches!(kept, Ok(Ok(()))) {
            tracing::warn!(proxy = %proxy.name, "what was found about a proxy could not be kept");
        }
    }
}

fn failed(proxy: &ProxyRoute, fault: ProxyFault) -> Failure {
    // Nothing was connected, let alone sent; the next attempt may find it well again.
    Failure::ambiguous(
        fault.as_str(),
        format!("The account's proxy {} failed: {}", proxy.name, fault.says()),
    )
}

fn unreadable(error: SessionError) -> Failure {
    match error {
        SessionError::Sealed(detail) => Failure::new(
            FailureClass::Refused(Refusal::Config),
            "proxy_sealed",
            format!("The password of the account's proxy cannot be opened: {detail}"),
        ),
        other => unknown(&other),
    }
}

/// Not knowing the way is no reason to take the direct one.
fn unknown(error: &dyn std::error::Error) -> Failure {
    Failure::ambiguous("session_store", format!("The account's way out is not available: {error}"))
}
