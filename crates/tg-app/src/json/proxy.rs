//! Proxies as results.

use super::rfc3339;
use serde::Serialize;
use tg_core::proxy;

/// What adding proxies did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProxyAdd {
    /// `tg.proxy_add/1`
    pub schema: &'static str,
    /// Names of those that are here now.
    pub added: Vec<String>,
    /// Those that are not.
    pub rejected: Vec<RejectedLine>,
}

/// A line that could not be taken. It is not quoted: there may be a password in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RejectedLine {
    /// Its number, from 1.
    pub line: u64,
    /// Why.
    pub reason: String,
}

/// Proxies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Proxies {
    /// `tg.proxies/1`, `tg.proxy_check/1`
    pub schema: &'static str,
    /// By name.
    pub proxies: Vec<Proxy>,
}

/// One proxy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Proxy {
    /// The operator's name for it.
    pub name: String,
    /// Where it is, without its password.
    pub address: String,
    /// Whose it is; nobody's: it is a spare.
    pub account: Option<String>,
    /// `unchecked`, `working` or `failed`.
    pub state: &'static str,
    /// What is wrong with it.
    pub fault: Option<&'static str>,
    /// The same for a person.
    pub text: Option<&'static str>,
    /// When it was looked at last.
    pub checked_at: Option<String>,
    /// Since when it has been failing.
    pub failing_since: Option<String>,
    /// How long it took to answer when it worked last.
    pub latency_ms: Option<u32>,
}

impl From<&proxy::Proxy> for Proxy {
    fn from(proxy: &proxy::Proxy) -> Self {
        Self {
            name: proxy.name.to_string(),
            address: proxy.address.to_string(),
            account: proxy.account.as_ref().map(|(_, name)| name.to_string()),
            state: proxy.health.state(),
            fault: proxy.health.fault.map(proxy::ProxyFault::as_str),
            text: proxy.health.fault.map(proxy::ProxyFault::says),
            checked_at: proxy.health.checked_at.map(rfc3339),
            failing_since: proxy.health.failing_since.map(rfc3339),
            latency_ms: proxy.health.latency_ms,
        }
    }
}

/// What giving proxies to accounts did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProxyAssign {
    /// `tg.proxy_assign/1`
    pub schema: &'static str,
    /// Pairs that are new.
    pub assigned: Vec<Assigned>,
    /// Accounts that have what they were given, or any, already.
    pub unchanged: u64,
}

impl ProxyAssign {
    /// Nothing yet.
    pub(crate) const fn new() -> Self {
        Self { schema: "tg.proxy_assign/1", assigned: Vec::new(), unchanged: 0 }
    }
}

/// An account and its way out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Assigned {
    /// The account.
    pub account: String,
    /// Its proxy; null: it goes directly.
    pub proxy: Option<String>,
    /// When it may be used.
    pub not_before: String,
}

/// What replacing a proxy did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProxyReplace {
    /// `tg.proxy_replace/1`
    pub schema: &'static str,
    /// The proxy that is a spare now.
    pub replaced: String,
    /// What holds now.
    #[serde(flatten)]
    pub now: Assigned,
}

/// What removing a proxy did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProxyRemove {
    /// `tg.proxy_remove/1`
    pub schema: &'static str,
    /// The proxy that was.
    pub name: String,
}
