//! A home in a temporary folder, a Telegram in memory, a clock that is told.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use tg_core::campaign::{Campaign, CampaignState, Pace};
use tg_core::contact::Person;
use tg_core::delivery::{DeliveryRecord, DeliveryState, Outcome};
use tg_core::ids::{Slug, UserId};
use tg_core::peer::Username;
use tg_core::ports::{
    Borrowers, BoxFuture, Clock, NewAccount, NewCampaign, Store, StoreError, Unit, WorkJob,
};
use tg_core::template::{Format, Text};
use tg_core::testing::{FakeTelegram, ManualClock, Mishaps, SeededEntropy, TestKey};
use tg_core::time::Timestamp;
use tg_engine::{EngineParts, EventSink, RunError, RunEvent, RunOptions, RunSummary, Shutdown};
use tg_store::{HomeLock, Mode, OpenOptions, SqliteStore};
use uuid::Uuid;

/// Remembers events as text.
#[derive(Default)]
pub struct Log(pub Mutex<Vec<String>>);

impl EventSink for Log {
    fn emit(&self, event: RunEvent) {
        self.0.lock().unwrap().push(format!("{} {:?}", event.at.0, event.kind));
    }
}

/// What another process writes while the engine runs.
pub type Change = Box<dyn FnOnce(&mut dyn Unit) -> Result<(), StoreError> + Send>;

/// Counts what the engine asks of its store.
struct Counted {
    store: Arc<SqliteStore>,
    asked: Arc<AtomicU64>,
}

impl Store for Counted {
    fn submit(&self, job: WorkJob) -> BoxFuture<'_, Result<(), StoreError>> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        self.store.submit(job)
    }

    fn query(&self, job: WorkJob) -> BoxFuture<'_, Result<(), StoreError>> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        self.store.query(job)
    }

    fn changes(&self) -> BoxFuture<'_, Result<u64, StoreError>> {
        self.store.changes()
    }
}

/// No command is beside the engine.
struct Nobody;

impl Borrowers for Nobody {
    fn any(&self) -> bool {
        false
    }
}

pub struct House {
    pub store: Arc<SqliteStore>,
    /// Transactions and snapshots that the engine asked for.
    pub asked: Arc<AtomicU64>,
    pub clock: ManualClock,
    pub telegram: FakeTelegram,
    pub log: Arc<Log>,
    pub campaign: Campaign,
    seed: u64,
    _dir: TempDir,
}

pub fn slug(name: &str) -> Slug {
    Slug::parse(name).unwrap()
}

impl House {
    /// A started campaign to `people`, through `accounts`.
    pub async fn new(accounts: i64, people: i64, pace: Pace, seed: u64, mishaps: Mishaps) -> Self {
        let dir = TempDir::new().unwrap();
        let clock = ManualClock::at(Timestamp::from_secs(1_800_000_000));
        let telegram = FakeTelegram::new(Arc::new(clock.clone()), seed, mishaps);
        let mut options = OpenOptions::new(
            dir.path().join("tg.db"),
            dir.path().join("claims.mark"),
            Arc::new(TestKey),
        );
        options.mode = Mode::Inline;
        let lock = HomeLock::acquire(dir.path()).unwrap();
        let store = SqliteStore::create(&options, &lock, Uuid::from_u128(77), clock.now()).unwrap();
        let store = Arc::new(store);
        for n in 1..=people {
            telegram.add_user(&format!("person_{n}"), UserId(1_000 + n));
        }
        let campaign = fill(store.as_ref(), accounts, people, pace, clock.now()).await;
        start(store.as_ref(), &campaign, &clock).await;
        let (log, asked) = (Arc::default(), Arc::default());
        Self { store, asked, clock, telegram, log, campaign, seed, _dir: dir }
    }

    /// Starts a second campaign with the same text to the same people; from now on it is the one
    /// that is looked at.
    pub async fn again(&mut self) {
        let (first, at) = (self.campaign.clone(), self.clock.now());
        let second = NewCampaign {
            name: slug("summer"),
            uuid: Uuid::from_u128(6),
            audience: first.audience,
            template: first.template,
            variants: Vec::new(),
            accounts: first.accounts,
            pace: first.pace,
        };
        let store = self.store.as_ref() as &dyn Store;
        self.campaign = store
            .write(move |unit| -> Result<Campaign, StoreError> {
                unit.create_campaign(&second, at)?;
                Ok(unit.campaign_named(&second.name)?.unwrap())
            })
            .await
            .unwrap();
        start(store, &self.campaign, &self.clock).await;
    }

    fn parts(&self) -> EngineParts {
        EngineParts {
            store: Arc::new(Counted {
                store: Arc::clone(&self.store),
                asked: Arc::clone(&self.asked),
            }),
            connector: Arc::new(self.telegram.clone()),
            clock: Arc::new(self.clock.clone()),
            entropy: Arc::new(SeededEntropy::new(self.seed)),
            id_key: Arc::new(TestKey),
            events: Arc::clone(&self.log) as Arc<dyn EventSink>,
            alerter: None,
            writer: None,
            health: Arc::default(),
            borrowers: Arc::new(Nobody),
        }
    }

