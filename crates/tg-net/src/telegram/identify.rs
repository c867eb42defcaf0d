//! Whose a session is that no account has yet.

use super::connection::Connection;
use super::connector::{TelegramConnector, own_user};
use super::errors;
use super::session::LiveSession;
use crate::policy::within;
use std::sync::{Arc, Mutex, PoisonError};
use tg_core::failure::Failure;
use tg_core::ids::{AccountId, UserId};
use tg_core::peer::PhoneNumber;
use tg_core::ports::{BoxFuture, Identifier, Identity, Route, Session, SessionError, SessionStore};

/// Keeps one session for as long as the question takes.
struct Scratch(Mutex<Session>);

impl Scratch {
    fn kept(&self) -> Session {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl SessionStore for Scratch {
    fn load(&self, _: AccountId) -> BoxFuture<'_, Result<Session, SessionError>> {
        Box::pin(std::future::ready(Ok(self.kept())))
    }

    fn save(&self, _: AccountId, session: Session) -> BoxFuture<'_, Result<(), SessionError>> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = session;
        Box::pin(std::future::ready(Ok(())))
    }
}

impl TelegramConnector {
    async fn ask(&self, session: Session, route: Route) -> Result<Identity, Failure> {
        let scratch = Arc::new(Scratch(Mutex::new(session.clone())));
        let timeouts = &self.config.timeouts;
        let way = self.ways.open(route, timeouts).await?;
        // There is no account yet, and nothing is kept under this number.
        let live = Arc::new(LiveSession::new(
            AccountId(0),
            session,
            Arc::clone(&scratch) as Arc<dyn SessionStore>,
            Arc::clone(&self.clock),
            timeouts.store,
        ));
        let target = live.home_addr();
        let connection = Connection::open(&self.config, live, &way, Arc::clone(&self.clock));
        let found = within(self.clock.as_ref(), timeouts.connect, own_user(&connection)).await;
        connection.close().await;
        let user = match found.unwrap_or_else(|elapsed| Err(errors::timed_out(elapsed))) {
            Ok(user) => user,
            Err(failure) => return Err(self.ways.explain(&way, target, failure, timeouts).await),
        };
        let (user_id, is_bot) = (UserId(user.id), user.bot);
        let phone =
            user.phone.and_then(|digits| PhoneNumber::from_e164(&format!("+{digits}")).ok());
        let session = Session { user_id, is_bot, ..scratch.kept() };
        Ok(Identity { user_id, is_bot, phone, session })
    }
}

impl Identifier for TelegramConnector {
    fn identify(&self, session: Session, route: Route) -> BoxFuture<'_, Result<Identity, Failure>> {
        Box::pin(self.ask(session, route))
    }
}
