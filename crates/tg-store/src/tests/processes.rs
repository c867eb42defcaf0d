//! Several processes over one file, and the end of one at any moment.

use super::homes::{TestHome, add, names};
use crate::{HomeLock, Mode, OpenError, SqliteStore};
use std::sync::Arc;
use std::time::Duration;
use tg_core::ports::{Store, StoreError};
use tg_core::testing::block_on;

#[test]
fn two_writers_never_hear_of_a_lock() {
    let home = TestHome::empty(Mode::Threaded);
    let stores: [Arc<dyn Store>; 2] = [Arc::new(home.create()), Arc::new(home.open())];
    let threads: Vec<_> = (0..4i64)
        .map(|thread| {
            let store = Arc::clone(&stores[usize::try_from(thread % 2).unwrap()]);
            std::thread::spawn(move || {
                for n in 0..25 {
                    let user = thread * 100 + n;
                    let work = move |unit: &mut dyn tg_core::ports::Unit| {
                        unit.accounts()?;
                        add(unit, &format!("a{user}"), user)
                    };
                    assert_eq!(block_on(store.write(work)), Ok(()));
                    assert!(!block_on(names(store.as_ref())).is_empty());
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    for store in &stores {
        assert_eq!(block_on(names(store.as_ref())).len(), 100);
    }
}

#[test]
fn a_writer_that_waited_too_long_says_busy() {
    for mode in [Mode::Threaded, Mode::Inline] {
        let home = TestHome::empty(mode);
        drop(home.create());
        let mut options = home.options();
        options.busy_deadline = Duration::from_millis(20);
        options.mode = Mode::Inline;
        let store = SqliteStore::open(&options).unwrap();
        let store: &dyn Store = &store;
        let other = home.raw();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let busy: Result<(), StoreError> = block_on(store.write(|unit| add(unit, "one", 1)));
        assert_eq!(busy, Err(StoreError::Busy(Duration::from_millis(20))));
        assert!(block_on(names(store)).is_empty(), "readers are not kept waiting");
        other.execute_batch("COMMIT").unwrap();
        assert_eq!(block_on(store.write(|unit| add(unit, "one", 1))), Ok(()));
    }
}

#[test]
fn changes_of_another_process_are_noticed() {
    let home = TestHome::empty(Mode::Inline);
    let (one, two) = (home.create(), home.open());
    let before = block_on(one.changes()).unwrap();
    block_on((&two as &dyn Store).write(|unit| add(unit, "one", 1))).unwrap();
    assert_ne!(block_on(one.changes()).unwrap(), before);
}

/// What is on disk at this moment, as a power cut would leave it.
fn cut(home: &TestHome) -> TestHome {
    let rest = TestHome::empty(Mode::Inline);
    for name in ["tg.db", "tg.db-wal"] {
        std::fs::copy(home.folder().join(name), rest.folder().join(name)).unwrap();
    }
    rest
}

#[test]
fn what_was_answered_is_on_disk() {
    for mode in [Mode::Threaded, Mode::Inline] {
        let home = TestHome::empty(mode);
        let store = home.create();
        let face: &dyn Store = &store;
        for n in 0..5i64 {
            let name = format!("a{n}");
            block_on(face.write(move |unit| add(unit, &name, n))).unwrap();
            let names = block_on(names(&cut(&home).open()));
            assert_eq!(i64::try_from(names.len()), Ok(n + 1));
        }
    }
}

#[test]
fn half_a_commit_is_none() {
    let home = TestHome::empty(Mode::Inline);
    let store = home.create();
    let face: &dyn Store = &store;
    block_on(face.write(|unit| add(unit, "one", 1))).unwrap();
    let whole = home.folder().join("tg.db-wal").metadata().unwrap().len();
    block_on(face.write(|unit| add(unit, "two", 2))).unwrap();
    let rest = cut(&home);
    let log =
        std::fs::OpenOptions::new().write(true).open(rest.folder().join("tg.db-wal")).unwrap();
    // The last frame of the second commit is torn.
    assert!(log.metadata().unwrap().len() > whole);
    log.set_len(log.metadata().unwrap().len() - 100).unwrap();
    drop(log);
    assert_eq!(block_on(names(&rest.open())), ["one"]);
}

#[test]
fn a_store_that_was_dropped_is_opened_again() {
    let home = TestHome::empty(Mode::Threaded);
    let store = home.create();
    block_on((&store as &dyn Store).write(|unit| add(unit, "one", 1))).unwrap();
    drop(store);
    assert_eq!(block_on(names(&home.open())), ["one"]);
}

#[test]
fn an_engine_beside_another_is_locked_out() {
    let home = TestHome::empty(Mode::Inline);
    drop(home.create());
    let lock = HomeLock::acquire(home.folder()).unwrap();
    assert!(HomeLock::acquire(home.folder()).is_err());
    // Commands beside a running engine open the file all the same.
    let beside: Result<SqliteStore, OpenError> = SqliteStore::open(&home.options());
    assert!(beside.is_ok());
    drop(lock);
}