    /// Runs until idle; when so many messages were delivered, another process changes something.
    pub async fn run_changing(&self, after: usize, change: Change) -> Result<RunSummary, RunError> {
        let ended = self.run_with(None, Some((after, change))).await;
        ended.expect("only a crash ends it otherwise")
    }

    /// Runs until idle; time passes whenever everybody waits. `crash_after`: the run is torn out
    /// after that many moments of time, like a process that is killed.
    pub async fn run(&self, crash_after: Option<usize>) -> Option<Result<RunSummary, RunError>> {
        self.run_with(crash_after, None).await
    }

    async fn run_with(
        &self,
        crash_after: Option<usize>,
        mut change: Option<(usize, Change)>,
    ) -> Option<Result<RunSummary, RunError>> {
        let options = RunOptions { until_idle: true, ..RunOptions::default() };
        let run = tokio::spawn(tg_engine::run(self.parts(), options, Shutdown::new()));
        let mut moments = 0;
        loop {
            for _ in 0..300 {
                tokio::task::yield_now().await;
            }
            if run.is_finished() {
                return Some(run.await.unwrap());
            }
            if crash_after.is_some_and(|limit| moments >= limit) {
                run.abort();
                let _ = run.await;
                return None;
            }
            if let Some((_, change)) =
                change.take_if(|(after, _)| self.telegram.journal().len() >= *after)
            {
                (self.store.as_ref() as &dyn Store).write(change).await.unwrap();
            }
            moments += 1;
            assert!(moments < 2_000_000, "the run does not end");
            assert!(self.clock.advance_to_next(), "everybody waits for nobody");
        }
    }

    pub async fn deliveries(&self) -> Vec<DeliveryRecord> {
        let id = self.campaign.id;
        (self.store.as_ref() as &dyn Store)
            .read(move |unit| unit.deliveries(id, None, 100_000))
            .await
            .unwrap()
    }

    /// The promise, against the journal. Returns counts by outcome.
    pub async fn judge(&self) -> BTreeMap<&'static str, usize> {
        let mut by_user: BTreeMap<UserId, usize> = BTreeMap::new();
        for line in self.telegram.journal() {
            *by_user.entry(line.user).or_default() += 1;
        }
        assert!(by_user.values().all(|n| *n == 1), "somebody got it twice: {by_user:?}");
        let mut counts = BTreeMap::new();
        for row in self.deliveries().await {
            let got = row.user_id.is_some_and(|id| by_user.contains_key(&id));
            let name = match &row.state {
                DeliveryState::Planned | DeliveryState::Claimed(_) => "open",
                DeliveryState::Done(Outcome::Sent) => {
                    assert!(got, "sent, but not delivered: {row:?}");
                    "sent"
                }
                DeliveryState::Done(Outcome::Unknown(_)) => "unknown",
                DeliveryState::Done(outcome) => {
                    assert!(!got, "{outcome:?}, but delivered: {row:?}");
                    match outcome {
                        Outcome::Failed(_) => "failed",
                        Outcome::Skipped(_) => "skipped",
                        _ => "canceled",
                    }
                }
            };
            *counts.entry(name).or_default() += 1;
        }
        counts
    }
}

async fn start(store: &dyn Store, campaign: &Campaign, clock: &ManualClock) {
    tg_engine::planner::stage(store, campaign, clock, &mut |_| {}).await.unwrap();
    let (id, at) = (campaign.id, clock.now());
    store
        .write(move |unit| unit.set_campaign_state(id, CampaignState::Running, None, at))
        .await
        .unwrap();
}

async fn fill(
    store: &dyn Store,
    accounts: i64,
    people: i64,
    pace: Pace,
    at: Timestamp,
) -> Campaign {
    store
        .write(move |unit| -> Result<Campaign, StoreError> {
            let mut ids = Vec::new();
            for n in 1..=accounts {
                let account = NewAccount {
                    name: slug(&format!("acc-{n}")),
                    user_id: UserId(n),
                    is_bot: false,
                    phone: None,
                    loopback: true,
                };
                ids.push(unit.add_account(&account, at)?);
            }
            let audience = unit.ensure_audience(&slug("friends"), &[], at)?;
            let run = unit.begin_import(audience.id, Some("asked"))?;
            for n in 1..=people {
                let person = Person {
                    username: Some(Username::parse(&format!("person_{n}")).unwrap()),
                    first_name: format!("P{n}"),
                    ..Person::default()
                };
                unit.import_person(run, &person, at)?;
            }
            let text = Text::new("Hi {{ first_name }}", Format::Markdown);
            let template = unit.add_template(&slug("hello"), &text, at)?;
            let campaign = NewCampaign {
                name: slug("spring"),
                uuid: Uuid::from_u128(5),
                audience: audience.id,
                template,
                variants: Vec::new(),
                accounts: ids,
                pace,
            };
            unit.create_campaign(&campaign, at)?;
            Ok(unit.campaign_named(&slug("spring"))?.unwrap())
        })
        .await
        .unwrap()
}
