//! What the audit row of a change costs: its keyed hash, its place in the commit, and the note of
//! the log's end beside the database.
//!
//! `audit_cost ROUNDS` makes a home in a temporary folder, takes turns between changes with and
//! without a row, and prints one line of JSON per round: microseconds per change, commit included.

use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use tg_core::ids::{AccountId, Slug, UserId};
use tg_core::ports::{AuditEntry, AuditKey, NewAccount, Store, StoreError};
use tg_core::time::Timestamp;
use tg_security::{MasterKey, audit_key};
use tg_store::{HomeLock, OpenOptions, SqliteStore};
use uuid::Uuid;

const NOW: Timestamp = Timestamp(1_800_000_000_000);
/// Changes of one measurement.
const CHANGES: u32 = 100;

type Fallible<T> = Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Fallible<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [rounds] = args.as_slice() else { return Err("usage: audit_cost ROUNDS".into()) };
    let folder = tempfile::tempdir()?;
    let (store, account) = home(folder.path()).await?;
    for _ in 0..rounds.parse::<u32>()? {
        let with = changes(&*store, account, true).await?;
        let without = changes(&*store, account, false).await?;
        let line = serde_json::json!({ "with_row_us": with, "without_us": without });
        writeln!(std::io::stdout(), "{line}")?;
    }
    Ok(())
}

async fn home(folder: &Path) -> Fallible<(Arc<dyn Store>, AccountId)> {
    let key: Arc<dyn AuditKey> = Arc::new(audit_key(&MasterKey::generate(1)?));
    let options = OpenOptions::new(folder.join("tg.db"), folder.join("claims.mark"), key);
    let lock = HomeLock::acquire(folder)?;
    let store = SqliteStore::create(&options, &lock, Uuid::from_u128(7), NOW)?;
    let store: Arc<dyn Store> = Arc::new(store);
    let account = NewAccount {
        name: Slug::parse("one")?,
        user_id: UserId(1),
        is_bot: false,
        phone: None,
        loopback: true,
    };
    let id: Result<AccountId, StoreError> =
        store.write(move |unit| unit.add_account(&account, NOW)).await;
    Ok((store, id?))
}

/// Changes an account's state so many times, a commit each; microseconds per change.
async fn changes(store: &dyn Store, account: AccountId, audited: bool) -> Fallible<f64> {
    let start = Instant::now();
    for _ in 0..CHANGES {
        let changed: Result<(), StoreError> = store
            .write(move |unit| {
                let paused = tg_core::account::AccountState::Paused;
                unit.set_account_state(account, &paused, NOW)?;
                if audited {
                    unit.audit(&entry())?;
                }
                Ok(())
            })
            .await;
        changed?;
    }
    Ok(start.elapsed().as_secs_f64() * 1e6 / f64::from(CHANGES))
}

fn entry() -> AuditEntry {
    AuditEntry {
        at: NOW,
        actor: "anna".to_owned(),
        source: "uid 1000, tty pts/3, host box".to_owned(),
        action: "account.pause".to_owned(),
        object: "account/one".to_owned(),
        outcome: "done",
        before: Some("active".to_owned()),
        after: Some("paused".to_owned()),
        ..AuditEntry::default()
    }
}
