//! The schema: numbered migrations, each in a transaction that also raises `user_version`.

use crate::error::{OpenError, is_busy, translate};
use crate::tx::Undo;
use rusqlite::{Connection, ErrorCode};
use std::path::Path;
use std::time::Duration;
use tg_core::ports::StoreError;
use tg_core::time::Timestamp;
use uuid::Uuid;

/// "tg/1": by which a file is recognised as ours (sqlite.org/pragma.html#pragma_application_id).
const APPLICATION_ID: i32 = 0x7467_2f31;

/// All migrations, each with the schema that it makes, in order.
const MIGRATIONS: [(i64, &str); 1] = [(1, include_str!("../migrations/0001_first.sql"))];

/// The newest schema that this program knows.
pub(crate) const KNOWN: i64 = MIGRATIONS[MIGRATIONS.len() - 1].0;

/// The schema of an open file, after making sure that the file is ours.
pub(crate) fn version(
    conn: &Connection,
    path: &Path,
    deadline: Duration,
) -> Result<i64, OpenError> {
    let application: i32 =
        conn.pragma_query_value(None, "application_id", |row| row.get(0)).map_err(|error| {
            if error.sqlite_error_code() == Some(ErrorCode::NotADatabase) {
                OpenError::NotOurs(path.to_owned())
            } else {
                translate("reading the header", deadline, &error).into()
            }
        })?;
    if application != APPLICATION_ID {
        return Err(OpenError::NotOurs(path.to_owned()));
    }
    let found = conn
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(|error| translate("reading the schema's version", deadline, &error))?;
    if found > KNOWN {
        return Err(StoreError::Newer { found, known: KNOWN }.into());
    }
    Ok(found)
}

/// Applies the migrations after schema `from`.
pub(crate) fn apply(conn: &Connection, from: i64) -> rusqlite::Result<()> {
    for (number, sql) in MIGRATIONS {
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
    for (number, sql) in MIGRATIONS {
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
