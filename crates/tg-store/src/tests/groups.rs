//! Grouped commits: who shares a commit shares nothing else.

use super::homes::{NOW, TestHome, add, names};
use crate::Mode;
use crate::mark::Mark;
use crate::unit::Context;
use crate::writer::Committer;
use std::cell::Cell;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tg_core::ports::{Store, StoreError, Verdict, WorkJob};
use tg_core::testing::{TestKey, block_on};
use uuid::Uuid;

/// A committer over a new database.
fn committer(home: &TestHome) -> Committer {
    drop(home.create());
    let busy_deadline = Duration::from_secs(1);
    let conn = crate::connection::open(&home.path(), busy_deadline, 1024).unwrap();
    let head = Arc::new(home.options().head(Uuid::from_u128(7)));
    let context = Context { audit_key: Arc::new(TestKey), busy_deadline, head };
    let mark = Mark::new(home.options().mark_path, Uuid::from_u128(7));
    Committer::new(conn, context, Arc::new(Mutex::new(mark)))
}

/// Runs jobs as one group; what each was told, in order.
fn run(committer: &Committer, jobs: Vec<WorkJob>) -> Vec<Result<(), StoreError>> {
    let mut jobs = jobs.into_iter().zip(0..);
    let mut told = Vec::new();
    while let Some(first) = jobs.next() {
        committer.group(first, || jobs.next(), |number: usize, result| told.push((number, result)));
    }
    told.sort_by_key(|(number, _)| *number);
    told.into_iter().map(|(_, result)| result).collect()
}

fn adding(name: &'static str, user: i64, verdict: Verdict) -> WorkJob {
    Box::new(move |unit| {
        add(unit, name, user).unwrap();
        verdict
    })
}

#[test]
fn a_job_that_fails_hurts_nobody() {
    let home = TestHome::empty(Mode::Inline);
    let committer = committer(&home);
    let told = run(
        &committer,
        vec![
            adding("one", 1, Verdict::Commit),
            adding("two", 2, Verdict::Rollback),
            Box::new(|unit| {
                add(unit, "three", 3).unwrap();
                panic!("a bug")
            }),
            adding("four", 4, Verdict::Commit),
        ],
    );
    let panicked = Err(StoreError::Panicked("a bug".to_owned()));
    assert_eq!(told, [Ok(()), Ok(()), panicked, Ok(())]);
    drop(committer);
    assert_eq!(block_on(names(&home.open())), ["four", "one"]);
}

#[test]
fn nobody_is_told_before_the_commit() {
    let home = TestHome::empty(Mode::Inline);
    let committer = committer(&home);
    let raw = home.raw();
    let count = || raw.query_row("SELECT count(*) FROM accounts", [], |r| r.get(0)).unwrap();
    let mut jobs =
        vec![adding("two", 2, Verdict::Commit), adding("three", 3, Verdict::Commit)].into_iter();
    let mut seen: Vec<i64> = Vec::new();
    committer.group(
        (adding("one", 1, Verdict::Commit), ()),
        || {
            assert_eq!(count(), 0i64, "the commit is still to come");
            jobs.next().map(|job| (job, ()))
        },
        |(), result| {
            assert_eq!(result, Ok(()));
            seen.push(count());
        },
    );
    assert_eq!(seen, [3, 3, 3]);
}

#[test]
fn a_commit_that_fails_fails_all_of_its_jobs() {
    let home = TestHome::empty(Mode::Inline);
    let committer = committer(&home);
    // A reference that is checked at the commit makes the commit itself fail.
    home.raw()
        .execute_batch(
            "CREATE TABLE late (x REFERENCES accounts (id) DEFERRABLE INITIALLY DEFERRED)",
        )
        .unwrap();
    let conn = committer.conn();
    conn.execute_batch(
        "CREATE TRIGGER break AFTER INSERT ON accounts WHEN new.name = 'broken'
         BEGIN INSERT INTO late VALUES (99); END",
    )
    .unwrap();
    let told = run(
        &committer,
        vec![adding("one", 1, Verdict::Commit), adding("broken", 2, Verdict::Commit)],
    );
    assert!(
        told.iter().all(|t| matches!(t, Err(StoreError::Backend { doing: "committing", .. }))),
        "{told:?}"
    );
    let told = run(&committer, vec![adding("later", 3, Verdict::Commit)]);
    assert_eq!(told, [Ok(())], "the next group begins afresh");
    drop(committer);
    assert_eq!(block_on(names(&home.open())), ["later"]);
}

