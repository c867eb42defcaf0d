//! Builds the adapters of a home and hands them to the application layer.

use crate::clock::SystemClock;
use crate::config::Config;
use crate::context::Context;
use crate::env;
use crate::error::CliError;
use crate::exit::Exit;
use crate::home::Home;
use crate::keys::{self, Keys};
pub(crate) use crate::need::Need;
use crate::source;
use secrecy::SecretString;
use std::sync::Arc;
use std::time::Duration;
use tg_app::auth::{self, Shown, Visitor};
use tg_app::{Actor, App, AppError};
use tg_core::breaker::BreakerPolicy;
use tg_core::ports::{
    AuditEntry, AuditKey, Clock, Connector, Entropy, HealthWatch, IdKey, Identifier, LoginDesk,
    MediaSource, Routes, ServiceChats, SessionStore, Store, StoreError,
};
use tg_core::retry::RetryPolicy;
use tg_engine::HealthLog;
use tg_net::policy::{Breakers, Retry};
use tg_net::proxy::SocksProbe;
use tg_net::telegram::{Policies, TelegramConfig, TelegramConnector, TelegramLogin};
use tg_security::vault::{SecretName, Vault};
use tg_security::{
    Cost, HomeAuditKey, HomeKeyError, IdKeyHmac, MasterKey, SealedRoutes, SealedSessions, Sealer,
    SystemEntropy,
};
use tg_store::{HomeLock, Mode, OpenOptions, SqliteStore};
use zeroize::Zeroizing;

/// What each step of a look at a proxy may take.
const PROBE_LIMIT: Duration = Duration::from_secs(10);
/// Attempts of a call that only reads.
const READ_ATTEMPTS: u32 = 3;

/// A home, open. To be closed.
pub(crate) struct Opened {
    /// For the use cases.
    pub(crate) app: App,
    /// Who asks: whoever may read the home's files.
    pub(crate) actor: Actor,
    /// The store itself, for what concerns the file and not its content.
    pub(crate) store: Arc<SqliteStore>,
    sessions: Arc<dyn SessionStore>,
    vault: Vault,
    /// What the adapters notice about the services they use.
    pub(crate) health: Arc<HealthLog>,
    /// What everything is sealed under.
    pub(crate) master: Arc<MasterKey>,
    /// What a guess at its passphrase costs, if it has one.
    pub(crate) cost: Option<Cost>,
    audit: Arc<HomeAuditKey>,
}

/// Opens the home, finds out who asks, does `work`, and closes the home whatever came of it.
///
/// # Errors
/// Those of opening, of admission and of `work`.
pub(crate) async fn with<T>(
    context: &Context,
    work: impl AsyncFnOnce(&Opened) -> Result<T, CliError>,
) -> Result<T, CliError> {
    let visitor = visitor(context, context.credentials.shown(&context.home)?);
    serve(open(context, None).await?, Some(visitor), work).await
}

/// The same for what must be alone in the home. Who may not is refused also while others are in it.
///
/// # Errors
/// Those of locking, of opening, of admission and of `work`; a refusal.
pub(crate) async fn alone<T>(
    context: &Context,
    need: Need<'_>,
    work: impl AsyncFnOnce(&Opened) -> Result<T, CliError>,
) -> Result<T, CliError> {
    context.home.require()?;
    let lock = match HomeLock::acquire(context.home.dir()) {
        Ok(lock) => lock,
        Err(held) => {
            with(context, async |opened| opened.permit(need).await).await?;
            return Err(held.into());
        }
    };
    locked(context, lock, need, work).await
}

/// The same with the home's lock in hand, and its errors without that of locking.
pub(crate) async fn locked<T>(
    context: &Context,
    lock: HomeLock,
    need: Need<'_>,
    work: impl AsyncFnOnce(&Opened) -> Result<T, CliError>,
) -> Result<T, CliError> {
    let visitor = visitor(context, context.credentials.shown(&context.home)?);
    let opened = open(context, Some(&lock)).await?;
    let recovering = async |opened: &Opened| {
        opened.permit(need).await?;
        keys::recover(&context.home, opened.port()).await?;
        work(opened).await
    };
    let result = serve(opened, Some(visitor), recovering).await;
    drop(lock);
    result
}

/// The same for whoever comes in: `work` finds out who that is.
///
/// # Errors
/// Those of opening and of `work`.
pub(crate) async fn at_the_door<T>(
    context: &Context,
    work: impl AsyncFnOnce(&Opened) -> Result<T, CliError>,
) -> Result<T, CliError> {
    serve(open(context, None).await?, None, work).await
}

/// Somebody who shows `shown`, at this terminal.
pub(crate) fn visitor(context: &Context, shown: Shown) -> Visitor {
    let required = context.config.auth_required.value.0;
    Visitor { shown, source: source::of_this_process(), required }
}

