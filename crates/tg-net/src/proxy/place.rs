//! Where a proxy is, and how the Telegram library is told.

use secrecy::{ExposeSecret, SecretString};
use std::net::{IpAddr, SocketAddr};
use tg_core::ports::ProxyRoute;
use tg_core::proxy::{ProxyAddress, ProxyFault};
use tokio::net::{TcpSocket, lookup_host};

/// Asks the system where a proxy is. The library would ask by itself, and panics where that goes
/// wrong. Takes as long as the system does: to be called with a limit.
pub(crate) async fn place(address: &ProxyAddress) -> Result<SocketAddr, ProxyFault> {
    if let Ok(ip) = address.host.parse::<IpAddr>() {
        return Ok(SocketAddr::new(ip, address.port));
    }
    // tidy: bounded, by whoever calls this
    let mut found = lookup_host((address.host.as_str(), address.port))
        .await
        .map_err(|_| ProxyFault::NoAddress)?;
    found.next().ok_or(ProxyFault::NoAddress)
}

/// The proxy as the library takes it.
///
/// In a URL whose scheme it does not know (url.spec.whatwg.org/#concept-opaque-host-parser) the
/// library takes an IPv4 address for a name; the same address in IPv6 clothes is taken as what it
/// is, where the system has IPv6 at all.
pub(crate) fn url(route: &ProxyRoute, at: SocketAddr) -> SecretString {
    let ip = match at.ip() {
        IpAddr::V4(ip) if TcpSocket::new_v6().is_ok() => IpAddr::V6(ip.to_ipv6_mapped()),
        ip => ip,
    };
    let place = SocketAddr::new(ip, at.port());
    let credentials = match (&route.address.username, &route.password) {
        (Some(username), Some(password)) => {
            format!("{username}:{}@", password.expose_secret())
        }
        (Some(username), None) => format!("{username}@"),
        (None, _) => String::new(),
    };
    SecretString::from(format!("socks5://{credentials}{place}"))
}
