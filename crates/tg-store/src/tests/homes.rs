//! Homes for tests.

use crate::{HomeLock, Mode, OpenOptions, SqliteStore};
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};
use tempfile::TempDir;
use tg_core::ids::Slug;
use tg_core::ids::UserId;
use tg_core::ports::{BoxFuture, NewAccount, Store, StoreError, Unit, WorkJob};
use tg_core::testing::TestKey;
use tg_core::time::Timestamp;
use tokio::runtime::Runtime;
use uuid::Uuid;

pub(super) const NOW: Timestamp = Timestamp(1_700_000_000_000);

/// The runtime whose blocking threads threaded stores read on.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap()
});

/// A folder with a database that nobody has open.
pub(super) struct TestHome {
    folder: TempDir,
    pub(super) mode: Mode,
}

impl TestHome {
    /// A folder without a database.
    pub(super) fn empty(mode: Mode) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), mode }
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn path(&self) -> PathBuf {
        self.folder().join("tg.db")
    }

    pub(super) fn options(&self) -> OpenOptions {
        let mark = self.folder().join("claims.mark");
        let mut options = OpenOptions::new(self.path(), mark, Arc::new(TestKey));
        options.mode = self.mode;
        options
    }

    pub(super) fn create(&self) -> SqliteStore {
        let _runtime = RUNTIME.enter();
        let lock = HomeLock::acquire(self.folder()).unwrap();
        SqliteStore::create(&self.options(), &lock, Uuid::from_u128(7), NOW).unwrap()
    }

    pub(super) fn open(&self) -> SqliteStore {
        let _runtime = RUNTIME.enter();
        SqliteStore::open(&self.options()).unwrap()
    }

    /// A connection beside the store, for what the ports do not show.
    pub(super) fn raw(&self) -> Connection {
        Connection::open(self.path()).unwrap()
    }
}

/// A store that takes its folder with it.
struct Kept {
    store: SqliteStore,
    _home: TestHome,
}

impl Store for Kept {
    fn submit(&self, job: WorkJob) -> BoxFuture<'_, Result<(), StoreError>> {
        self.store.submit(job)
    }

    fn query(&self, job: WorkJob) -> BoxFuture<'_, Result<(), StoreError>> {
        self.store.query(job)
    }

    fn changes(&self) -> BoxFuture<'_, Result<u64, StoreError>> {
        self.store.changes()
    }
}

/// A store over a new home.
pub(super) fn make(mode: Mode) -> Arc<dyn Store> {
    let home = TestHome::empty(mode);
    Arc::new(Kept { store: home.create(), _home: home })
}

/// Adds an account.
pub(super) fn add(unit: &mut dyn Unit, name: &str, user: i64) -> Result<(), StoreError> {
    let account = NewAccount {
        name: Slug::parse(name).unwrap(),
        user_id: UserId(user),
        is_bot: false,
        phone: None,
        loopback: false,
    };
    unit.add_account(&account, NOW).map(|_| ())
}

/// Names of all accounts.
pub(super) async fn names(store: &dyn Store) -> Vec<String> {
    let accounts = store.read(|unit| unit.accounts()).await.unwrap();
    accounts.into_iter().map(|account| account.name.to_string()).collect()
}
