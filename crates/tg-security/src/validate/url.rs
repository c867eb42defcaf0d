//! URLs that the product itself calls: gateways, services, alerts.
//!
//! Judged as text here; where a name leads is judged by the guarded HTTP client when it connects,
//! because only then it is known (OWASP, Server-Side Request Forgery Prevention Cheat Sheet).

use super::text::{is_bidi_control, is_control};
use std::fmt;
use tg_core::ip::{Network, network};
use url::{Host, Url};

/// The longest URL, in bytes.
pub const MAX_URL: usize = 2_048;

/// Names that never leave the machine or its network (RFC 6761, 6762, 8375; ICANN for `.internal`).
const LOCAL: [&str; 6] = ["localhost", "local", "internal", "home.arpa", "intranet", "lan"];

/// How URLs are judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UrlRules {
    /// Whether a URL may lead to this machine or a private network, because the operator said so.
    pub private: bool,
}

/// An `http` or `https` URL without user name and password, its host in the form in which it is
/// looked up. `Debug` and `Display` show the origin only: paths and queries carry tokens.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpUrl(Url);

/// Why a text is no URL that would be called. Never quotes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// Not the form of a URL.
    #[error("not a URL such as https://example.org/path")]
    Shape,
    /// Too long.
    #[error("the URL is longer than {MAX_URL} bytes")]
    TooLong,
    /// Spaces, control characters, backslashes, direction marks.
    #[error("the URL has characters that do not belong in one")]
    Characters,
    /// Another scheme.
    #[error("the URL must begin with https:// or http://")]
    Scheme,
    /// `user:password@`.
    #[error("the URL must not hold a user name or password: secrets go to `tg secret set`")]
    UserInfo,
    /// The host is no name that could be looked up.
    #[error("the URL's host is not a name or address")]
    Host,
    /// Port 0.
    #[error("the URL's port cannot be 0")]
    Port,
    /// It names a machine in a network that is not the internet.
    #[error("the URL leads to an address of {}", .0.words())]
    Private(Network),
    /// A name that only means something on this machine or its network.
    #[error("the URL's host is a name of a private network")]
    LocalName,
}

impl HttpUrl {
    /// Reads a URL.
    ///
    /// # Errors
    /// Says what is wrong with it, without quoting it.
    pub fn parse(text: &str, rules: UrlRules) -> Result<Self, UrlError> {
        let text = text.trim_matches(' ');
        if text.len() > MAX_URL {
            return Err(UrlError::TooLong);
        }
        let strange = |c: char| {
            is_control(c)
                || is_bidi_control(c)
                || c.is_whitespace()
                || matches!(c, '\\' | '<' | '>' | '"')
        };
        // Browsers mend these; programs between us and the host may mend them otherwise.
        if text.contains(strange) {
            return Err(UrlError::Characters);
        }
        let (scheme, rest) = text.split_once("://").ok_or(UrlError::Shape)?;
        if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
            return Err(UrlError::Scheme);
        }
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if authority.contains('@') {
            return Err(UrlError::UserInfo);
        }
        // `https:///host` would be mended into a host.
        if authority.is_empty() {
            return Err(UrlError::Host);
        }
        let mut url = Url::parse(text).map_err(shape)?;
        url.set_fragment(None);
        if url.port() == Some(0) {
            return Err(UrlError::Port);
        }
        let host = url.host().ok_or(UrlError::Host)?;
        judge(&host, rules)?;
        Ok(Self(url))
    }

    /// All of it, to be called. Not for logs.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The host in lower case, in ASCII; an IPv6 address in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// The port, given or the scheme's own.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.0.port_or_known_default().unwrap_or_default()
    }

    /// Whether what is said is encrypted on its way.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }
}

impl fmt::Display for HttpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.origin().ascii_serialization())
    }
}

impl fmt::Debug for HttpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HttpUrl({self})")
    }
}

fn shape(error: url::ParseError) -> UrlError {
    use url::ParseError as E;
    match error {
        E::EmptyHost | E::IdnaError | E::InvalidIpv4Address | E::InvalidIpv6Address => {
            UrlError::Host
        }
        E::InvalidDomainCharacter => UrlError::Host,
        _ => UrlError::Shape,
    }
}

fn judge(host: &Host<&str>, rules: UrlRules) -> Result<(), UrlError> {
    let address = match host {
        Host::Ipv4(ip) => (*ip).into(),
        Host::Ipv6(ip) => (*ip).into(),
        Host::Domain(name) => return judge_name(name, rules),
    };
    match network(address) {
        Network::Public => Ok(()),
        // No operator means these: they lead nowhere, or to what must not be asked.
        found @ (Network::Metadata
        | Network::Multicast
        | Network::Unspecified
        | Network::Tunnel) => Err(UrlError::Private(found)),
        _ if rules.private => Ok(()),
        found => Err(UrlError::Private(found)),
    }
}

fn judge_name(name: &str, rules: UrlRules) -> Result<(), UrlError> {
    let labels = |name: &str| {
        name.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        })
    };
    let bare = name.strip_suffix('.').unwrap_or(name);
    if bare.len() > 253 || !labels(bare) {
        return Err(UrlError::Host);
    }
    let under =
        |zone: &str| bare == zone || bare.strip_suffix(zone).is_some_and(|n| n.ends_with('.'));
    let local = !bare.contains('.') || LOCAL.iter().any(|zone| under(zone));
    if local && !rules.private { Err(UrlError::LocalName) } else { Ok(()) }
}

#[cfg(test)]
mod tests;
