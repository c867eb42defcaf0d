//! Which addresses may be connected to.

use ipnet::IpNet;
use std::net::IpAddr;
use std::str::FromStr;
use tg_core::ip::{Network, network};

/// The internet, and what the operator allowed besides (`net.allow_private`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    hosts: Vec<String>,
    nets: Vec<IpNet>,
}

/// An entry that is neither an address, a network nor a name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is neither an address, a network such as 10.0.0.0/8, nor a host's name")]
pub struct BadReach(String);

impl Reach {
    /// The internet and nothing else.
    #[must_use]
    pub const fn internet() -> Self {
        Self { hosts: Vec::new(), nets: Vec::new() }
    }

    /// Whether the operator named this host: then a private address of its is expected.
    #[must_use]
    pub fn names(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.');
        self.hosts.iter().any(|named| named.eq_ignore_ascii_case(host))
    }

    /// Checks the address that a host turned out to have.
    ///
    /// # Errors
    /// The network it lies in, if it may not be connected to.
    pub fn check(&self, host: &str, ip: IpAddr) -> Result<(), Network> {
        match network(ip.to_canonical()) {
            Network::Public => Ok(()),
            // Whoever means it names the very address.
            Network::Metadata if self.nets.iter().any(|net| is_exactly(net, ip)) => Ok(()),
            Network::Metadata => Err(Network::Metadata),
            _ if self.names(host) || self.holds(ip) => Ok(()),
            other => Err(other),
        }
    }

    /// Whether an address lies in a network that was allowed by name.
    #[must_use]
    pub fn holds(&self, ip: IpAddr) -> bool {
        self.nets.iter().any(|net| net.contains(&ip.to_canonical()))
    }
}

fn is_exactly(net: &IpNet, ip: IpAddr) -> bool {
    net.prefix_len() == net.max_prefix_len() && net.addr() == ip.to_canonical()
}

impl FromStr for Reach {
    type Err = BadReach;

    /// Entries separated by commas.
    fn from_str(text: &str) -> Result<Self, BadReach> {
        let mut reach = Self::default();
        for entry in text.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
            if let Ok(net) = entry.parse::<IpNet>() {
                reach.nets.push(net.trunc());
            } else if let Ok(ip) = entry.parse::<IpAddr>() {
                reach.nets.push(ip.into());
            } else if is_host(entry) {
                reach.hosts.push(entry.trim_end_matches('.').to_ascii_lowercase());
            } else {
                return Err(BadReach(entry.to_owned()));
            }
        }
        Ok(reach)
    }
}

/// Letters, digits, hyphens and dots (RFC 1123), and not all of it numbers.
fn is_host(entry: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let entry = entry.trim_end_matches('.');
    entry.len() <= 253
        && entry.split('.').all(label)
        && entry.bytes().any(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn without_a_word_only_the_internet_is_reached() {
        let reach = Reach::internet();
        assert_eq!(reach.check("example.org", ip("93.184.216.34")), Ok(()));
        assert_eq!(reach.check("localhost", ip("127.0.0.1")), Err(Network::Loopback));
        assert_eq!(reach.check("a", ip("::ffff:10.0.0.1")), Err(Network::Private));
        assert_eq!(reach.check("a", ip("169.254.169.254")), Err(Network::Metadata));
    }

    #[test]
    fn what_is_named_is_reached_and_no_more() {
        let reach: Reach = "127.0.0.1, 10.1.0.0/16, gateway.lan".parse().unwrap();
        assert_eq!(reach.check("x", ip("127.0.0.1")), Ok(()));
        assert_eq!(reach.check("x", ip("127.0.0.2")), Err(Network::Loopback));
        assert_eq!(reach.check("x", ip("10.1.9.9")), Ok(()));
        assert_eq!(reach.check("x", ip("::ffff:10.1.9.9")), Ok(()));
        assert_eq!(reach.check("x", ip("10.2.0.1")), Err(Network::Private));
        assert_eq!(reach.check("Gateway.LAN.", ip("192.168.1.5")), Ok(()));
        assert_eq!(reach.check("x", ip("192.168.1.5")), Err(Network::Private));
    }

    #[test]
    fn the_metadata_service_has_to_be_named_by_its_address() {
        let wide: Reach = "169.254.0.0/16, metadata.internal, 0.0.0.0/0".parse().unwrap();
        let metadata = ip("169.254.169.254");
        assert_eq!(wide.check("metadata.internal", metadata), Err(Network::Metadata));
        let exact: Reach = "169.254.169.254".parse().unwrap();
        assert_eq!(exact.check("x", metadata), Ok(()));
    }

    #[test]
    fn entries_that_mean_nothing_are_refused() {
        for bad in ["10.0.0.0/33", "http://x", "a b", "-a", "999.1.1.1", "12345"] {
            assert!(bad.parse::<Reach>().is_err(), "{bad}");
        }
        assert_eq!("".parse(), Ok(Reach::internet()));
    }
}
