//! Making, opening, migrating, closing.

use super::homes::{NOW, TestHome, add, names};
use crate::migrate::{KNOWN, MIGRATIONS};
use crate::{HomeLock, LockError, MarkState, Mode, OpenError, SqliteStore};
use rusqlite::Connection;
use tg_core::ports::{Store, StoreError};
use tg_core::testing::block_on;
use uuid::Uuid;

fn open_error(home: &TestHome) -> OpenError {
    SqliteStore::open(&home.options()).err().expect("it cannot be opened")
}

/// Everything that the schema consists of.
fn schema(conn: &Connection) -> Vec<String> {
    conn.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect()
}

#[test]
fn a_new_file_has_exactly_the_schema() {
    let home = TestHome::empty(Mode::Inline);
    let store = home.create();
    let plain = Connection::open_in_memory().unwrap();
    for (_, sql) in MIGRATIONS {
        plain.execute_batch(sql).unwrap();
    }
    assert_eq!(schema(&home.raw()), schema(&plain));
    assert_eq!(store.home(), Uuid::from_u128(7));
    let report = block_on(store.check()).unwrap();
    assert!(report.is_sound(), "{report:?}");
    assert_eq!((report.schema, report.known, report.claims), (KNOWN, KNOWN, 0));
    assert!(report.rows.contains(&("meta".to_owned(), 1)));
}

#[test]
fn a_file_is_made_once() {
    let home = TestHome::empty(Mode::Inline);
    assert!(matches!(open_error(&home), OpenError::Missing(_)));
    drop(home.create());
    let lock = HomeLock::acquire(home.folder()).unwrap();
    let again = SqliteStore::create(&home.options(), &lock, Uuid::from_u128(8), NOW);
    assert!(matches!(again.err(), Some(OpenError::Exists(_))));
    assert_eq!(home.open().home(), Uuid::from_u128(7));
}

#[test]
fn what_a_crash_left_of_making_a_file_is_no_obstacle() {
    let home = TestHome::empty(Mode::Inline);
    std::fs::write(home.path(), "").unwrap();
    assert!(matches!(open_error(&home), OpenError::NotOurs(_)));
    let store = home.create();
    assert_eq!(block_on(store.mark_state()), Ok(MarkState::Normal));
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let home = TestHome::empty(Mode::Inline);
    let store = home.create();
    block_on((&store as &dyn Store).write(|unit| add(unit, "one", 1))).unwrap();
    block_on(store.backup(&home.folder().join("copy.db"))).unwrap();
    for name in ["tg.db", "tg.db-wal", "copy.db"] {
        let mode = home.folder().join(name).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name} {mode:o}");
    }
}

#[test]
fn somebody_elses_file_is_left_alone() {
    let home = TestHome::empty(Mode::Inline);
    std::fs::write(home.path(), "accounts: 3\n".repeat(400)).unwrap();
    assert!(matches!(open_error(&home), OpenError::NotOurs(_)));
    std::fs::remove_file(home.path()).unwrap();
    home.raw().execute_batch("CREATE TABLE t (x)").unwrap();
    assert!(matches!(open_error(&home), OpenError::NotOurs(_)));
    assert_eq!(schema(&home.raw()), ["CREATE TABLE t (x)"]);
}

#[test]
fn a_newer_schema_is_refused() {
    let home = TestHome::empty(Mode::Inline);
    drop(home.create());
    home.raw().pragma_update(None, "user_version", KNOWN + 1).unwrap();
    let newer = StoreError::Newer { found: KNOWN + 1, known: KNOWN };
    assert!(matches!(open_error(&home), OpenError::Store(error) if error == newer));
}

/// A file of ours without any table: the oldest schema there can be.
fn unmigrated(home: &TestHome) {
    drop(home.create());
    let known = home.raw();
    let application: i32 =
        known.pragma_query_value(None, "application_id", |row| row.get(0)).unwrap();
    drop(known);
    std::fs::remove_file(home.path()).unwrap();
    home.raw().pragma_update(None, "application_id", application).unwrap();
}

#[test]
fn migrating_needs_the_home_alone() {
    let home = TestHome::empty(Mode::Inline);
    unmigrated(&home);
    let lock = HomeLock::acquire(home.folder()).unwrap();
    let error = open_error(&home);
    assert!(matches!(error, OpenError::Locked(LockError::Held { .. })), "{error:?}");
    assert!(schema(&home.raw()).is_empty());
    // The holder may; what is missing here is the home's identity, which no migration invents.
    let error = SqliteStore::open_alone(&home.options(), &lock).err().unwrap();
    assert!(matches!(error, OpenError::Store(StoreError::Backend { .. })), "{error:?}");
    let version: i64 = home.raw().pragma_query_value(None, "user_version", |r| r.get(0)).unwrap();
    assert_eq!(version, KNOWN);
}

