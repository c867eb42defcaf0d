//! One proxy: where it is, whom it lets through, and how it is.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::seeded::Seeded;

/// How many a world can have: the last part of their addresses.
pub(crate) const MOST: u32 = 250;

/// How a proxy is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    #[default]
    Up,
    /// Nobody listens, and what went through it was cut.
    Dead,
    /// It takes connections and answers nobody, and what goes through it stands still. Nothing is cut.
    Silent,
}

/// The address of a proxy, listening and going out, by its number from 0. All of 127.0.0.0/8 is the
/// machine itself on Linux.
pub(crate) fn address_of(number: u32) -> IpAddr {
    let last = u8::try_from(number + 1).unwrap_or(u8::MAX);
    IpAddr::V4(Ipv4Addr::new(127, 77, 0, last))
}

/// A proxy.
#[derive(Debug)]
pub(crate) struct Proxy {
    /// Also the username that it asks for.
    pub(crate) name: String,
    pub(crate) password: String,
    pub(crate) address: SocketAddr,
    state: watch::Sender<State>,
    served: AtomicU64,
}

/// Returns when a proxy's state is one of those meant.
pub(super) async fn until(state: &mut watch::Receiver<State>, meant: fn(&State) -> bool) {
    // Whoever could change it is gone only with the simulator.
    let _ = state.wait_for(meant).await;
}

/// A proxy, as `GET /proxies` shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct ProxySeen {
    name: String,
    address: SocketAddr,
    state: State,
    /// Connections that it carried since the process started.
    served: u64,
}

impl Proxy {
    pub(crate) fn new(number: u32, address: SocketAddr, seeded: Seeded) -> Self {
        let password = hex::encode(&seeded.block("proxy", &[i64::from(number)])[..8]);
        Self {
            name: format!("px{:02}", number + 1),
            password,
            address,
            state: watch::Sender::new(State::Up),
            served: AtomicU64::new(0),
        }
    }

    /// As lists of proxies name it.
    pub(crate) fn line(&self) -> String {
        let Self { name, password, address, .. } = self;
        format!("{name} socks5://{name}:{password}@{address}")
    }

    pub(crate) fn set(&self, state: State) {
        self.state.send_replace(state);
    }

    pub(crate) fn watch(&self) -> watch::Receiver<State> {
        self.state.subscribe()
    }

    pub(crate) fn serves(&self) {
        self.served.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn seen(&self) -> ProxySeen {
        ProxySeen {
            name: self.name.clone(),
            address: self.address,
            state: *self.state.borrow(),
            served: self.served.load(Ordering::Relaxed),
        }
    }
}
