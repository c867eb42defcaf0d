//! What a simulator is started with.

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::path::PathBuf;

use crate::error::SimError;
use crate::world::WorldSpec;

/// How to start a simulator. What is not said is taken from the state folder if it holds a world already, and else
/// is: one account, 100 users, no bots, seed 1, data centres 2 and 4, any free port of 127.0.0.1.
#[derive(Clone, Debug)]
pub struct SimConfig {
    pub(crate) state_dir: PathBuf,
    pub(crate) accounts: Option<u32>,
    pub(crate) users: Option<u32>,
    pub(crate) bots: Option<u32>,
    pub(crate) logins: Option<u32>,
    pub(crate) proxies: Option<u32>,
    pub(crate) seed: Option<u64>,
    pub(crate) dcs: Option<Vec<i32>>,
    pub(crate) listen: SocketAddr,
}

impl SimConfig {
    /// A simulator that keeps its world in `state_dir`, which is made if need be.
    #[must_use]
    pub fn new(state_dir: impl Into<PathBuf>) -> Self {
        Self {
            state_dir: state_dir.into(),
            accounts: None,
            users: None,
            bots: None,
            logins: None,
            proxies: None,
            seed: None,
            dcs: None,
            listen: SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0)),
        }
    }

    /// How many people's accounts clients can be.
    #[must_use]
    pub fn accounts(mut self, count: u32) -> Self {
        self.accounts = Some(count);
        self
    }

    /// How many users may be written to.
    #[must_use]
    pub fn users(mut self, count: u32) -> Self {
        self.users = Some(count);
        self
    }

    /// How many bots there are, beside the accounts.
    #[must_use]
    pub fn bots(mut self, count: u32) -> Self {
        self.bots = Some(count);
        self
    }

    /// How many phones there are with which nobody is signed in. As many of the accounts and of the bots get a second
    /// set of keys, so that they can sign in beside themselves.
    #[must_use]
    pub fn logins(mut self, count: u32) -> Self {
        self.logins = Some(count);
        self
    }

    /// How many SOCKS5 proxies there are, each at a loopback address of its own (127.77.0.1 and so on, which other
    /// systems than Linux have to be given first).
    #[must_use]
    pub fn proxies(mut self, count: u32) -> Self {
        self.proxies = Some(count);
        self
    }

    /// What the world is made from: the same seed and numbers make the same names, keys and hashes.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// The data centres there are, by their numbers.
    #[must_use]
    pub fn dcs(mut self, dcs: impl Into<Vec<i32>>) -> Self {
        self.dcs = Some(dcs.into());
        self
    }

    /// Where to listen. With port 0 the system chooses, once: a restart in the same folder has the same ports. With
    /// another port the data centres take it and the ones after it, then the control.
    #[must_use]
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self
    }

    /// The world to make in an empty folder.
    pub(crate) fn spec(&self) -> Result<WorldSpec, SimError> {
        let defaults = WorldSpec::default();
        let mut dcs = self.dcs.clone().unwrap_or(defaults.dcs);
        dcs.sort_unstable();
        dcs.dedup();
        WorldSpec {
            seed: self.seed.unwrap_or(defaults.seed),
            accounts: self.accounts.unwrap_or(defaults.accounts),
            users: self.users.unwrap_or(defaults.users),
            bots: self.bots.unwrap_or(defaults.bots),
            logins: self.logins.unwrap_or(defaults.logins),
            proxies: self.proxies.unwrap_or(defaults.proxies),
            dcs,
        }
        .checked()
    }
}
