//! From a stored session to a connection that has proven whose it is.

use super::config::TelegramConfig;
use super::connection::Connection;
use super::errors::{self, Call};
use super::media::Shelf;
use super::messenger::TelegramMessenger;
use super::service_chat::TelegramServiceChat;
use super::session::{LiveSession, LiveSessionError};
use super::way::{Way, Ways};
use crate::policy::{Breakers, Retry, RetryingReads, within};
use grammers_client::tl::{enums, functions, types};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use tg_core::failure::{AccountFault, Failure, FailureClass, Refusal};
use tg_core::ids::{AccountId, UserId};
use tg_core::ports::{
    BoxFuture, Clock, Connector, MediaSource, Messenger, Routes, ServiceChat, ServiceChats,
    Session, SessionError, SessionStore, UpdatePoint,
};

/// Opens connections to Telegram, one per account.
///
/// Never open two for one session at a time: Telegram ends a session that is used twice
/// (`AUTH_KEY_DUPLICATED`, core.telegram.org/api/errors#406-not-acceptable).
pub struct TelegramConnector {
    pub(super) config: TelegramConfig,
    sessions: Arc<dyn SessionStore>,
    pub(super) ways: Ways,
    pub(super) clock: Arc<dyn Clock>,
    policies: Option<Policies>,
    media: Option<Arc<dyn MediaSource>>,
    /// What each account has uploaded: a new connection goes on with it. A home has tens of accounts.
    shelves: Mutex<BTreeMap<AccountId, Arc<Shelf>>>,
}

/// What stands between the engine and Telegram besides timeouts.
pub struct Policies {
    /// One per address that is connected to, for all accounts together: a data centre, or a way to
    /// it, that is down is not asked by every account again and again.
    pub endpoints: Arc<Breakers>,
    /// For calls that only read, where Telegram has trouble of its own.
    pub reads: Retry,
}

/// History asks for the time and for at most ten pages, each with a timeout of its own.
const LONGEST_READ: u32 = 12;

impl TelegramConnector {
    /// A connector for the sessions of `sessions`, on the ways of `routes`; `clock` times every
    /// call.
    pub fn new(
        config: TelegramConfig,
        sessions: Arc<dyn SessionStore>,
        routes: Arc<dyn Routes>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let ways = Ways::new(routes, Arc::clone(&clock));
        let (policies, media, shelves) = (None, None, Mutex::default());
        Self { config, sessions, ways, clock, policies, media, shelves }
    }

    /// The same with policies.
    #[must_use]
    pub fn with_policies(mut self, policies: Policies) -> Self {
        self.policies = Some(policies);
        self
    }

    /// The same with files: without a source of them, messages that have any are refused.
    #[must_use]
    pub fn with_media(mut self, media: Arc<dyn MediaSource>) -> Self {
        self.media = Some(media);
        self
    }

    fn shelf(&self, account: AccountId) -> Arc<Shelf> {
        let mut shelves = self.shelves.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Arc::new(Shelf::new(self.media.clone()));
        Arc::clone(shelves.entry(account).or_insert_with(new))
    }

    async fn load(&self, account: AccountId) -> Result<Session, Failure> {
        let limit = self.config.timeouts.store;
        match within(self.clock.as_ref(), limit, self.sessions.load(account)).await {
            Ok(Ok(session)) => Ok(session),
            Ok(Err(SessionError::Missing)) => Err(errors::no_session("there is none")),
            Ok(Err(error @ SessionError::Sealed(_))) => Err(Failure::new(
                FailureClass::Refused(Refusal::Config),
                "session_sealed",
                format!("The account's session cannot be used: {error}"),
            )),
            Ok(Err(SessionError::Store(error))) => Err(session_store(&error)),
            Err(elapsed) => Err(session_store(&elapsed)),
        }
    }

    async fn open(&self, account: AccountId) -> Result<Connection, Failure> {
        let session = Arc::new(LiveSession::new(
            account,
            self.load(account).await?,
            Arc::clone(&self.sessions),
            Arc::clone(&self.clock),
            self.config.timeouts.store,
        ));
        if !session.has_key(session.home()) {
            // Without this, grammers would make a key that nobody is logged in with.
            return Err(errors::no_session("it has no key for the account's data centre"));
        }
        let way = self.ways.find(account, &self.config.timeouts).await?;
        let endpoint = endpoint(&way, &session);
        let admission = match &self.policies {
            Some(policies) => Some(policies.endpoints.admit(&endpoint)?),
            None => None,
        };
        let greeted = self.greeted(session, &way).await;
        if let Some(admission) = admission {
            admission.end(&greeted);
        }
        greeted
    }

