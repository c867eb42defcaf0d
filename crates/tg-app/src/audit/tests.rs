//! The audit log through its use cases, and what other programs may do to it.

#![allow(clippy::unwrap_used)]
use super::*;
use crate::testing::{Home, actor, local};
use crate::{Kind, Role, templates};
use std::ops::ControlFlow;
use tg_core::ports::AuditFilter;

async fn filled(rows: usize) -> Home {
    let home = Home::new();
    for n in 0..rows {
        templates::add(&home.app, &local(), &format!("t{n}"), "Hi").await.unwrap();
    }
    home
}

#[tokio::test]
async fn the_log_is_listed_in_bounded_pages_and_exported_whole() {
    let home = filled(5).await;
    let (app, me) = (&home.app, &local());
    let wanted =
        |before, limit| Wanted { filter: AuditFilter { before, ..AuditFilter::default() }, limit };
    let first = list(app, me, wanted(None, 3)).await.unwrap();
    let rows =
        |list: &crate::json::AuditList| list.entries.iter().map(|row| row.row).collect::<Vec<_>>();
    assert_eq!((rows(&first), first.before), (vec![5, 4, 3], Some(3)));
    let rest = list(app, me, wanted(first.before, 3)).await.unwrap();
    assert_eq!((rows(&rest), rest.before), (vec![2, 1], None));
    for limit in [0, 1_001] {
        assert_eq!(list(app, me, wanted(None, limit)).await.unwrap_err().kind(), Kind::Usage);
    }
    let mut all = Vec::new();
    let mut each = |row: crate::json::AuditRow| {
        all.push(row.row);
        if all.len() == 4 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    export(app, me, &mut each).await.unwrap();
    assert_eq!(all, [1, 2, 3, 4], "until the reader has enough");
    let refused = list(app, &actor(Role::Operator), wanted(None, 3)).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::Refused);
}

#[tokio::test]
async fn a_log_as_it_was_written_holds() {
    let home = filled(3).await;
    let found = verify(&home.app, &actor(Role::Viewer)).await.unwrap();
    assert_eq!((found.ok, found.rows, found.noted), (true, 3, Some(3)));
    assert_eq!(found.tag.len(), 64);
    assert_eq!(found.problem, None);
}

#[tokio::test]
async fn a_lost_or_forged_note_shows_until_a_person_accepts() {
    let home = filled(3).await;
    let (app, me) = (&home.app, &local());
    let kind = || async { verify(app, me).await.unwrap().problem.map(|problem| problem.kind) };
    let note = home.head_path();
    let text = std::fs::read_to_string(&note).unwrap();
    std::fs::write(&note, text.replace("0000000003", "0000000002")).unwrap();
    assert_eq!(kind().await, Some("head_damaged"));
    templates::add(app, me, "later", "Hi").await.unwrap();
    assert_eq!(kind().await, Some("head_damaged"), "what follows does not paint over it");
    std::fs::remove_file(&note).unwrap();
    assert_eq!(kind().await, Some("head_missing"));
    templates::add(app, me, "later-still", "Hi").await.unwrap();
    assert_eq!(kind().await, Some("head_missing"));
    assert_eq!(accept(app, me, "  ").await.unwrap_err().kind(), Kind::Usage);
    assert_eq!(accept(app, me, "the disk was replaced").await.unwrap().noted, "no note");
    assert_eq!(kind().await, None);
    assert!(home.audit().await.last().unwrap().ends_with("the disk was replaced"));
}

#[tokio::test]
async fn a_note_that_lags_after_a_crash_is_no_fault() {
    let home = filled(2).await;
    let text = std::fs::read_to_string(home.head_path()).unwrap();
    templates::add(&home.app, &local(), "last", "Hi").await.unwrap();
    std::fs::write(home.head_path(), text).unwrap();
    let found = verify(&home.app, &local()).await.unwrap();
    assert_eq!((found.ok, found.rows, found.noted), (true, 3, Some(2)));
    templates::add(&home.app, &local(), "more", "Hi").await.unwrap();
    assert_eq!(
        verify(&home.app, &local()).await.unwrap().noted,
        Some(4),
        "the next one catches up"
    );
}

