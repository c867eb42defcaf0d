//! The schema: numbered migrations, each in a transaction that also raises `user_version`.

use crate::error::is_busy;
use crate::tx::Undo;
use rusqlite::Connection;
use tg_core::time::Timestamp;
use uuid::Uuid;

/// "tg/1": by which a file is recognised as ours (sqlite.org/pragma.html#pragma_application_id).
const APPLICATION_ID: i32 = 0x7467_2f31;

/// All migrations, each with the schema that it makes, in order.
pub(crate) const MIGRATIONS: &[(i64, &str)] = &[
    (1, include_str!("../migrations/0001_first.sql")),
    (2, include_str!("../migrations/0002_decisions_and_formats.sql")),
    (3, include_str!("../migrations/0003_proxies.sql")),
    (4, include_str!("../migrations/0004_inbox.sql")),
    (5, include_str!("../migrations/0005_vault.sql")),
    (6, include_str!("../migrations/0006_alerts_and_services.sql")),
    (7, include_str!("../migrations/0007_replies.sql")),
    (8, include_str!("../migrations/0008_sign_ins.sql")),
    (9, include_str!("../migrations/0009_operators.sql")),
    (10, include_str!("../migrations/0010_totals.sql")),
    (11, include_str!("../migrations/0011_spending.sql")),
    (12, include_str!("../migrations/0012_timeline.sql")),
    (13, include_str!("../migrations/0013_content.sql")),
    (14, include_str!("../migrations/0014_confirmations.sql")),
    (15, include_str!("../migrations/0015_loans.sql")),
    (16, include_str!("../migrations/0016_media.sql")),
    (17, include_str!("../migrations/0017_tests.sql")),
    (18, include_str!("../migrations/0018_people.sql")),
    (19, include_str!("../migrations/0019_segments.sql")),
    (20, include_str!("../migrations/0020_personal.sql")),
];

/// The newest schema that this program knows.
pub(crate) const KNOWN: i64 = MIGRATIONS[MIGRATIONS.len() - 1].0;

/// Whether an open file was made by this program.
pub(crate) fn is_ours(conn: &Connection) -> rusqlite::Result<bool> {
    let application: i32 = conn.pragma_query_value(None, "application_id", |row| row.get(0))?;
    Ok(application == APPLICATION_ID)
}

/// The schema of an open file.
pub(crate) fn version(conn: &Connection) -> rusqlite::Result<i64> {
    conn.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// Applies the migrations after schema `from`.
pub(crate) fn apply(conn: &Connection, from: i64) -> rusqlite::Result<()> {
    for &(number, sql) in MIGRATIONS {
        if number > from {
            let undo = Undo(conn);
            conn.execute_batch("BEGIN IMMEDIATE")?;
            step(conn, number, sql)?;
            conn.execute_batch("COMMIT")?;
            drop(undo);
            tracing::info!(schema = number, "the database was migrated");
        }
    }
    Ok(())
}

/// Fills an empty file: all migrations and the home's identity, in one transaction.
pub(crate) fn create(conn: &Connection, home: Uuid, at: Timestamp) -> rusqlite::Result<()> {
    write_ahead(conn)?;
    let undo = Undo(conn);
    conn.execute_batch("BEGIN IMMEDIATE")?;
    conn.pragma_update(None, "application_id", APPLICATION_ID)?;
    for &(number, sql) in MIGRATIONS {
        step(conn, number, sql)?;
    }
    conn.execute(
        "INSERT INTO meta (one, home, created_at) VALUES (1, ?1, ?2)",
        (home.as_bytes(), at.0),
    )?;
    conn.execute_batch("COMMIT")?;
    drop(undo);
    Ok(())
}

fn step(conn: &Connection, number: i64, sql: &str) -> rusqlite::Result<()> {
    conn.execute_batch(sql)?;
    conn.pragma_update(None, "user_version", number)
}

/// Makes sure that the file is in WAL mode: a file that came out of a backup may not be. Somebody
/// who reads it in its old mode at this moment is no reason to fail: the next opening does it.
pub(crate) fn write_ahead(conn: &Connection) -> rusqlite::Result<()> {
    match conn.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get::<_, String>(0)) {
        Err(error) if !is_busy(&error) => Err(error),
        _ => Ok(()),
    }
}
