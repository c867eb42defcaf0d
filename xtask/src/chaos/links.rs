//! Who was connected from where, as the simulator tells it.

use std::net::{IpAddr, Ipv4Addr};

use serde::Deserialize;

/// What `GET /links` answers.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Links {
    links: Vec<Link>,
    pub(super) used_in_turns: u64,
    pub(super) two_addresses: u64,
}

#[derive(Clone, Debug, Deserialize)]
struct Link {
    address: IpAddr,
    opened: u64,
}

impl Links {
    /// Connections that came from where programs on this machine come from, and proxies do not.
    pub(super) fn direct(&self) -> u64 {
        let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
        self.links.iter().filter(|link| link.address == here).map(|link| link.opened).sum()
    }
}
