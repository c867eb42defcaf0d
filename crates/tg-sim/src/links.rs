//! Who is connected from where: what shows a client that goes past its proxy, and a session that is open
//! in two places.
//!
//! Two things are counted that a client must never do. A key may be in use under one address at a time:
//! Telegram ends a session that it meets under two (`AUTH_KEY_DUPLICATED`,
//! core.telegram.org/api/errors#406-not-acceptable). And a key may have one connection per data centre: a
//! client that opens another has given the first up, and says nothing on it any more. The order in which
//! messages were composed is in their ids, which clients make of their clocks
//! (core.telegram.org/mtproto/description#message-identifier-msg-id); the order in which two sockets are
//! read would prove nothing.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;

use crate::shared::Shared;
use crate::sync::locked;

/// Connections that were made with the keys of one account from one address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct LinkCount {
    /// Whose keys were shown; `None`: none were.
    account: Option<String>,
    address: IpAddr,
    /// Since the process started.
    opened: u64,
    /// Now.
    open: u64,
}

/// What `GET /links` answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct LinksSeen {
    links: Vec<LinkCount>,
    /// Connections that were used on after another one had been opened with the same key.
    used_in_turns: u64,
    /// Connections that were opened while another address had one with the same account's keys.
    two_addresses: u64,
}

/// The number of an account, if it is known, and an address.
type Origin = (Option<usize>, IpAddr);

/// Counts of all connections.
#[derive(Debug, Default)]
pub(crate) struct Links {
    /// Opened and open, by whose they are.
    counts: Mutex<BTreeMap<Origin, (u64, u64)>>,
    used_in_turns: AtomicU64,
    two_addresses: AtomicU64,
}

impl Links {
    pub(crate) fn seen(&self, shared: &Shared) -> LinksSeen {
        let name = |index: usize| shared.accounts[index].identity.name.clone();
        let links = locked(&self.counts)
            .iter()
            .map(|((account, address), (opened, open))| LinkCount {
                account: account.map(name),
                address: *address,
                opened: *opened,
                open: *open,
            })
            .collect();
        LinksSeen {
            links,
            used_in_turns: self.used_in_turns.load(Ordering::Relaxed),
            two_addresses: self.two_addresses.load(Ordering::Relaxed),
        }
    }

    fn opened(&self, address: IpAddr) {
        let mut counts = locked(&self.counts);
        let count = counts.entry((None, address)).or_default();
        count.0 += 1;
        count.1 += 1;
    }

    /// A connection that was nobody's has shown a key.
    fn recognised(&self, account: usize, address: IpAddr) {
        let mut counts = locked(&self.counts);
        if let Some(count) = counts.get_mut(&(None, address)) {
            count.0 -= 1;
            count.1 -= 1;
            if count.0 == 0 {
                counts.remove(&(None, address));
            }
        }
        let count = counts.entry((Some(account), address)).or_default();
        count.0 += 1;
        count.1 += 1;
    }

    fn closed(&self, account: Option<usize>, address: IpAddr) {
        if let Some(count) = locked(&self.counts).get_mut(&(account, address)) {
            count.1 -= 1;
        }
    }
}

/// One connection, from the moment it is accepted to the moment its socket is closed.
#[derive(Debug)]
pub(crate) struct Link {
    connection: u64,
    dc: i32,
    address: IpAddr,
    account: Option<usize>,
    closed: bool,
}

impl Link {
    pub(crate) fn new(connection: u64, dc: i32, address: IpAddr, shared: &Shared) -> Self {
        shared.links.opened(address);
        Self { connection, dc, address, account: None, closed: false }
    }

    /// A message came that was encrypted with a key of this account.
    pub(crate) fn heard(&mut self, shared: &Shared, account: usize, msg_id: i64) {
        let keys = &shared.accounts[account];
        if self.account.is_some() {
            if keys.used(self.connection, self.dc, msg_id) == Heard::AfterAnother {
                shared.links.used_in_turns.fetch_add(1, Ordering::Relaxed);
            }
            return;
        }
        self.account = Some(account);
        shared.links.recognised(account, self.address);
        if keys.begin_use(self.connection, self.dc, self.address, msg_id) {
            shared.links.two_addresses.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The socket is closed.
    pub(crate) fn close(&mut self, shared: &Shared) {
        if std::mem::replace(&mut self.closed, true) {
            return;
        }
        shared.links.closed(self.account, self.address);
        if let Some(account) = self.account {
            shared.accounts[account].end_use(self.connection);
        }
    }
}

/// What a further message on a connection shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// Nothing worth noting.
    InOrder,
    /// It was composed after another connection had been opened with the same key. Told once of a
    /// connection.
    AfterAnother,
}

/// Where the keys of one account are in use.
#[derive(Debug, Default)]
pub(crate) struct Uses {
    open: Vec<OpenLink>,
    /// By data centre: the connection that was opened last, and its first message.
    latest: BTreeMap<i32, (u64, i64)>,
}

#[derive(Debug)]
struct OpenLink {
    connection: u64,
    address: IpAddr,
    told: bool,
}

impl Uses {
    /// Notes a connection; says whether another address has one too.
    pub(crate) fn begin(&mut self, connection: u64, dc: i32, address: IpAddr, msg_id: i64) -> bool {
        let elsewhere = self.open.iter().any(|link| link.address != address);
        self.open.push(OpenLink { connection, address, told: false });
        let latest = self.latest.entry(dc).or_insert((connection, msg_id));
        if latest.1 < msg_id {
            *latest = (connection, msg_id);
        }
        elsewhere
    }

    pub(crate) fn heard(&mut self, connection: u64, dc: i32, msg_id: i64) -> Heard {
        let overtaken = self
            .latest
            .get(&dc)
            .is_some_and(|(latest, first)| *latest != connection && msg_id > *first);
        let own = self.open.iter_mut().find(|link| link.connection == connection && !link.told);
        match own {
            Some(link) if overtaken => {
                link.told = true;
                Heard::AfterAnother
            }
            _ => Heard::InOrder,
        }
    }

    pub(crate) fn end(&mut self, connection: u64) {
        self.open.retain(|link| link.connection != connection);
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 1));
    const THERE: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 77, 0, 1));

    #[test]
    fn a_connection_that_took_the_place_of_another_is_no_fault() {
        let mut uses = Uses::default();
        assert!(!uses.begin(1, 2, HERE, 100));
        assert!(!uses.begin(2, 2, HERE, 200));
        // Composed before the second was opened, read after it.
        assert_eq!(uses.heard(1, 2, 150), Heard::InOrder);
        assert_eq!(uses.heard(2, 2, 300), Heard::InOrder);
    }

    #[test]
    fn a_key_that_is_used_on_two_connections_is_told_once() {
        let mut uses = Uses::default();
        uses.begin(1, 2, HERE, 100);
        uses.begin(2, 2, HERE, 200);
        assert_eq!(uses.heard(1, 2, 201), Heard::AfterAnother);
        assert_eq!(uses.heard(1, 2, 202), Heard::InOrder);
        // Another data centre has another key.
        uses.begin(3, 4, HERE, 300);
        assert_eq!(uses.heard(2, 2, 400), Heard::InOrder);
    }

    #[test]
    fn an_address_is_left_before_another_is_taken() {
        let mut uses = Uses::default();
        uses.begin(1, 2, HERE, 100);
        assert!(uses.begin(2, 4, THERE, 200), "both are open");
        uses.end(1);
        uses.end(2);
        assert!(!uses.begin(3, 2, HERE, 300));
    }
}