    /// The connection as a messenger, with the policies.
    async fn messenger(&self, account: AccountId) -> Result<Arc<dyn Messenger>, Failure> {
        let connection = Self::open(self, account).await?;
        let messenger: Arc<dyn Messenger> =
            Arc::new(TelegramMessenger::new(connection, self.shelf(account)));
        Ok(match &self.policies {
            Some(policies) => Arc::new(RetryingReads::new(
                messenger,
                Arc::clone(&self.clock),
                policies.reads.clone(),
                self.config.timeouts.call * LONGEST_READ,
            )),
            None => messenger,
        })
    }

    /// A connection that has answered, and proven whose it is.
    async fn greeted(&self, session: Arc<LiveSession>, way: &Way) -> Result<Connection, Failure> {
        let timeouts = &self.config.timeouts;
        let target = session.home_addr();
        let begun = self.clock.now();
        let connection = Connection::open(&self.config, session, way, Arc::clone(&self.clock));
        let greeted = within(self.clock.as_ref(), timeouts.connect, greet(&connection))
            .await
            .unwrap_or_else(|elapsed| Err(errors::timed_out(elapsed)));
        if let Err(failure) = greeted {
            connection.close().await;
            return Err(self.ways.explain(way, target, failure, timeouts).await);
        }
        self.ways.worked(way, self.clock.now().since(begun), timeouts).await;
        Ok(connection)
    }
}

impl Connector for TelegramConnector {
    fn connect(&self, account: AccountId) -> BoxFuture<'_, Result<Arc<dyn Messenger>, Failure>> {
        Box::pin(self.messenger(account))
    }
}

impl ServiceChats for TelegramConnector {
    fn open(&self, account: AccountId) -> BoxFuture<'_, Result<Arc<dyn ServiceChat>, Failure>> {
        Box::pin(async move {
            let chat = TelegramServiceChat::new(Self::open(self, account).await?);
            Ok(Arc::new(chat) as Arc<dyn ServiceChat>)
        })
    }
}

/// What a breaker stands for: a data centre, or the proxy through which one account reaches it.
fn endpoint(way: &Way, session: &LiveSession) -> String {
    match (way, session.home_addr()) {
        (Way::Through { proxy, .. }, _) => format!("Telegram through proxy {}", proxy.name),
        (Way::Direct, Some(addr)) => format!("Telegram at {addr}"),
        (Way::Direct, None) => format!("Telegram's data centre {}", session.home()),
    }
}

/// Asks who the account is, and begins to hear updates.
async fn greet(connection: &Connection) -> Result<(), Failure> {
    let found = own_user(connection).await?;
    if UserId(found.id) != connection.session().user_id() {
        return Err(Failure::new(
            FailureClass::Refused(Refusal::Account(AccountFault::WrongIdentity)),
            "wrong_identity",
            "The session belongs to another Telegram user than the one recorded for the account",
        ));
    }
    if !connection.session().hears_updates() {
        hear_updates(connection).await?;
    }
    Ok(())
}

/// The account's own user, asked for where the account lives.
pub(super) async fn own_user(connection: &Connection) -> Result<types::User, Failure> {
    let home = connection.session().home();
    match who_am_i(connection).await {
        // The call that was told "elsewhere" has moved the home, if there is a key for it.
        Err(failure)
            if errors::new_home(&failure).is_some() && connection.session().home() != home =>
        {
            who_am_i(connection).await
        }
        answer => answer,
    }
}

/// core.telegram.org/method/users.getUsers with `inputUserSelf`
async fn who_am_i(connection: &Connection) -> Result<types::User, Failure> {
    let request = functions::users::GetUsers { id: vec![enums::InputUser::UserSelf] };
    let users = connection.call(Call::Connect, &request).await?;
    match <[enums::User; 1]>::try_from(users) {
        Ok([enums::User::User(user)]) => Ok(user),
        _ => Err(errors::unreadable("it does not say who the account is")),
    }
}

/// A session that was made from a bare key hears nothing before it has asked for the state once
/// (core.telegram.org/method/updates.getState).
async fn hear_updates(connection: &Connection) -> Result<(), Failure> {
    let enums::updates::State::State(state) =
        connection.call(Call::Connect, &functions::updates::GetState {}).await?;
    let point = UpdatePoint { pts: state.pts, qts: state.qts, date: state.date, seq: state.seq };
    connection.session().heard(point).await.map_err(|error: LiveSessionError| session_store(&error))
}

/// Ambiguous, because it may work the next time; nothing was connected, let alone sent.
fn session_store(error: &dyn std::error::Error) -> Failure {
    Failure::ambiguous("session_store", format!("The account's session is not available: {error}"))
}
