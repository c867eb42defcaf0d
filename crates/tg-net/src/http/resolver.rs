//! Names to addresses, with every address checked. What is not returned from here is not connected
//! to, so a name that changes its mind between a check and the connection gains nothing.

use super::error::Refused;
use super::reach::Reach;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tg_core::ports::Clock;

use crate::policy::within;

/// Addresses of one name that are tried at most.
const MAX_ADDRESSES: usize = 8;

/// The resolver of the guarded client.
pub(super) struct Checked {
    pub(super) reach: Arc<Reach>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) limit: Duration,
}

impl Resolve for Checked {
    fn resolve(&self, name: Name) -> Resolving {
        let (reach, clock, limit) = (Arc::clone(&self.reach), Arc::clone(&self.clock), self.limit);
        Box::pin(async move {
            let host = name.as_str().to_owned();
            // The port is the URL's, and set by the caller.
            let found = within(clock.as_ref(), limit, tokio::net::lookup_host((host.as_str(), 0)));
            let found: Vec<SocketAddr> = found.await??.take(MAX_ADDRESSES).collect();
            Ok(Box::new(checked(&reach, &host, found)?.into_iter()) as Addrs)
        })
    }
}

/// One address that may not be connected to condemns the name: a server on the internet has no
/// reason to have one.
fn checked(reach: &Reach, host: &str, found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, Refused> {
    for address in &found {
        reach
            .check(host, address.ip())
            .map_err(|network| Refused { host: host.to_owned(), network })?;
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use tg_core::ip::Network;

    #[test]
    fn one_private_address_condemns_a_name() {
        let found = vec!["93.184.216.34:0".parse().unwrap(), "10.0.0.1:0".parse().unwrap()];
        let refused = checked(&Reach::internet(), "a.example", found.clone()).unwrap_err();
        assert_eq!(refused.network, Network::Private);
        let reach: Reach = "a.example".parse().unwrap();
        assert_eq!(checked(&reach, "a.example", found.clone()).unwrap(), found);
    }
}
