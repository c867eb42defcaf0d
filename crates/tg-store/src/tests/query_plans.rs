//! What the dispatcher asks all the time touches what it takes and nothing behind it.

use super::homes::TestHome;
use super::marks::running;
use crate::Mode;
use crate::outbox::{
    CANDIDATES, FAILED, NEXT_DUES, OPEN, OWNER, REPEATS, SLICES, UNKNOWN, next_due_sql,
};
use rusqlite::Connection;
use tg_core::ports::Store;
use tg_core::testing::block_on;

/// What SQLite says it would do.
fn plan(conn: &Connection, sql: &str) -> Vec<String> {
    let mut statement = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let nulls = vec![rusqlite::types::Null; statement.parameter_count()];
    statement
        .query_map(rusqlite::params_from_iter(nulls), |row| row.get(3))
        .unwrap()
        .map(Result::unwrap)
        .collect()
}

fn home() -> TestHome {
    let home = TestHome::empty(Mode::Inline);
    let store = home.create();
    block_on((&store as &dyn Store).write(|unit| running(unit, 200))).unwrap();
    home
}

/// No table that grows is read from end to end, and nothing is sorted.
fn assert_seeks(plan: &[String]) {
    for step in plan {
        let scans = step.starts_with("SCAN");
        let small = ["SCAN k", "SCAN (subquery", "SCAN CONSTANT ROW", "SCAN meta"];
        assert!(!scans || small.iter().any(|s| step.starts_with(s)), "{step} in {plan:#?}");
        assert!(!step.contains("TEMP B-TREE"), "{step} in {plan:#?}");
        assert!(!step.contains("AUTOMATIC"), "{step} in {plan:#?}");
    }
}

#[test]
fn asking_for_work_costs_the_same_whatever_lies_behind_it() {
    let home = home();
    let conn = home.raw();
    for analyzed in [false, true] {
        if analyzed {
            // Statistics must not talk the planner out of it.
            conn.execute_batch("ANALYZE").unwrap();
        }
        for (sql, index) in [
            (CANDIDATES, "deliveries_planned"),
            (REPEATS, "deliveries_claimed"),
            (next_due_sql(), "deliveries_planned"),
        ] {
            let plan = plan(&conn, sql);
            assert_seeks(&plan);
            assert!(
                plan.iter().any(|step| step.starts_with("SEARCH d ") && step.contains(index)),
                "{plan:#?}"
            );
        }
    }
}

#[test]
fn decisions_read_the_rows_that_they_are_about() {
    let home = home();
    let conn = home.raw();
    for (sql, index) in [(FAILED, "deliveries_failed"), (UNKNOWN, "deliveries_unknown")] {
        let plan = plan(&conn, sql);
        assert_seeks(&plan);
        assert!(plan.iter().any(|step| step.contains(index)), "{plan:#?}");
    }
}

#[test]
fn claiming_reads_the_rows_it_takes() {
    let home = home();
    let conn = home.raw();
    for sql in [
        "UPDATE deliveries SET state = 1 WHERE id = ?1 AND state = 0",
        "SELECT 1 FROM deliveries WHERE campaign_id = ?1 AND user_id = ?2 AND id <> ?3",
        OWNER,
    ] {
        assert_seeks(&plan(&conn, sql));
    }
}

#[test]
fn looking_at_everybody_reads_one_row_of_each() {
    let home = home();
    let plan = plan(&home.raw(), NEXT_DUES);
    for step in plan.iter().filter(|step| step.contains(" d ")) {
        assert!(step.starts_with("SEARCH d USING"), "{step} in {plan:#?}");
    }
    for index in [
        "deliveries_planned (campaign_id=? AND account_id=?)",
        "deliveries_claimed (account_id=? AND due_at>?)",
    ] {
        assert!(plan.iter().any(|step| step.contains(index)), "{plan:#?}");
    }
}

#[test]
fn counting_reads_what_waits_and_nothing_that_ended() {
    let home = home();
    let plan = plan(&home.raw(), OPEN);
    for step in plan.iter().filter(|step| step.contains(" d ")) {
        assert!(step.starts_with("SEARCH d USING"), "{step} in {plan:#?}");
    }
    let range = "deliveries_planned (campaign_id=? AND account_id=? AND due_at>? AND due_at<?)";
    assert!(plan.iter().any(|step| step.contains(range)), "{plan:#?}");
}

#[test]
fn a_timeline_is_read_off_its_counts() {
    let home = home();
    let plan = plan(&home.raw(), SLICES);
    for read in ["SEARCH timeline USING PRIMARY KEY", "SEARCH messages USING", "SEARCH w USING"] {
        assert!(plan.iter().any(|step| step.starts_with(read)), "{read} in {plan:#?}");
    }
    assert!(!plan.iter().any(|step| step.contains("deliveries")), "{plan:#?}");
}