async fn open(context: &Context, lock: Option<&HomeLock>) -> Result<Opened, CliError> {
    context.home.require()?;
    context.home.finish_restore().map_err(|error| {
        CliError::new(Exit::Failed, "home_io", "cannot finish a restore that was cut off")
            .because(&error)
            .hint("check who owns the files of the home")
    })?;
    let keys = Keys::find(&context.home)?;
    let audit = Arc::new(HomeAuditKey::new());
    let options = options(&context.home, &context.config, &audit);
    let store = match lock {
        Some(lock) => SqliteStore::open_alone(&options, lock)?,
        None => SqliteStore::open(&options)?,
    };
    Opened::unlock(&context.home, store, keys, audit).await
}

async fn serve<T>(
    mut opened: Opened,
    visitor: Option<Visitor>,
    work: impl AsyncFnOnce(&Opened) -> Result<T, CliError>,
) -> Result<T, CliError> {
    let admitted = match &visitor {
        Some(visitor) => auth::admit(&opened.app, visitor).await.map(Some),
        None => Ok(None),
    };
    let result = match admitted {
        Ok(actor) => {
            opened.actor = actor.unwrap_or(opened.actor);
            work(&opened).await
        }
        Err(refusal) => Err(refusal.into()),
    };
    opened.close().await;
    result
}

impl Opened {
    /// Opens what is sealed in an open store, or closes it.
    ///
    /// # Errors
    /// If no key at hand is the one.
    pub(crate) async fn unlock(
        home: &Home,
        store: SqliteStore,
        keys: Keys,
        audit: Arc<HomeAuditKey>,
    ) -> Result<Self, CliError> {
        let cost = keys.cost();
        match keys::unlock(home, &store, keys, &audit).await {
            Ok(master) => {
                tracing::debug!(key = master.version(), "the home is unlocked");
                Ok(Self::new(store, Arc::new(master), cost, audit))
            }
            Err(error) => {
                store.close().await;
                Err(error)
            }
        }
    }

