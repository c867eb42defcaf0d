//! What embedders call: one run of the engine over one home, from taking over to the last commit.

use crate::alerts;
use crate::board::{Board, Doing};
use crate::campaigns::Keeper;
use crate::control::{self, Control, has_unsettled, is_stuck};
use crate::counting::Counting;
use crate::events::{EventKind, EventSink};
use crate::health::HealthLog;
use crate::hear;
use crate::hear_options::HearOptions;
use crate::herald::Herald;
use crate::lending;
use crate::recovery;
use crate::replies;
use crate::scribe::{self, Scribe, TextOptions};
use crate::shutdown::Shutdown;
use crate::supervisor::Supervisor;
use crate::worker::Shared;
use std::sync::Arc;
use std::time::Duration;
use tg_core::failure::Failure;
use tg_core::ports::{
    Alerter, Borrowers, Clock, Connector, Entropy, IdKey, Store, StoreError, TextWriter,
};
use tg_core::time::Timestamp;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

/// How often the database is asked whether another process changed it.
const WATCH: Duration = Duration::from_millis(500);

/// The world of a run.
#[derive(Clone)]
pub struct EngineParts {
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// Opens accounts' connections.
    pub connector: Arc<dyn Connector>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Chance, for jitter.
    pub entropy: Arc<dyn Entropy>,
    /// Derives random ids.
    pub id_key: Arc<dyn IdKey>,
    /// Hears what happens.
    pub events: Arc<dyn EventSink>,
    /// Tells a person what they should know; without it, that is only written down.
    pub alerter: Option<Arc<dyn Alerter>>,
    /// What the adapters notice about the services they use.
    pub health: Arc<HealthLog>,
    /// Knows whether a command lives that borrowed accounts.
    pub borrowers: Arc<dyn Borrowers>,
    /// Writes personal texts; without it, everybody gets the template.
    pub writer: Option<Arc<dyn TextWriter>>,
}

/// How a run goes about it.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// Return when no started campaign has work due (within `max_wait`).
    pub until_idle: bool,
    /// With `until_idle`: work that is due later than this counts as none. `None`: all work counts.
    pub max_wait: Option<Duration>,
    /// Give up when work is due and no account has been connected for this long.
    pub connect_deadline: Duration,
    /// After a stop is requested, calls on their way may land for this long.
    pub grace: Duration,
    /// Calls of one account that may be on their way at once; at least 1.
    pub depth: usize,
    /// How long an account that was given another way out stays silent after its last byte.
    pub exit_pause: Duration,
    /// How accounts hear.
    pub hear: HearOptions,
    /// An alert that is raised again within this time is counted, not told again.
    pub alert_quiet: Duration,
    /// How personal texts are written.
    pub texts: TextOptions,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            until_idle: false,
            max_wait: None,
            connect_deadline: Duration::from_secs(60),
            grace: Duration::from_secs(10),
            depth: 8,
            exit_pause: tg_core::proxy::EXIT_PAUSE,
            hear: HearOptions::default(),
            alert_quiet: Duration::from_secs(6 * 3_600),
            texts: TextOptions::default(),
        }
    }
}

/// Why a run ended without an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Nothing is due.
    Idle,
    /// It was told to stop.
    Stopped,
}

/// What a run did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunSummary {
    /// Why it ended.
    pub ended: Ended,
    /// When the next delivery is due, if any is.
    pub next_due: Option<Timestamp>,
    /// Confirmed by Telegram in this run.
    pub sent: u64,
    /// Refused by Telegram in this run.
    pub failed: u64,
    /// Found ineligible in this run.
    pub skipped: u64,
    /// Left to a person in this run.
    pub unknown: u64,
    /// Put off in this run; one delivery may be put off several times.
    pub deferred: u64,
}

/// Why a run failed. What was sent is settled; what is in doubt is repeated by the next run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The store failed.
    #[error("the database failed")]
    Store(#[from] StoreError),
    /// Work is due, and no account could connect.
    #[error("work is due, but no account has been connected for {} s{}", .waited.as_secs(), .last.as_ref().map(|f| format!(": {f}")).unwrap_or_default())]
    NoAccountConnected {
        /// For how long.
        waited: Duration,
        /// The last failure.
        last: Option<Failure>,
    },
    /// Telegram refuses this installation; a person has to put it right.
    #[error("Telegram refuses this installation: {0}")]
    Config(Failure),
}