/// Row 3 of five, as another program may leave it: what `verify` says then.
async fn after(statements: &str) -> Option<(&'static str, i64)> {
    let home = filled(5).await;
    home.tamper(statements);
    let found = verify(&home.app, &local()).await.unwrap();
    assert_eq!(found.ok, found.problem.is_none());
    found.problem.map(|problem| (problem.kind, problem.row))
}

#[tokio::test]
async fn every_field_of_a_row_is_covered() {
    for change in [
        "at = at + 1",
        "actor = 'bert'",
        "source = 'elsewhere'",
        "action = 'template.show'",
        "object = 'template/other'",
        "outcome = 'refused'",
        "detail = ''",
        "was = 'something'",
        "became = 'something'",
        "version = 1",
        "version = 9",
        "tag = zeroblob(32)",
    ] {
        let edit = ["UPDATE audit SET ", change, " WHERE seq = 3"].concat();
        assert_eq!(after(&edit).await, Some(("edited", 3)), "{change}");
    }
    assert_eq!(after("UPDATE audit SET detail = detail").await, None, "what changes nothing");
}

#[tokio::test]
async fn deleting_moving_inserting_and_cutting_are_told_apart() {
    assert_eq!(after("DELETE FROM audit WHERE seq = 3").await, Some(("deleted", 3)));
    assert_eq!(after("DELETE FROM audit WHERE seq IN (2, 3)").await, Some(("deleted", 2)));
    assert_eq!(after("DELETE FROM audit WHERE seq = 1").await, Some(("deleted", 1)));
    assert_eq!(after("DELETE FROM audit WHERE seq > 3").await, Some(("truncated", 4)));
    assert_eq!(after("DELETE FROM audit").await, Some(("truncated", 1)));
    let swap = "UPDATE audit SET seq = -1 WHERE seq = 2; UPDATE audit SET seq = 2 WHERE seq = 4;
                UPDATE audit SET seq = 4 WHERE seq = -1;";
    assert_eq!(after(swap).await, Some(("moved", 2)));
    let neighbours =
        "UPDATE audit SET seq = -1 WHERE seq = 2; UPDATE audit SET seq = 2 WHERE seq = 3;
                      UPDATE audit SET seq = 3 WHERE seq = -1;";
    assert_eq!(after(neighbours).await, Some(("moved", 2)));
    let renumbered = "DELETE FROM audit WHERE seq = 3; UPDATE audit SET seq = 3 WHERE seq = 4;
                      UPDATE audit SET seq = 4 WHERE seq = 5;";
    assert_eq!(after(renumbered).await, Some(("edited", 3)));
    let inserted = "INSERT INTO audit (seq, version, at, actor, source, action, object, outcome,
                        detail, tag)
                    SELECT 6, version, at, 'bert', source, action, object, outcome, detail, tag
                    FROM audit WHERE seq = 5";
    assert_eq!(after(inserted).await, Some(("edited", 6)));
    // Cut, and written on to: the note is not painted over by what follows.
    let home = filled(5).await;
    home.tamper("DELETE FROM audit WHERE seq > 3");
    for n in 10..14 {
        templates::add(&home.app, &local(), &format!("t{n}"), "Hi").await.unwrap();
    }
    let found = verify(&home.app, &local()).await.unwrap().problem.unwrap();
    assert_eq!((found.kind, found.row), ("replaced", 5));
}

#[tokio::test]
async fn switching_the_requirement_off_in_the_database_shows() {
    let home = Home::new();
    let (app, me) = (&home.app, &local());
    crate::operators::add(app, me, "root", "admin").await.unwrap();
    let new = crate::operators::NewKey { operator: "root", scope: "", expires: None };
    crate::operators::create_key(app, me, new).await.unwrap();
    crate::auth::require(app, me, true, false).await.unwrap();
    home.tamper("UPDATE meta SET sign_in_required = 0");
    let found = verify(app, me).await.unwrap();
    assert_eq!(found.problem.map(|problem| problem.kind), Some("setting"));
}
