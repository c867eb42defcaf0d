//! What every test stands on: a simulator, its accounts as stored sessions, a connector.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tempfile::TempDir;
use tg_core::delivery::Body;
use tg_core::failure::Failure;
use tg_core::ids::{AccountId, ProxyId, RandomId, UserId};
use tg_core::peer::{Address, Peer, Username};
use tg_core::ports::{
    BoxFuture, Clock, Connector, DcAuth, Messenger, Route, Routes, Session, SessionError,
    SessionStore, Transmission,
};
use tg_core::proxy::ProxyFault;
use tg_core::testing::ManualClock;
use tg_core::time::Timestamp;
use tg_net::telegram::{TelegramConfig, TelegramConnector, Timeouts};
use tg_sim::{Sim, SimConfig};

/// The machine's time.
pub struct RealClock;

impl Clock for RealClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        Timestamp(i64::try_from(since.as_millis()).unwrap())
    }

    fn sleep(&self, span: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(span))
    }
}

/// The session port, in memory.
#[derive(Default)]
pub struct Sessions {
    kept: Mutex<BTreeMap<AccountId, Session>>,
    panics: AtomicBool,
}

impl Sessions {
    pub fn put(&self, account: AccountId, session: Session) {
        self.kept.lock().unwrap().insert(account, session);
    }

    pub fn get(&self, account: AccountId) -> Session {
        self.kept.lock().unwrap()[&account].clone()
    }

    /// From now on whoever saves panics.
    pub fn panic_on_save(&self) {
        self.panics.store(true, Ordering::SeqCst);
    }
}

impl SessionStore for Sessions {
    fn load(&self, account: AccountId) -> BoxFuture<'_, Result<Session, SessionError>> {
        let found = self.kept.lock().unwrap().get(&account).cloned();
        Box::pin(std::future::ready(found.ok_or(SessionError::Missing)))
    }

    fn save(
        &self,
        account: AccountId,
        session: Session,
    ) -> BoxFuture<'_, Result<(), SessionError>> {
        assert!(!self.panics.load(Ordering::SeqCst), "told to");
        self.put(account, session);
        Box::pin(std::future::ready(Ok(())))
    }
}

/// No account has a proxy.
pub struct Direct;

impl Routes for Direct {
    fn route(&self, _: AccountId) -> BoxFuture<'_, Result<Route, SessionError>> {
        Box::pin(std::future::ready(Ok(Route { proxy: None, not_before: None })))
    }

    fn found(
        &self,
        _: ProxyId,
        _: Result<Duration, ProxyFault>,
    ) -> BoxFuture<'_, Result<(), SessionError>> {
        unreachable!("there is no proxy")
    }
}

#[derive(Deserialize)]
struct AccountEntry {
    user_id: i64,
    is_bot: bool,
    phone: Option<String>,
    home_dc: i32,
    dcs: BTreeMap<i32, SocketAddr>,
    keys: BTreeMap<i32, String>,
}

#[derive(Deserialize)]
pub struct Person {
    pub user_id: i64,
    pub username: Option<String>,
    pub phone: Option<String>,
    pub started_bots: Vec<i64>,
}

/// A simulator with two accounts, a bot and some users, and a connector for them.
pub struct Bench {
    pub sim: Sim,
    /// Phone numbers of the accounts, in order.
    pub phones: Vec<Option<String>>,
    pub sessions: Arc<Sessions>,
    pub people: Vec<Person>,
    _state: TempDir,
}

/// The first account of the simulator.
pub const FIRST: AccountId = AccountId(1);
/// The second one.
pub const SECOND: AccountId = AccountId(2);
/// The bot, which comes after the people.
pub const BOT: AccountId = AccountId(3);

/// Every timeout.
pub const LONG: Duration = Duration::from_secs(30);

impl Bench {
    pub async fn start() -> Self {
        let state = TempDir::new().unwrap();
        let config = SimConfig::new(state.path().join("sim")).accounts(2).users(20).bots(1).seed(7);
        let sim = Sim::start(config).await.unwrap();
        let sessions = Arc::new(Sessions::default());
        let entries: Vec<AccountEntry> = read(&sim.state_dir().join("accounts.json"));
        for (row, entry) in (1i64..).zip(&entries) {
            sessions.put(AccountId(row), session(entry));
        }
        Self {
            people: read(&sim.state_dir().join("users.json")),
            phones: entries.into_iter().map(|entry| entry.phone).collect(),
            sim,
            sessions,
            _state: state,
        }
    }

    pub async fn try_connect(&self, account: AccountId) -> Result<Arc<dyn Messenger>, Failure> {
        connector(Arc::clone(&self.sessions) as _, RealClock).connect(account).await
    }

    pub async fn connect(&self) -> Arc<dyn Messenger> {
        self.try_connect(FIRST).await.unwrap()
    }

    /// A connection whose time passes only when told.
    pub async fn connect_on(&self, clock: &ManualClock) -> Arc<dyn Messenger> {
        connector(Arc::clone(&self.sessions) as _, clock.clone()).connect(FIRST).await.unwrap()
    }

    /// Someone with a username, as the account behind `messenger` may address them.
    pub async fn peer(&self, messenger: &dyn Messenger) -> Peer {
        messenger.resolve(&username(self.named())).await.unwrap().peer
    }

    /// Someone who has a username.
    pub fn named(&self) -> &Person {
        self.people.iter().find(|person| person.username.is_some()).unwrap()
    }

    pub fn rules(&self, json: &str) {
        self.sim.set_rules(json).unwrap();
    }

    /// How often a method was called, whatever came of it.
    pub fn calls(&self, method: &str) -> u64 {
        self.sim.stats().calls.get(method).map_or(0, |tally| tally.ok + tally.errors)
    }

    /// Waits until a method has been called.
    pub async fn called(&self, method: &str) {
        while self.calls(method) == 0 {
            tokio::task::yield_now().await;
        }
    }

    pub fn delivered(&self) -> u64 {
        self.sim.stats().delivered
    }
}

/// A connector that waits for 30 seconds of `clock` for anything.
pub fn connector(
    sessions: Arc<dyn SessionStore>,
    clock: impl Clock + 'static,
) -> TelegramConnector {
    let mut config = TelegramConfig::new(1);
    config.timeouts = Timeouts { connect: LONG, call: LONG, close: LONG, store: LONG, quiet: LONG };
    TelegramConnector::new(config, sessions, Arc::new(Direct), Arc::new(clock))
}

pub fn username(person: &Person) -> Address {
    Address::Username(Username::parse(person.username.as_deref().unwrap()).unwrap())
}

pub fn part(peer: Peer, random_id: i64, text: &str) -> Transmission {
    let body = Body::text(text);
    Transmission { peer, random_id: RandomId(random_id), album: Vec::new(), body }
}

fn session(entry: &AccountEntry) -> Session {
    let key = |dc| entry.keys.get(dc).map(|key| hex::decode(key).unwrap().try_into().unwrap());
    let dcs = entry.dcs.iter().map(|(dc, addr)| DcAuth { dc: *dc, addr: *addr, key: key(dc) });
    Session {
        user_id: UserId(entry.user_id),
        is_bot: entry.is_bot,
        home_dc: entry.home_dc,
        dcs: dcs.collect(),
        updates: None,
    }
}

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> T {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}
