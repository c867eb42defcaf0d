//! Whether a proxy works: greets it, signs in, and goes through it as far as the data centre's
//! door. Nothing of any account's is sent.

use super::place;
use crate::policy::within;
use secrecy::ExposeSecret;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tg_core::ports::{BoxFuture, Clock, ProxyProbe, ProxyRoute};
use tg_core::proxy::ProxyFault;
use tokio::net::TcpStream;
use tokio_socks::Error;
use tokio_socks::tcp::Socks5Stream;

/// The address that is asked for if only the proxy itself is of interest: reserved for
/// documentation (RFC 5737), so that nobody is there.
const NOBODY: &str = "192.0.2.1:443";

/// Looks at proxies, each look within a limit.
pub struct SocksProbe {
    clock: Arc<dyn Clock>,
    limit: Duration,
}

impl SocksProbe {
    /// Looks that take no longer than `limit` of `clock`.
    pub fn new(clock: Arc<dyn Clock>, limit: Duration) -> Self {
        Self { clock, limit }
    }
}

impl ProxyProbe for SocksProbe {
    fn probe<'a>(
        &'a self,
        proxy: &'a ProxyRoute,
        target: Option<SocketAddr>,
    ) -> BoxFuture<'a, Result<Duration, ProxyFault>> {
        Box::pin(async move {
            let begun = self.clock.now();
            // The step that it was in when the time was up says what is wrong.
            let limit = self.limit;
            let socket = within(self.clock.as_ref(), limit, reach(proxy))
                .await
                .unwrap_or(Err(ProxyFault::Unreachable))?;
            within(self.clock.as_ref(), limit, pass(socket, proxy, target))
                .await
                .unwrap_or(Err(ProxyFault::NoRoute))?;
            Ok(self.clock.now().since(begun))
        })
    }
}

async fn reach(proxy: &ProxyRoute) -> Result<TcpStream, ProxyFault> {
    let at = place(&proxy.address).await?;
    // tidy: bounded, by the probe
    TcpStream::connect(at).await.map_err(|_| ProxyFault::Unreachable)
}

async fn pass(
    socket: TcpStream,
    proxy: &ProxyRoute,
    target: Option<SocketAddr>,
) -> Result<(), ProxyFault> {
    let to = target.map_or_else(|| NOBODY.to_owned(), |target| target.to_string());
    let answer = match (&proxy.address.username, &proxy.password) {
        (Some(username), Some(password)) => {
            let password = password.expose_secret();
            Socks5Stream::connect_with_password_and_socket(socket, to.as_str(), username, password)
                .await
        }
        (Some(_), None) => return Err(ProxyFault::Refused),
        (None, _) => Socks5Stream::connect_with_socket(socket, to.as_str()).await,
    };
    match answer.map_err(|error| fault(&error)) {
        // It took us in; that it finds nobody is how it should be.
        Err(ProxyFault::NoRoute) if target.is_none() => Ok(()),
        answer => answer.map(drop),
    }
}

fn fault(error: &Error) -> ProxyFault {
    match error {
        Error::PasswordAuthFailure(_)
        | Error::AuthorizationRequired
        | Error::NoAcceptableAuthMethods
        | Error::UnknownAuthMethod
        | Error::InvalidAuthValues(_)
        | Error::IdentdAuthFailure
        | Error::InvalidUserIdAuthFailure => ProxyFault::Refused,
        Error::GeneralSocksServerFailure
        | Error::ConnectionNotAllowedByRuleset
        | Error::NetworkUnreachable
        | Error::HostUnreachable
        | Error::ConnectionRefused
        | Error::TtlExpired
        | Error::CommandNotSupported
        | Error::AddressTypeNotSupported
        | Error::UnknownError => ProxyFault::NoRoute,
        Error::Io(_) | Error::ProxyServerUnreachable => ProxyFault::Unreachable,
        Error::ParseError(_)
        | Error::InvalidTargetAddress(_)
        | Error::InvalidResponseVersion
        | Error::InvalidReservedByte
        | Error::UnknownAddressType => ProxyFault::NotSocks,
    }
}
