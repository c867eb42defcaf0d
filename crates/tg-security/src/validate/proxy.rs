//! Proxies as people and providers write them.

use secrecy::SecretString;
use std::net::IpAddr;
use tg_core::proxy::ProxyAddress;

/// The longest name of a host (RFC 1035).
const MAX_HOST: usize = 253;
/// The longest username and password that SOCKS5 can carry (RFC 1929).
const MAX_CREDENTIAL: usize = 255;
/// Besides letters and digits: what passes through a URL unchanged, which is how the Telegram
/// library takes credentials (url.spec.whatwg.org/#userinfo-percent-encode-set).
const PLAIN: &[u8] = b"-._~!$&'()*+,";

/// A proxy as it was written.
#[derive(Clone, Debug)]
pub struct WrittenProxy {
    /// Where it is.
    pub address: ProxyAddress,
    /// The password, if it was written too.
    pub password: Option<SecretString>,
}

/// Why a text is no proxy. Never quotes it: there may be a password in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProxyTextError {
    /// Not in any of the forms that are understood.
    #[error("not a proxy: write socks5://USER@HOST:PORT")]
    Form,
    /// Another kind of proxy.
    #[error("only SOCKS5 proxies can be used: write socks5://USER@HOST:PORT")]
    Scheme,
    /// No name of a host and no IP address.
    #[error("the proxy's host is neither a name nor an IP address")]
    Host,
    /// No port.
    #[error("the proxy's port is not a number from 1 to 65535")]
    Port,
    /// The username cannot be passed on.
    #[error(
        "the proxy's username may have 1 to 255 letters, digits and -._~!$&'()*+, and nothing else"
    )]
    Username,
    /// The password cannot be passed on.
    #[error(
        "the proxy's password may have 1 to 255 letters, digits and -._~!$&'()*+, and nothing else"
    )]
    Password,
    /// There is a password and nobody it belongs to.
    #[error("the proxy has a password and no username")]
    NoUsername,
}

/// Reads `socks5://HOST:PORT`, `socks5://USER@HOST:PORT`, `socks5://USER:PASSWORD@HOST:PORT`, or
/// `HOST:PORT:USER:PASSWORD` as providers list them.
///
/// # Errors
/// Says what is wrong with it.
pub fn parse_proxy(text: &str) -> Result<WrittenProxy, ProxyTextError> {
    let text = text.trim();
    let Some((scheme, rest)) = text.split_once("://") else { return listed(text) };
    if !scheme.eq_ignore_ascii_case("socks5") {
        return Err(ProxyTextError::Scheme);
    }
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    let (credentials, place) = match rest.rsplit_once('@') {
        Some((credentials, place)) => (Some(credentials), place),
        None => (None, rest),
    };
    let (host, port) = place.rsplit_once(':').ok_or(ProxyTextError::Port)?;
    let (username, password) =
        match credentials.map(|text| text.split_once(':').unwrap_or((text, ""))) {
            None => (None, None),
            Some((username, "")) => (Some(username), None),
            Some((username, password)) => (Some(username), Some(password)),
        };
    proxy(host, port, username, password)
}

/// `HOST:PORT:USER:PASSWORD`, or `HOST:PORT`.
fn listed(text: &str) -> Result<WrittenProxy, ProxyTextError> {
    let parts: Vec<&str> = text.splitn(4, ':').collect();
    match parts.as_slice() {
        [host, port] => proxy(host, port, None, None),
        [host, port, username, password] => proxy(host, port, Some(username), Some(password)),
        _ => Err(ProxyTextError::Form),
    }
}

fn proxy(
    host: &str,
    port: &str,
    username: Option<&str>,
    password: Option<&str>,
) -> Result<WrittenProxy, ProxyTextError> {
    let port: u16 = port.parse().map_err(|_| ProxyTextError::Port)?;
    if port == 0 {
        return Err(ProxyTextError::Port);
    }
    let username = username.filter(|username| !username.is_empty());
    if username.is_some_and(|username| !passes(username)) {
        return Err(ProxyTextError::Username);
    }
    let password = password.map(proxy_password).transpose()?;
    if password.is_some() && username.is_none() {
        return Err(ProxyTextError::NoUsername);
    }
    let address =
        ProxyAddress { host: clean_host(host)?, port, username: username.map(str::to_owned) };
    Ok(WrittenProxy { address, password })
}

/// Takes a proxy's password, if it can be passed on.
///
/// # Errors
/// [`ProxyTextError::Password`] if it cannot.
pub fn proxy_password(text: &str) -> Result<SecretString, ProxyTextError> {
    if passes(text) { Ok(SecretString::from(text)) } else { Err(ProxyTextError::Password) }
}

fn passes(text: &str) -> bool {
    (1..=MAX_CREDENTIAL).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || PLAIN.contains(&byte))
}

fn clean_host(host: &str) -> Result<String, ProxyTextError> {
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    if let Ok(ip) = bare.unwrap_or(host).parse::<IpAddr>() {
        return Ok(ip.to_canonical().to_string());
    }
    let label = |label: &str| {
        !label.is_empty()
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    if bare.is_some() || host.len() > MAX_HOST || !host.split('.').all(label) {
        return Err(ProxyTextError::Host);
    }
    // All digits would be an old way to write an IPv4 address.
    if host.split('.').all(|label| label.bytes().all(|b| b.is_ascii_digit())) {
        return Err(ProxyTextError::Host);
    }
    Ok(host.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use secrecy::ExposeSecret;

    fn read(text: &str) -> (String, Option<String>) {
        let proxy = parse_proxy(text).unwrap();
        (proxy.address.to_string(), proxy.password.map(|p| p.expose_secret().to_owned()))
    }

    #[test]
    fn forms() {
        let secret = || Some("pa.ss".to_owned());
        assert_eq!(
            read("SOCKS5://Proxy.example.org:1080/"),
            ("socks5://proxy.example.org:1080".to_owned(), None)
        );
        assert_eq!(read("socks5://ann@10.0.0.1:1").0, "socks5://ann@10.0.0.1:1");
        assert_eq!(
            read("socks5://ann:pa.ss@[2001:DB8::1]:99"),
            ("socks5://ann@[2001:db8::1]:99".to_owned(), secret())
        );
        assert_eq!(
            read("10.0.0.1:99:ann:pa.ss"),
            ("socks5://ann@10.0.0.1:99".to_owned(), secret())
        );
        assert_eq!(read(" h.example:99 ").0, "socks5://h.example:99");
    }

    #[test]
    fn faults() {
        use ProxyTextError as E;
        for (text, fault) in [
            ("", E::Form),
            ("a:b:c", E::Form),
            ("http://h:1", E::Scheme),
            ("mtproto://h:1", E::Scheme),
            ("socks5://h", E::Port),
            ("socks5://h:0", E::Port),
            ("socks5://h:70000", E::Port),
            ("socks5://:1080", E::Host),
            ("socks5://a b:1080", E::Host),
            ("socks5://1.2.3:1080", E::Host),
            ("socks5://a..b:1080", E::Host),
            ("socks5://us er@h:1", E::Username),
            ("socks5://a:b@c@h:1", E::Password),
            ("h:1:a:p%20", E::Password),
            ("h:1::secret", E::NoUsername),
        ] {
            let error = parse_proxy(text).unwrap_err();
            assert_eq!(error, fault, "{text}");
            assert!(!error.to_string().contains("secret"));
        }
    }
}