/// Runs the engine over a home that the caller holds the lock of.
///
/// # Errors
/// See [`RunError`]. In every case all tasks have ended and all connections are closed.
pub async fn run(
    parts: EngineParts,
    options: RunOptions,
    shutdown: Shutdown,
) -> Result<RunSummary, RunError> {
    let (epoch, interrupted) =
        recovery::take_over(parts.store.as_ref(), parts.clock.as_ref()).await?;
    let counting = Arc::new(Counting::new(parts.events));
    let shared = Arc::new(Shared {
        store: parts.store,
        connector: parts.connector,
        clock: parts.clock,
        entropy: parts.entropy,
        id_key: parts.id_key,
        events: Arc::clone(&counting) as Arc<dyn EventSink>,
        epoch,
        board: Board::default(),
        stop: Shutdown::new(),
        grace: options.grace,
        depth: options.depth.max(1),
        exit_pause: options.exit_pause,
        until_idle: options.until_idle,
        hear: options.hear.clone(),
        seats: Arc::new(Semaphore::new(options.hear.seats)),
        alert_quiet: options.alert_quiet,
    });
    let last_words = Shutdown::new();
    // Dropping the set ends the task, should this future be dropped.
    let mut herald = JoinSet::new();
    if let Some(alerter) = parts.alerter {
        let (store, clock) = (Arc::clone(&shared.store), Arc::clone(&shared.clock));
        let entropy = Arc::clone(&shared.entropy);
        herald.spawn(Herald { store, clock, entropy, alerter }.run(last_words.clone()));
    }
    shared.emit(EventKind::Started { epoch, interrupted });
    let mut first = control::read(shared.store.as_ref(), &Control::default()).await?;
    first.lent = lending::lent(&first, &shared.board);
    let (orders, _) = watch::channel(Arc::new(first));
    let mut house = House {
        supervisor: Supervisor::new(Arc::clone(&shared), orders.subscribe()),
        scribe: Scribe::hire(&shared, parts.writer, options.texts.clone(), orders.subscribe()),
        shared,
        options,
        orders,
        keeper: Keeper::default(),
        health: parts.health,
        borrowers: parts.borrowers,
        counting: Arc::clone(&counting),
        changes: 0,
        alone_since: None,
        forget_at: Timestamp::default(),
    };
    let result = house.keep(&shutdown).await;
    house.shared.stop.begin();
    let joined = house.supervisor.join().await.and(house.scribe.join().await);
    let noted = house.note().await;
    last_words.begin();
    let told = herald.join_next().await;
    let (ended, next_due) = result?;
    joined?;
    noted?;
    if let Some(told) = told {
        told.unwrap_or(Err(StoreError::Closed))?;
    }
    Ok(counting.summary(ended, next_due))
}

/// The run's own loop: hears the database, looks after campaigns, notices the end.
struct House {
    shared: Arc<Shared>,
    options: RunOptions,
    orders: watch::Sender<Arc<Control>>,
    supervisor: Supervisor,
    scribe: Scribe,
    keeper: Keeper,
    changes: u64,
    health: Arc<HealthLog>,
    borrowers: Arc<dyn Borrowers>,
    counting: Arc<Counting>,
    /// Since when work is due and no account is connected.
    alone_since: Option<Timestamp>,
    /// When old messages are looked for again.
    forget_at: Timestamp,
}

impl House {
    async fn keep(&mut self, shutdown: &Shutdown) -> Result<(Ended, Option<Timestamp>), RunError> {
        let mut look = true;
        loop {
            if shutdown.is_begun() {
                self.shared.emit(EventKind::Stopping { grace: self.options.grace });
                return Ok((Ended::Stopped, self.next_due()));
            }
            self.note().await?;
            if let Some(failure) = self.shared.board.fatal_failure() {
                let (alert, quiet) = (alerts::refused(&failure), self.options.alert_quiet);
                let now = self.shared.clock.now();
                self.shared.store.write(move |unit| unit.raise_alert(&alert, quiet, now)).await?;
                return Err(RunError::Config(failure));
            }
            if look {
                self.listen().await?;
            }
            let control = self.orders.borrow().clone();
            lending::tend(&self.shared, &control, &self.supervisor, &*self.borrowers).await?;
            self.supervisor.staff(&control).await?;
            if self.keeper.tick(&self.shared, &control).await? {
                self.orders.send_replace(control);
                continue;
            }
            self.check_connected()?;
            self.forget_at = hear::forget(&self.shared, self.forget_at).await?;
            if self.options.until_idle && self.is_idle().await? {
                return Ok((Ended::Idle, self.next_due()));
            }
            let clock = Arc::clone(&self.shared.clock);
            look = tokio::select! {
                () = shutdown.begun() => false,
                // A task rested, ended or put its last row down: nothing to read for that.
                () = self.shared.board.changed.notified() => false,
                ended = self.supervisor.ended() => { ended?; true },
                ended = self.scribe.ended() => { ended?; true },
                () = clock.sleep(WATCH) => true,
            };
        }
    }