    /// Hands the adapters over.
    fn new(
        store: SqliteStore,
        master: Arc<MasterKey>,
        cost: Option<Cost>,
        audit: Arc<HomeAuditKey>,
    ) -> Self {
        let store = Arc::new(store);
        let sealer = Arc::new(Sealer::new(&master));
        let port: Arc<dyn Store> = Arc::clone(&store) as Arc<dyn Store>;
        let app = App {
            store: Arc::clone(&port),
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy::new()),
            sealer: Arc::clone(&sealer),
            audit_key: Arc::clone(&audit) as Arc<dyn AuditKey>,
        };
        let vault = Vault::new(Arc::clone(&port), Arc::clone(&sealer));
        let sessions = Arc::new(SealedSessions::new(port, sealer));
        let health = Arc::default();
        let actor = Actor::local().from_source(source::of_this_process());
        Self { app, actor, store, sessions, vault, health, master, cost, audit }
    }

    /// The store as the port.
    pub(crate) fn port(&self) -> &dyn Store {
        &*self.app.store
    }

    /// Whether an account belongs to a simulator: then Telegram's test numbers are people too.
    ///
    /// # Errors
    /// If the store fails.
    pub(crate) async fn is_simulated(&self) -> Result<bool, CliError> {
        let loopback: Result<bool, StoreError> = self
            .port()
            .read(|unit| Ok(unit.accounts()?.iter().any(|account| account.loopback)))
            .await;
        Ok(loopback?)
    }

    /// What opens connections to Telegram.
    pub(crate) fn connector(&self, config: &Config) -> Arc<dyn Connector> {
        Arc::new(self.telegram_connector(config))
    }

    /// What finds out whose a session is.
    pub(crate) fn identifier(&self, config: &Config) -> Arc<dyn Identifier> {
        Arc::new(self.telegram_connector(config))
    }

    /// What reads login codes in accounts' own sessions.
    pub(crate) fn service_chats(&self, config: &Config) -> Arc<dyn ServiceChats> {
        Arc::new(self.telegram_connector(config))
    }

    fn telegram_connector(&self, config: &Config) -> TelegramConnector {
        let sessions = Arc::clone(&self.sessions);
        let clock: Arc<dyn Clock> = Arc::clone(&self.app.clock);
        let policies =
            Policies { endpoints: self.breakers(BreakerPolicy::ENDPOINT), reads: self.reads() };
        TelegramConnector::new(self.telegram(config), sessions, self.routes(), clock)
            .with_policies(policies)
            .with_media(Arc::clone(&self.store) as Arc<dyn MediaSource>)
    }

    /// How the application introduces itself.
    pub(crate) fn telegram(&self, config: &Config) -> TelegramConfig {
        // Simulated data centres take any number; Telegram refuses 0 with a reason that names it.
        let mut telegram = TelegramConfig::new(config.api_id.value.map_or(0, |id| id.0));
        telegram.device_model.clone_from(&config.device_model.value.0);
        telegram
    }

    /// Which way each account goes.
    fn routes(&self) -> Arc<dyn Routes> {
        Arc::new(SealedRoutes::new(
            Arc::clone(&self.app.store),
            Arc::clone(&self.app.sealer),
            Arc::clone(&self.app.clock),
        ))
    }

    /// What signs accounts in and out, as the application with this hash.
    pub(crate) fn desk(&self, config: &Config, api_hash: SecretString) -> Arc<dyn LoginDesk> {
        Arc::new(TelegramLogin::new(
            self.telegram(config),
            api_hash,
            self.routes(),
            Arc::clone(&self.app.clock),
            Arc::clone(&self.app.entropy),
        ))
    }

    /// What looks whether proxies work.
    pub(crate) fn probe(&self) -> SocksProbe {
        SocksProbe::new(Arc::clone(&self.app.clock), PROBE_LIMIT)
    }

    /// A secret in clear, for the adapter that needs it: what the environment says, else what the
    /// vault has; `None` if neither does.
    ///
    /// # Errors
    /// If the variable's value cannot be this secret; if the vault's does not open.
    pub(crate) async fn secret(&self, name: &SecretName) -> Result<Option<SecretString>, CliError> {
        let variable = env::of_secret(name);
        if let Some((variable, value)) =
            variable.and_then(|variable| Some((variable, variable.text().transpose()?)))
        {
            let value = Zeroizing::new(value?);
            name.check(&value).map_err(|problem| {
                let message = format!("{} cannot be {name}: {problem}", variable.name);
                CliError::new(Exit::Usage, "bad_environment", message)
            })?;
            return Ok(Some(SecretString::from(value.as_str())));
        }
        Ok(self.vault.get(name).await.map_err(AppError::from)?)
    }

    /// Breakers whose moves `doctor` and the run's events show.
    pub(crate) fn breakers(&self, policy: BreakerPolicy) -> Arc<Breakers> {
        let watch = Arc::clone(&self.health) as Arc<dyn HealthWatch>;
        Arc::new(Breakers::new(Arc::clone(&self.app.clock), policy, watch))
    }

    /// How Telegram is asked again when it has trouble of its own.
    fn reads(&self) -> Retry {
        let (clock, entropy) = (Arc::clone(&self.app.clock), Arc::clone(&self.app.entropy));
        Retry::new(clock, entropy, RetryPolicy::REPEAT, READ_ATTEMPTS)
    }

    /// The key under which random ids are derived.
    ///
    /// # Errors
    /// If it is missing or does not open.
    pub(crate) async fn id_key(&self) -> Result<Arc<dyn IdKey>, CliError> {
        let sealer = Arc::clone(&self.app.sealer);
        let key: Result<IdKeyHmac, HomeKeyError> =
            self.port().read(move |unit| IdKeyHmac::load(&*unit, &sealer)).await;
        Ok(Arc::new(key?))
    }

    /// Makes that key and the one of the audit log, in a new home; leaves them alone in one that has
    /// them.
    ///
    /// # Errors
    /// If they cannot be sealed or stored.
    pub(crate) async fn make_keys(&self) -> Result<(), CliError> {
        let (sealer, entropy) = (Arc::clone(&self.app.sealer), Arc::clone(&self.app.entropy));
        let made: Result<(), HomeKeyError> = self
            .port()
            .write(move |unit| {
                match IdKeyHmac::create(unit, &sealer, &*entropy) {
                    // Together with the other, so that no home has just one of them.
                    Ok(_) => HomeAuditKey::create(unit, &sealer, &*entropy),
                    Err(HomeKeyError::Exists) => Ok(()),
                    Err(error) => Err(error),
                }
            })
            .await;
        made?;
        keys::settle(self.port(), &self.master, &self.audit).await
    }

    /// Fills a new home: its own keys, the first row of the audit log, and the note of the log's end.
    ///
    /// # Errors
    /// If a key cannot be sealed or stored; those of the store.
    pub(crate) async fn fill(&self) -> Result<(), CliError> {
        self.make_keys().await?;
        let entry = AuditEntry {
            at: self.app.clock.now(),
            actor: self.actor.who.clone(),
            source: self.actor.source.clone(),
            action: "home.init".into(),
            object: "home".into(),
            outcome: "done",
            ..AuditEntry::default()
        };
        let written: Result<(), StoreError> = self
            .port()
            .write(move |unit| {
                unit.renew_audit_head();
                unit.audit(&entry)
            })
            .await;
        Ok(written?)
    }

    /// Does what was handed over, and joins everything.
    pub(crate) async fn close(self) {
        self.store.close().await;
    }
}

/// How a home's database is opened.
pub(crate) fn options(home: &Home, config: &Config, audit: &Arc<HomeAuditKey>) -> OpenOptions {
    OpenOptions {
        pool_size: u32::try_from(config.readers.value.0).unwrap_or(1),
        busy_deadline: config.busy_deadline.value.0,
        mode: Mode::Threaded,
        ..OpenOptions::new(home.db(), home.mark(), Arc::clone(audit) as Arc<dyn AuditKey>)
    }
}

/// A random version 4 UUID: the identity of a new home.
pub(crate) fn new_home_id(entropy: &dyn Entropy) -> uuid::Uuid {
    let mut bytes = [0; 16];
    entropy.fill(&mut bytes);
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}