#[test]
fn what_follows_a_failed_transaction_is_not_committed_alone() {
    let home = TestHome::empty(Mode::Inline);
    let committer = committer(&home);
    // Ends the transaction as a full disk does.
    home.raw()
        .execute_batch(
            "CREATE TRIGGER break AFTER INSERT ON accounts WHEN new.name = 'broken'
             BEGIN SELECT raise(ROLLBACK, 'the disk is full'); END",
        )
        .unwrap();
    let swallowing: WorkJob = Box::new(|unit| {
        assert!(add(unit, "broken", 2).is_err());
        assert!(add(unit, "two", 2).is_err(), "there is no transaction to do it in");
        Verdict::Commit
    });
    let told = run(&committer, vec![adding("one", 1, Verdict::Commit), swallowing]);
    assert!(told.iter().all(Result::is_err), "{told:?}");
    assert_eq!(run(&committer, vec![adding("later", 3, Verdict::Commit)]), [Ok(())]);
    drop(committer);
    assert_eq!(block_on(names(&home.open())), ["later"]);
}

#[test]
fn who_queued_behind_a_busy_database_is_told_at_once() {
    let home = TestHome::empty(Mode::Inline);
    let committer = committer(&home);
    committer.conn().busy_timeout(Duration::from_millis(1)).unwrap();
    let other = home.raw();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let jobs = (0..3).map(|_| adding("one", 1, Verdict::Commit)).collect();
    let told = run(&committer, jobs);
    assert_eq!(told, vec![Err(StoreError::Busy(Duration::from_secs(1))); 3]);
}

#[test]
fn groups_are_bounded() {
    let home = TestHome::empty(Mode::Inline);
    let committer = committer(&home);
    let mut asked = 0;
    let nothing = || -> WorkJob { Box::new(|_| Verdict::Rollback) };
    committer.group(
        (nothing(), ()),
        || {
            asked += 1;
            Some((nothing(), ()))
        },
        |(), _| {},
    );
    assert_eq!(asked, 63);
    let mut asked = 0;
    let lists = Cell::new(0);
    let many = || -> WorkJob {
        let list = lists.replace(lists.get() + 1);
        Box::new(move |unit| {
            let fields: Vec<String> = (0..3_000).map(|n| format!("field_{n}")).collect();
            let name = tg_core::ids::Slug::parse(&format!("list{list}")).unwrap();
            unit.ensure_audience(&name, &fields, NOW).unwrap();
            Verdict::Commit
        })
    };
    committer.group(
        (many(), ()),
        || {
            asked += 1;
            Some((many(), ()))
        },
        |(), result| assert_eq!(result, Ok(())),
    );
    assert_eq!(asked, 1, "two jobs of 3,000 rows are enough for one commit");
}

#[test]
fn everybody_who_comes_at_once_is_served() {
    let home = TestHome::empty(Mode::Threaded);
    let store: Arc<dyn Store> = Arc::new(home.create());
    let threads: Vec<_> = (0..8)
        .map(|thread| {
            let store = Arc::clone(&store);
            std::thread::spawn(move || {
                for n in 0..25 {
                    let user = thread * 100 + n;
                    let work = move |unit: &mut dyn tg_core::ports::Unit| {
                        add(unit, &format!("a{user}"), user)
                    };
                    block_on(store.write(work)).unwrap();
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(block_on(names(store.as_ref())).len(), 200);
}

#[test]
fn the_last_handle_may_die_in_the_writer() {
    let home = TestHome::empty(Mode::Threaded);
    let store: Arc<dyn Store> = Arc::new(home.create());
    let inner = Arc::clone(&store);
    let handed = store.submit(Box::new(move |unit| {
        add(unit, "one", 1).unwrap();
        drop(inner);
        Verdict::Commit
    }));
    assert_eq!(block_on(handed), Ok(()));
    drop(store);
    assert_eq!(block_on(names(&home.open())), ["one"]);
}