#[test]
fn a_home_of_the_first_schema_keeps_what_it_has() {
    let home = TestHome::empty(Mode::Inline);
    unmigrated(&home);
    let first = home.raw();
    first.execute_batch(MIGRATIONS[0].1).unwrap();
    first
        .execute_batch(
            "PRAGMA user_version = 1;
             INSERT INTO meta (one, home, created_at) VALUES (1, zeroblob(16), 0);
             INSERT INTO templates (name, source, created_at) VALUES ('letter', '**Hi**', 0);",
        )
        .unwrap();
    drop(first);
    let store = home.open();
    let kept = block_on((&store as &dyn Store).read(|unit| unit.templates())).unwrap();
    assert_eq!((kept.len(), kept[0].text.source.as_str()), (1, "**Hi**"));
    assert_eq!(kept[0].text.format, tg_core::template::Format::Markdown);
}

#[test]
fn a_threaded_store_needs_a_runtime() {
    let home = TestHome::empty(Mode::Threaded);
    drop(home.create());
    assert!(matches!(open_error(&home), OpenError::NoRuntime));
}

#[test]
fn a_closed_store_refuses_and_leaves_no_log() {
    for mode in [Mode::Threaded, Mode::Inline] {
        let home = TestHome::empty(mode);
        let store = home.create();
        let face: &dyn Store = &store;
        block_on(face.write(|unit| add(unit, "one", 1))).unwrap();
        block_on(store.close());
        block_on(store.close());
        let closed: Result<(), StoreError> = block_on(face.write(|unit| add(unit, "two", 2)));
        assert_eq!(closed, Err(StoreError::Closed));
        let closed: Result<(), StoreError> = block_on(face.read(|_| Ok(())));
        assert_eq!(closed, Err(StoreError::Closed));
        let log = home.folder().join("tg.db-wal").metadata().map_or(0, |file| file.len());
        assert_eq!(log, 0, "{mode:?}");
        drop(store);
        assert_eq!(block_on(names(&home.open())), ["one"]);
    }
}

#[test]
fn a_copy_is_a_database_of_its_own() {
    let home = TestHome::empty(Mode::Inline);
    let store = home.create();
    block_on((&store as &dyn Store).write(|unit| add(unit, "one", 1))).unwrap();
    let other = TestHome::empty(Mode::Inline);
    block_on(store.backup(&other.path())).unwrap();
    let error = block_on(store.backup(&other.path())).unwrap_err();
    assert!(matches!(error, OpenError::Exists(_)), "nothing is overwritten: {error}");
    let copy = other.open();
    assert_eq!(block_on(names(&copy)), ["one"]);
    assert_eq!(copy.home(), store.home());
    assert_eq!(block_on(copy.check()).unwrap().journal, "wal");
}

#[test]
fn damage_is_found() {
    let home = TestHome::empty(Mode::Inline);
    let store = home.create();
    let raw = home.raw();
    raw.execute_batch("PRAGMA foreign_keys = OFF; INSERT INTO sessions VALUES (99, x'00', 1);")
        .unwrap();
    let report = block_on(store.check()).unwrap();
    assert!(!report.is_sound());
    assert_eq!(report.references, ["sessions row 99 refers to a row of accounts that is missing"]);
}

#[test]
fn every_table_with_sealed_values_follows_a_new_master_key() {
    let home = TestHome::empty(Mode::Inline);
    drop(home.create());
    let conn = home.raw();
    let mut statement = conn
        .prepare(
            "SELECT t.name FROM sqlite_schema t, pragma_table_info(t.name) c
             WHERE t.type = 'table' AND c.name = 'key_version' ORDER BY t.name",
        )
        .unwrap();
    let tables: Vec<String> =
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    assert_eq!(tables, crate::sealed::TABLES);
}

#[test]
fn totals_that_do_not_add_up_are_found() {
    let home = TestHome::empty(Mode::Inline);
    let store = home.create();
    block_on((&store as &dyn Store).write(|unit| super::marks::running(unit, 3))).unwrap();
    let totals = || block_on(store.check()).unwrap().totals;
    assert_eq!(totals(), Vec::<String>::new());
    for (damage, repair) in [
        ("UPDATE campaigns SET recipients = 4", "UPDATE campaigns SET recipients = 3"),
        ("INSERT INTO totals VALUES (1, 1, 2, '', 1)", "DELETE FROM totals"),
        (
            "UPDATE deliveries SET state = 2, settled_at = 1 WHERE id = 1",
            "UPDATE deliveries SET state = 0, settled_at = NULL WHERE id = 1",
        ),
    ] {
        home.raw().execute_batch(damage).unwrap();
        let found = ["the totals of campaign spring are not what its deliveries come to"];
        assert_eq!(totals(), found, "{damage}");
        home.raw().execute_batch(repair).unwrap();
        assert_eq!(totals(), Vec::<String>::new(), "{repair}");
    }
}
