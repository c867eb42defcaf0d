//! A home for tests: the real store in a folder of its own, a clock that is told the time.

#![allow(clippy::unwrap_used)]

use crate::audiences::{ImportConsent, ImportRequest, RejectFile};
use crate::segments::Whom;
use crate::{Actor, App, AppError, Role, accounts, audiences, campaigns, json, templates};
use std::io::Cursor;
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;
use tg_core::delivery::{Body, Claim, ClaimedPart, Event, Move};
use tg_core::ids::{AccessHash, MessageId, RandomId, Slug, UserId};
use tg_core::peer::Peer;
use tg_core::ports::{AuditKey, ClaimBatch, Clock, Store, StoreError, Unit};
use tg_core::testing::{ManualClock, SeededEntropy, block_on};
use tg_core::time::Timestamp;
use tg_security::{MasterKey, Sealer, audit_key};
use tg_store::{HomeLock, Mode, OpenOptions, SqliteStore};

pub(crate) struct Home {
    pub(crate) app: App,
    pub(crate) clock: ManualClock,
    folder: TempDir,
}

pub(crate) fn actor(role: Role) -> Actor {
    Actor::new(format!("the-{role}"), role)
}

pub(crate) fn local() -> Actor {
    Actor::local()
}

impl Home {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let master = MasterKey::from_bytes(&[7; 32], 1);
        let log_key: Arc<dyn AuditKey> = Arc::new(audit_key(&master));
        let (path, mark) = (folder.path().join("tg.db"), folder.path().join("mark"));
        let mut options = OpenOptions::new(path, mark, Arc::clone(&log_key));
        options.mode = Mode::Inline;
        let now = Timestamp::from_secs(1_800_000_000);
        let lock = HomeLock::acquire(folder.path()).unwrap();
        let store = SqliteStore::create(&options, &lock, uuid::Uuid::from_u128(1), now).unwrap();
        let begun: Result<(), StoreError> = block_on((&store as &dyn Store).write(|unit| {
            unit.renew_audit_head();
            Ok(())
        }));
        begun.unwrap();
        let clock = ManualClock::at(now);
        let app = App {
            store: Arc::new(store),
            clock: Arc::new(clock.clone()),
            entropy: Arc::new(SeededEntropy::new(1)),
            sealer: Arc::new(Sealer::new(&master)),
            audit_key: log_key,
        };
        Self { app, clock, folder }
    }

    pub(crate) fn rejects_path(&self) -> PathBuf {
        self.folder.path().join("rejects.csv")
    }

    pub(crate) fn rejects(&self) -> String {
        std::fs::read_to_string(self.rejects_path()).unwrap_or_default()
    }

    /// Imports accounts `acc-1` … `acc-n`.
    pub(crate) async fn accounts(&self, n: i64) -> json::AccountImport {
        let all: Vec<_> = (1..=n).map(|at| account(&format!("acc-{at}"), 1_000 + at)).collect();
        accounts::import(&self.app, &local(), &accounts_json(&all)).await.unwrap()
    }

    pub(crate) async fn people(&self, audience: &str, csv: &str) -> Result<json::Import, AppError> {
        self.import(audience, csv, false).await
    }

    pub(crate) async fn import(
        &self,
        audience: &str,
        csv: &str,
        strict: bool,
    ) -> Result<json::Import, AppError> {
        let request = ImportRequest {
            strict,
            allow_test_numbers: true,
            ..self.request(audience, "signed up at the fair", csv.as_bytes())
        };
        audiences::import(&self.app, &local(), request).await
    }

    /// An import as most people ask for it.
    pub(crate) fn request<'a>(
        &self,
        audience: &'a str,
        consent: &'a str,
        list: &[u8],
    ) -> ImportRequest<'a> {
        ImportRequest::new(
            audience,
            ImportConsent { source: Some(consent), ..ImportConsent::default() },
            Box::new(Cursor::new(list.to_vec())),
            Box::new(RejectFile::new(self.rejects_path())),
        )
    }

    /// A draft "spring" from two accounts to `people` people, with ids from 1.
    pub(crate) async fn spring(&self, people: usize) {
        self.accounts(2).await;
        let rows: String = (1..=people).map(|at| format!("person{at:04},{at}\n")).collect();
        self.people("friends", &format!("username,user_id\n{rows}")).await.unwrap();
        templates::add(&self.app, &local(), "hello", "Hi {{ username }}").await.unwrap();
        let new = campaigns::NewCampaign {
            name: "spring",
            audience: "friends",
            template: "hello",
            variants: &[],
            accounts: "all",
            pace: "unlimited",
            whom: Whom::default(),
        };
        campaigns::create(&self.app, &local(), new).await.unwrap();
    }

    pub(crate) async fn started_spring(&self, people: usize) {
        self.spring(people).await;
        campaigns::start(&self.app, &local(), "spring", &mut |_, _| {}).await.unwrap();
    }

    /// The note of where the audit log ends.
    pub(crate) fn head_path(&self) -> PathBuf {
        self.folder.path().join("audit.head")
    }

    /// Changes the database as another program would.
    pub(crate) fn tamper(&self, statements: &str) {
        tg_store::testing::tamper(&self.folder.path().join("tg.db"), statements);
    }

    /// Everything that is in the database's files.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let files = ["tg.db", "tg.db-wal"].map(|name| self.folder.path().join(name));
        files.into_iter().flat_map(|file| std::fs::read(file).unwrap_or_default()).collect()
    }

    /// The audit log, a line each.
    pub(crate) async fn audit(&self) -> Vec<String> {
        let rows = self.read(|unit| unit.audit_page(0, 1_000)).await;
        let told = |entry: tg_core::ports::AuditEntry| {
            let tg_core::ports::AuditEntry { actor, action, object, outcome, .. } = entry;
            let detail = match (entry.before, entry.after) {
                (Some(before), Some(after)) => format!("{before} to {after}{}", entry.detail),
                _ => entry.detail,
            };
            format!("{actor} {action} {object} {outcome}: {detail}")
        };
        rows.into_iter().map(|row| told(row.entry)).collect()
    }

    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Unit) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        self.app.store.read(work).await.unwrap()
    }

    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Unit) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        self.app.store.write(work).await.unwrap()
    }

    /// Claims up to `limit` deliveries of an account, as an engine does, and applies `event` to
    /// each; without one they stay claimed.
    pub(crate) async fn send(&self, account: &str, limit: usize, event: Option<Event>) -> usize {
        let (now, account) = (self.clock.now(), Slug::parse(account).unwrap());
        self.write(move |unit| {
            let epoch = unit.begin_epoch()?;
            let account = unit.account_named(&account)?.unwrap().id;
            let campaign = unit.campaign_named(&Slug::parse("spring").unwrap())?.unwrap().id;
            let due = unit.candidates(campaign, account, now, limit)?;
            let claims: Vec<Claim> = due
                .iter()
                .map(|candidate| Claim {
                    delivery: candidate.delivery,
                    campaign,
                    peer: Peer::User {
                        id: candidate.person.user_id.unwrap_or(UserId(1)),
                        hash: AccessHash(5),
                    },
                    variant: None,
                    parts: vec![ClaimedPart {
                        body: Body::text("Hi"),
                        album: vec![],
                        random_id: RandomId(i64::MIN + candidate.delivery.0),
                    }],
                })
                .collect();
            let moves = claims.iter().filter_map(|claim| {
                Some(Move {
                    delivery: claim.delivery,
                    event: event.clone()?,
                    due_at: None,
                    message_id: (event == Some(Event::Delivered)).then_some(MessageId(9)),
                })
            });
            let (moves, count) = (moves.collect::<Vec<_>>(), claims.len());
            unit.claim(&ClaimBatch { epoch, account, at: now, claims, moves: vec![] })?;
            unit.settle(epoch, &moves, now)?;
            Ok(count)
        })
        .await
    }
}

pub(crate) fn account(name: &str, user_id: i64) -> serde_json::Value {
    serde_json::json!({
        "name": name, "user_id": user_id, "is_bot": false, "phone": "+9996620001",
        "home_dc": 2, "dcs": {"2": "127.0.0.1:4430"}, "keys": {"2": "ab".repeat(256)},
    })
}

pub(crate) fn accounts_json(accounts: &[serde_json::Value]) -> Vec<u8> {
    serde_json::to_vec(accounts).unwrap()
}
