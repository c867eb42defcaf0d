//! Ways out: SOCKS5 proxies, each for one account at most.

use crate::ids::{AccountId, ProxyId, Slug};
use crate::time::Timestamp;
use std::time::Duration;

/// How long an account stays silent before it comes back from another address. Telegram's servers
/// may hold a link that was cut for 75 s, the delay that the client asks for in its pings
/// (core.telegram.org/method/ping_delay_disconnect); a second link of the same session from
/// elsewhere could end it (`AUTH_KEY_DUPLICATED`, core.telegram.org/api/errors#406-not-acceptable).
pub const EXIT_PAUSE: Duration = Duration::from_secs(90);

/// Where a proxy is, and as whom it is used. Two proxies with the same address are one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProxyAddress {
    /// Its name or IP address, in lower case; an IPv6 address without brackets.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// As whom it is used, if it asks.
    pub username: Option<String>,
}

impl std::fmt::Display for ProxyAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("socks5://")?;
        if let Some(username) = &self.username {
            write!(f, "{username}@")?;
        }
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

/// What is wrong with a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProxyFault {
    /// Its name leads nowhere.
    NoAddress,
    /// Nobody answers there, or not in time.
    Unreachable,
    /// It does not take the username and password, or wants some.
    Refused,
    /// It answers, and cannot reach Telegram.
    NoRoute,
    /// What answers there is no SOCKS5 proxy.
    NotSocks,
}

impl ProxyFault {
    const ALL: [Self; 5] =
        [Self::NoAddress, Self::Unreachable, Self::Refused, Self::NoRoute, Self::NotSocks];

    /// The name under which it is stored and shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoAddress => "proxy_no_address",
            Self::Unreachable => "proxy_unreachable",
            Self::Refused => "proxy_refused",
            Self::NoRoute => "proxy_no_route",
            Self::NotSocks => "proxy_not_socks",
        }
    }

    /// The inverse of [`ProxyFault::as_str`].
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fault| fault.as_str() == name)
    }

    /// For a person.
    #[must_use]
    pub const fn says(self) -> &'static str {
        match self {
            Self::NoAddress => "its name cannot be resolved",
            Self::Unreachable => "nobody answers there",
            Self::Refused => "it refuses the username and password",
            Self::NoRoute => "it cannot reach Telegram",
            Self::NotSocks => "what answers there is no SOCKS5 proxy",
        }
    }
}

/// What is known about a proxy's health.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProxyHealth {
    /// When it was looked at last; `None`: never.
    pub checked_at: Option<Timestamp>,
    /// What was wrong then.
    pub fault: Option<ProxyFault>,
    /// Since when it has been so at every look.
    pub failing_since: Option<Timestamp>,
    /// How long it took to answer, in milliseconds, when it worked last.
    pub latency_ms: Option<u32>,
}

impl ProxyHealth {
    /// The name of its state: `unchecked`, `working` or `failed`.
    #[must_use]
    pub const fn state(&self) -> &'static str {
        match (self.checked_at, self.fault) {
            (None, _) => "unchecked",
            (Some(_), None) => "working",
            (Some(_), Some(_)) => "failed",
        }
    }

    /// What it is after a look at `at`.
    #[must_use]
    pub fn looked(self, found: Result<Duration, ProxyFault>, at: Timestamp) -> Self {
        match found {
            Ok(took) => Self {
                checked_at: Some(at),
                fault: None,
                failing_since: None,
                latency_ms: Some(u32::try_from(took.as_millis()).unwrap_or(u32::MAX)),
            },
            Err(fault) => Self {
                checked_at: Some(at),
                fault: Some(fault),
                failing_since: self.failing_since.or(Some(at)),
                latency_ms: self.latency_ms,
            },
        }
    }
}

/// A proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proxy {
    /// Row.
    pub id: ProxyId,
    /// The operator's name for it.
    pub name: Slug,
    /// Where it is.
    pub address: ProxyAddress,
    /// How it is.
    pub health: ProxyHealth,
    /// Whose it is; nobody's: it is a spare.
    pub account: Option<(AccountId, Slug)>,
}

/// Which way an account's connections go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exit {
    /// Through this proxy and never without it; `None`: directly.
    pub proxy: Option<BoundProxy>,
    /// Not before, because the account was somewhere else until then.
    pub not_before: Option<Timestamp>,
}

impl Exit {
    /// The proxy's row.
    #[must_use]
    pub fn proxy_id(&self) -> Option<ProxyId> {
        self.proxy.as_ref().map(|proxy| proxy.id)
    }
}

/// An account's proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoundProxy {
    /// Row.
    pub id: ProxyId,
    /// The operator's name for it.
    pub name: Slug,
    /// How it is.
    pub health: ProxyHealth,
}

/// The spares in the order in which they are handed out: what worked last time, then what was never
/// looked at. What failed is not handed out.
#[must_use]
pub fn spares(proxies: &[Proxy]) -> Vec<&Proxy> {
    let mut free: Vec<&Proxy> = proxies
        .iter()
        .filter(|proxy| proxy.account.is_none() && proxy.health.fault.is_none())
        .collect();
    free.sort_by_key(|proxy| (proxy.health.checked_at.is_none(), proxy.name.clone()));
    free
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn proxy(name: &str, health: ProxyHealth, taken: bool) -> Proxy {
        let name = Slug::parse(name).unwrap();
        Proxy {
            id: ProxyId(1),
            account: taken.then(|| (AccountId(1), name.clone())),
            name,
            address: ProxyAddress { host: "::1".into(), port: 1080, username: None },
            health,
        }
    }

    #[test]
    fn a_failing_proxy_remembers_since_when() {
        let health = ProxyHealth::default();
        assert_eq!(health.state(), "unchecked");
        let health = health.looked(Err(ProxyFault::Unreachable), Timestamp(5));
        let health = health.looked(Err(ProxyFault::Refused), Timestamp(9));
        assert_eq!((health.state(), health.failing_since), ("failed", Some(Timestamp(5))));
        let health = health.looked(Ok(Duration::from_millis(7)), Timestamp(11));
        assert_eq!((health.state(), health.failing_since), ("working", None));
        assert_eq!(health.latency_ms, Some(7));
    }

    #[test]
    fn what_worked_is_handed_out_first_and_what_failed_never() {
        let new = ProxyHealth::default();
        let good = new.looked(Ok(Duration::ZERO), Timestamp(1));
        let bad = new.looked(Err(ProxyFault::NoRoute), Timestamp(1));
        let all = [
            proxy("a", new, false),
            proxy("b", bad, false),
            proxy("c", good, true),
            proxy("e", good, false),
            proxy("d", good, false),
        ];
        let names: Vec<_> = spares(&all).iter().map(|proxy| proxy.name.as_str()).collect();
        assert_eq!(names, ["d", "e", "a"]);
    }

    #[test]
    fn names_of_faults_and_addresses_are_read_back() {
        for fault in ProxyFault::ALL {
            assert_eq!(ProxyFault::parse(fault.as_str()), Some(fault));
        }
        let address =
            ProxyAddress { host: "::1".into(), port: 1080, username: Some("ann".to_owned()) };
        assert_eq!(address.to_string(), "socks5://ann@[::1]:1080");
    }
}
