//! What kind of network an address lies in: who may be asked on behalf of a configured URL, and who
//! may not, whatever a name resolves to.
//!
//! Sources: IANA's special-purpose registries for IPv4 (iana.org/assignments/
//! iana-ipv4-special-registry) and IPv6 (…/iana-ipv6-special-registry), RFC 6890; for the addresses
//! of cloud metadata services the providers' documentation.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Where an address leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Network {
    /// The internet.
    Public,
    /// This machine: `127.0.0.0/8`, `::1`.
    Loopback,
    /// `0.0.0.0/8` and `::`, which many systems take for this machine.
    Unspecified,
    /// A private network: RFC 1918, unique local and site-local addresses.
    Private,
    /// The cable the machine hangs on: `169.254.0.0/16`, `fe80::/10`.
    LinkLocal,
    /// A cloud provider's service that hands out credentials to whoever asks.
    Metadata,
    /// A provider's carrier-grade NAT (RFC 6598): `100.64.0.0/10`.
    CarrierNat,
    /// For examples in documents.
    Documentation,
    /// For measuring devices (RFC 2544, RFC 5180).
    Benchmark,
    /// Many machines at once, broadcast included.
    Multicast,
    /// IPv4 wrapped in IPv6 by an old way of tunnelling (6to4, Teredo, IPv4-compatible): whatever it
    /// leads to, nobody needs it, and it hides where it leads.
    Tunnel,
    /// Anything else that is not for the internet.
    Reserved,
}

impl Network {
    /// Whether it is the internet.
    #[must_use]
    pub const fn is_public(self) -> bool {
        matches!(self, Self::Public)
    }

    /// In words, after "an address of".
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Public => "the internet",
            Self::Loopback => "this machine",
            Self::Unspecified => "no machine in particular",
            Self::Private => "a private network",
            Self::LinkLocal => "the local link",
            Self::Metadata => "a cloud's metadata service",
            Self::CarrierNat => "a provider's inner network",
            Self::Documentation => "documentation",
            Self::Benchmark => "a test bench",
            Self::Multicast => "many machines at once",
            Self::Tunnel => "a tunnel",
            Self::Reserved => "a reserved range",
        }
    }
}

/// The network that an address lies in. IPv4 inside IPv6 is judged by what it leads to.
#[must_use]
pub const fn network(ip: IpAddr) -> Network {
    match ip {
        IpAddr::V4(ip) => network_v4(ip),
        IpAddr::V6(ip) => network_v6(ip),
    }
}

const fn network_v4(ip: Ipv4Addr) -> Network {
    match ip.octets() {
        // AWS, Azure, Google, DigitalOcean and others; AWS containers; AWS time and DNS; Alibaba;
        // Azure's host; Oracle.
        [169, 254, 169, 253 | 254] | [169, 254, 170, 2 | 23] => Network::Metadata,
        [100, 100, 100, 200] | [168, 63, 129, 16] | [192, 0, 0, 192] => Network::Metadata,
        [0, ..] => Network::Unspecified,
        [127, ..] => Network::Loopback,
        [10, ..] | [192, 168, ..] | [172, 16..=31, ..] => Network::Private,
        [169, 254, ..] => Network::LinkLocal,
        [100, 64..=127, ..] => Network::CarrierNat,
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => Network::Documentation,
        [198, 18..=19, ..] => Network::Benchmark,
        [192, 88, 99, _] => Network::Tunnel,
        [224..=239, ..] | [255, 255, 255, 255] => Network::Multicast,
        [192, 0, 0, _] | [240..=255, ..] => Network::Reserved,
        _ => Network::Public,
    }
}

const fn network_v6(ip: Ipv6Addr) -> Network {
    match ip.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0] => Network::Unspecified,
        [0, 0, 0, 0, 0, 0, 0, 1] => Network::Loopback,
        // IPv4-mapped: the socket speaks IPv4 to exactly this address.
        [0, 0, 0, 0, 0, 0xffff, high, low] => network_v4(embedded(high, low)),
        // NAT64 (RFC 6052): on networks without IPv4 the resolver writes every IPv4 address so.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => network_v4(embedded(high, low)),
        // The local-use NAT64 prefix (RFC 8215).
        [0x64, 0xff9b, 1, ..] => Network::Private,
        // IPv4-compatible (RFC 4291, given up) and IPv4-translated (RFC 2765, given up).
        [0, 0, 0, 0, 0, 0, ..] | [0, 0, 0, 0, 0xffff, 0, ..] => Network::Tunnel,
        // Teredo (RFC 4380), 6to4 (RFC 3056).
        [0x2001, 0, ..] | [0x2002, ..] => Network::Tunnel,
        // AWS, Google.
        [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254 | 0x23] | [0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254] => {
            Network::Metadata
        }
        [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => Network::Documentation,
        [0x2001, 2, 0, ..] => Network::Benchmark,
        [0x2001, 0x1..=0x1ff, ..] => Network::Reserved,
        [0xfc00..=0xfdff, ..] | [0xfec0..=0xfeff, ..] => Network::Private,
        [0xfe80..=0xfebf, ..] => Network::LinkLocal,
        [0xff00..=0xffff, ..] => Network::Multicast,
        // Only 2000::/3 has been handed out; a host part of ISATAP (RFC 5214) is IPv4 in disguise.
        [0x2000..=0x3fff, _, _, _, 0 | 0x200, 0x5efe, ..] => Network::Tunnel,
        [0x2000..=0x3fff, ..] => Network::Public,
        _ => Network::Reserved,
    }
}