    /// Writes down what was noticed since the last time.
    async fn note(&self) -> Result<(), StoreError> {
        let (services, alerts) = (self.health.take(), self.counting.runaway.take());
        if services.is_empty() && alerts.is_empty() {
            return Ok(());
        }
        let (written, quiet, now) =
            (services.clone(), self.options.alert_quiet, self.shared.clock.now());
        self.shared
            .store
            .write(move |unit| -> Result<(), StoreError> {
                written.iter().try_for_each(|health| unit.put_health(health))?;
                for alert in &alerts {
                    unit.raise_alert(alert, quiet, now)?;
                }
                Ok(())
            })
            .await?;
        for health in services {
            self.shared.emit(EventKind::Service(health));
        }
        Ok(())
    }

    /// Reads what people want, if any process changed anything.
    async fn listen(&mut self) -> Result<(), StoreError> {
        let changes = self.shared.store.changes().await?;
        if changes == self.changes {
            return Ok(());
        }
        self.changes = changes;
        self.read_orders().await
    }

    async fn read_orders(&self) -> Result<(), StoreError> {
        let previous = self.orders.borrow().clone();
        let mut fresh = control::read(self.shared.store.as_ref(), &previous).await?;
        fresh.lent = lending::lent(&fresh, &self.shared.board);
        // Resting tasks look for new rows on any change; busy ones only read their orders.
        self.orders.send_replace(Arc::new(fresh));
        Ok(())
    }

    /// Gives up if work is due and nobody has been connected for too long.
    fn check_connected(&mut self) -> Result<(), RunError> {
        let control = self.orders.borrow().clone();
        let board = &self.shared.board;
        let connected = control.accounts.keys().any(|id| board.is_connected(*id));
        let trying = control.accounts.keys().any(|id| board.doing(*id) == Some(Doing::Busy));
        if connected || !(trying || is_stuck(&control)) {
            self.alone_since = None;
            return Ok(());
        }
        let now = self.shared.clock.now();
        let since = *self.alone_since.get_or_insert(now);
        let waited = now.since(since);
        if waited < self.options.connect_deadline {
            return Ok(());
        }
        Err(RunError::NoAccountConnected { waited, last: board.last_failure() })
    }

    /// Whether nothing is due within the wait that was asked for.
    async fn is_idle(&mut self) -> Result<bool, StoreError> {
        if !self.seems_idle() {
            return Ok(false);
        }
        // Another terminal may have started or resumed something since the orders were read.
        self.listen().await?;
        let control = self.orders.borrow().clone();
        if scribe::is_busy(self.shared.store.as_ref(), &control).await? {
            return Ok(false);
        }
        let now = self.shared.clock.now();
        for account in control.accounts.values().filter(|a| a.state.may_send()) {
            let id = account.id;
            let due = self.shared.store.read(move |unit| unit.next_due(id)).await?;
            if due.is_some_and(|at| at <= now) && self.resting_until(id).is_none_or(|at| at <= now)
            {
                return Ok(false);
            }
            // Somebody may have been heard who is to be answered.
            let answer = replies::next_due(&self.shared, &self.orders.subscribe(), id).await?;
            if answer.is_some_and(|at| at <= now)
                && self.resting_until(id).is_none_or(|at| at <= now)
            {
                return Ok(false);
            }
        }
        Ok(self.seems_idle())
    }

    fn seems_idle(&self) -> bool {
        let control = self.orders.borrow().clone();
        if is_stuck(&control) || has_unsettled(&control, &self.shared.board) {
            return false;
        }
        let horizon =
            self.options.max_wait.map_or(Timestamp::NEVER, |wait| self.shared.clock.now() + wait);
        control.accounts.values().filter(|a| a.state.may_send()).all(|a| {
            match self.shared.board.doing(a.id) {
                Some(Doing::Resting(due)) => due.is_none_or(|at| at > horizon),
                Some(Doing::Busy | Doing::Gone) | None => false,
            }
        })
    }

    fn resting_until(&self, account: tg_core::ids::AccountId) -> Option<Timestamp> {
        match self.shared.board.doing(account) {
            Some(Doing::Resting(due)) => due,
            _ => None,
        }
    }

    fn next_due(&self) -> Option<Timestamp> {
        let control = self.orders.borrow().clone();
        control.accounts.keys().filter_map(|id| self.resting_until(*id)).min()
    }
}
