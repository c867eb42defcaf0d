//! Opens connections on which nobody is signed in yet.

use super::keys::KeysInMemory;
use super::steps::Steps;
use crate::telegram::config::TelegramConfig;
use crate::telegram::connection::Connection;
use crate::telegram::session::LiveSession;
use crate::telegram::way::Ways;
use secrecy::SecretString;
use std::net::SocketAddr;
use std::sync::Arc;
use tg_core::failure::Failure;
use tg_core::ids::{AccountId, UserId};
use tg_core::ports::{
    BoxFuture, Clock, DcAuth, Entropy, LoginDesk, LoginWay, Routes, Session, SignIn,
};

/// Stands for "no account yet": rows begin at 1.
const NOBODY: AccountId = AccountId(0);

/// The data centres of Telegram's production network; `help.getConfig` replaces them after the
/// first connection (core.telegram.org/api/datacenter; addresses as in Telegram's own clients).
const PRODUCTION: [(i32, &str); 5] = [
    (1, "149.154.175.53:443"),
    (2, "149.154.167.51:443"),
    (3, "149.154.175.100:443"),
    (4, "149.154.167.91:443"),
    (5, "91.108.56.130:443"),
];
/// Where clients begin that know nothing yet.
const FIRST_DC: i32 = 2;

/// Signs in at Telegram.
pub struct TelegramLogin {
    config: TelegramConfig,
    api_hash: SecretString,
    ways: Ways,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl TelegramLogin {
    /// Signs in as the application with `api_hash` (core.telegram.org/api/obtaining_api_id), on the
    /// ways of `routes`.
    #[must_use]
    pub fn new(
        config: TelegramConfig,
        api_hash: SecretString,
        routes: Arc<dyn Routes>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        let ways = Ways::new(routes, Arc::clone(&clock));
        Self { config, api_hash, ways, clock, entropy }
    }

    /// What a sign-in at Telegram's production network starts from: no keys.
    #[must_use]
    pub fn production() -> Session {
        let dcs = PRODUCTION.iter().filter_map(|(dc, addr)| {
            let addr: SocketAddr = addr.parse().ok()?;
            Some(DcAuth { dc: *dc, addr, key: None })
        });
        Session {
            user_id: UserId(0),
            is_bot: false,
            home_dc: FIRST_DC,
            dcs: dcs.collect(),
            updates: None,
        }
    }
}

impl LoginDesk for TelegramLogin {
    fn open(
        &self,
        way: LoginWay,
        session: Session,
    ) -> BoxFuture<'_, Result<Arc<dyn SignIn>, Failure>> {
        Box::pin(self.line(way, session))
    }
}

impl TelegramLogin {
    async fn line(&self, way: LoginWay, session: Session) -> Result<Arc<dyn SignIn>, Failure> {
        let way = match way {
            LoginWay::Of(account) => self.ways.find(account, &self.config.timeouts).await?,
            LoginWay::Route(route) => self.ways.open(route, &self.config.timeouts).await?,
        };
        let live = Arc::new(LiveSession::new(
            NOBODY,
            session,
            Arc::new(KeysInMemory),
            Arc::clone(&self.clock),
            self.config.timeouts.store,
        ));
        let connection = Connection::open(&self.config, live, &way, Arc::clone(&self.clock));
        let entropy = Arc::clone(&self.entropy);
        let hash = self.api_hash.clone();
        Ok(Arc::new(Steps::new(connection, self.config.api_id, hash, entropy)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_production_address_can_be_read() {
        let session = TelegramLogin::production();
        assert_eq!(session.dcs.len(), PRODUCTION.len());
        assert!(session.dcs.iter().all(|dc| dc.key.is_none() && !dc.addr.ip().is_loopback()));
    }
}