const fn embedded(high: u16, low: u16) -> Ipv4Addr {
    let [a, b] = high.to_be_bytes();
    let [c, d] = low.to_be_bytes();
    Ipv4Addr::new(a, b, c, d)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn of(text: &str) -> Network {
        network(text.parse().unwrap())
    }

    #[test]
    fn the_internet_is_public() {
        for ip in [
            "1.1.1.1",
            "8.8.8.8",
            "149.154.167.51",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "198.17.255.255",
            "198.20.0.1",
            "192.0.3.1",
            "223.255.255.255",
            "2606:4700:4700::1111",
            "2001:67c:4e8:f002::a",
            "2a00::1",
            "::ffff:8.8.8.8",
            "64:ff9b::8.8.8.8",
        ] {
            assert_eq!(of(ip), Network::Public, "{ip}");
        }
    }

    #[test]
    fn everything_else_is_told_apart() {
        use Network as N;
        for (ip, expected) in [
            ("127.0.0.1", N::Loopback),
            ("127.255.255.254", N::Loopback),
            ("::1", N::Loopback),
            ("0.0.0.0", N::Unspecified),
            ("0.1.2.3", N::Unspecified),
            ("::", N::Unspecified),
            ("10.0.0.1", N::Private),
            ("172.16.0.1", N::Private),
            ("172.31.255.255", N::Private),
            ("192.168.1.1", N::Private),
            ("fc00::1", N::Private),
            ("fdff::1", N::Private),
            ("fec0::1", N::Private),
            ("64:ff9b:1::1", N::Private),
            ("169.254.1.1", N::LinkLocal),
            ("fe80::1", N::LinkLocal),
            ("febf::1", N::LinkLocal),
            ("169.254.169.254", N::Metadata),
            ("169.254.170.2", N::Metadata),
            ("100.100.100.200", N::Metadata),
            ("168.63.129.16", N::Metadata),
            ("192.0.0.192", N::Metadata),
            ("fd00:ec2::254", N::Metadata),
            ("fd20:ce::254", N::Metadata),
            ("100.64.0.1", N::CarrierNat),
            ("100.127.255.255", N::CarrierNat),
            ("192.0.2.1", N::Documentation),
            ("198.51.100.7", N::Documentation),
            ("203.0.113.7", N::Documentation),
            ("2001:db8::1", N::Documentation),
            ("3fff:fff::1", N::Documentation),
            ("198.18.0.1", N::Benchmark),
            ("198.19.255.255", N::Benchmark),
            ("2001:2::1", N::Benchmark),
            ("224.0.0.1", N::Multicast),
            ("239.255.255.255", N::Multicast),
            ("255.255.255.255", N::Multicast),
            ("ff02::1", N::Multicast),
            ("192.0.0.1", N::Reserved),
            ("240.0.0.1", N::Reserved),
            ("2001:10::1", N::Reserved),
            ("100::1", N::Reserved),
            ("5f00::1", N::Reserved),
            ("4000::1", N::Reserved),
            ("192.88.99.1", N::Tunnel),
            ("2002:7f00:1::", N::Tunnel),
            ("2001::1", N::Tunnel),
            ("::127.0.0.1", N::Tunnel),
            ("::8.8.8.8", N::Tunnel),
            ("::ffff:0:127.0.0.1", N::Tunnel),
            ("2a00::5efe:127.0.0.1", N::Tunnel),
            ("::ffff:127.0.0.1", N::Loopback),
            ("::ffff:169.254.169.254", N::Metadata),
            ("64:ff9b::10.0.0.1", N::Private),
            ("64:ff9b::169.254.169.254", N::Metadata),
        ] {
            assert_eq!(of(ip), expected, "{ip}");
            assert!(!expected.is_public());
        }
    }

    proptest! {
        /// What the standard library knows not to be public is not public here either, and wrapping
        /// an address does not make it public.
        #[test]
        fn nothing_special_passes_for_public(bits in any::<u32>()) {
            let ip = Ipv4Addr::from(bits);
            let special = ip.is_loopback() || ip.is_private() || ip.is_link_local()
                || ip.is_multicast() || ip.is_broadcast() || ip.is_documentation()
                || ip.is_unspecified();
            prop_assert!(!special || !network(ip.into()).is_public());
            let mapped = ip.to_ipv6_mapped();
            prop_assert_eq!(network(mapped.into()), network(ip.into()));
            prop_assert!(!network(ip.to_ipv6_compatible().into()).is_public());
        }

        #[test]
        fn nothing_special_passes_for_public_in_ipv6(bits in any::<u128>()) {
            let ip = Ipv6Addr::from(bits);
            let special = ip.is_loopback() || ip.is_multicast() || ip.is_unspecified()
                || ip.is_unique_local() || ip.is_unicast_link_local();
            prop_assert!(!special || !network(ip.into()).is_public());
        }
    }
}
