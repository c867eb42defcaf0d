//! The port of sign-ins, failed attempts, and whether a sign-in is required.

use crate::rows::unreadable;
use crate::unit::{SqliteUnit, missing};
use rusqlite::{Row, params};
use std::time::Duration;
use tg_core::operator::{Failures, SignIn};
use tg_core::ports::{DoorStore, StoreError};
use tg_core::time::Timestamp;

/// Sources and keys that failures are remembered of; the oldest make room.
const SUBJECTS: i64 = 10_000;

fn sign_in(row: &Row<'_>) -> rusqlite::Result<SignIn> {
    let idle = u64::try_from(row.get::<_, i64>(5)?).map_err(|_| unreadable("span"))?;
    Ok(SignIn {
        id: row.get(0)?,
        key: row.get(1)?,
        proof: row.get(2)?,
        created_at: Timestamp(row.get(3)?),
        expires_at: Timestamp(row.get(4)?),
        idle: Duration::from_millis(idle),
        seen_at: Timestamp(row.get(6)?),
    })
}

impl DoorStore for SqliteUnit<'_> {
    fn add_sign_in(&mut self, sign_in: &SignIn, now: Timestamp) -> Result<(), StoreError> {
        self.execute(
            "forgetting sign-ins",
            "DELETE FROM auth_sessions WHERE expires_at <= ?1",
            [now.0],
        )?;
        let idle = i64::try_from(sign_in.idle.as_millis()).unwrap_or(i64::MAX);
        self.add("keeping a sign-in", "sign-in", &sign_in.id, |conn| {
            conn.prepare_cached(
                "INSERT INTO auth_sessions (id, key_id, proof, created_at, expires_at, idle, seen_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                sign_in.id,
                sign_in.key,
                sign_in.proof,
                sign_in.created_at.0,
                sign_in.expires_at.0,
                idle,
                sign_in.seen_at.0
            ])
            .map(|_| ())
        })
    }

    fn sign_in(&self, id: &str) -> Result<Option<SignIn>, StoreError> {
        self.optional(
            "reading a sign-in",
            "SELECT id, key_id, proof, created_at, expires_at, idle, seen_at FROM auth_sessions
             WHERE id = ?1",
            [id],
            sign_in,
        )
    }

    fn sign_in_seen(&mut self, id: &str, at: Timestamp) -> Result<(), StoreError> {
        let changed = self.execute(
            "recording the use of a sign-in",
            "UPDATE auth_sessions SET seen_at = ?2 WHERE id = ?1",
            params![id, at.0],
        )?;
        if changed == 0 { Err(missing("sign-in", id)) } else { Ok(()) }
    }

    fn end_sign_in(&mut self, id: &str) -> Result<(), StoreError> {
        self.execute("ending a sign-in", "DELETE FROM auth_sessions WHERE id = ?1", [id])
            .map(|_| ())
    }

    fn failures(&self, subject: &str) -> Result<Option<Failures>, StoreError> {
        self.optional(
            "reading failed attempts",
            "SELECT count, last_at FROM auth_failures WHERE subject = ?1",
            [subject],
            |row| Ok(Failures { count: row.get(0)?, last_at: Timestamp(row.get(1)?) }),
        )
    }

    fn put_failures(
        &mut self,
        subject: &str,
        failures: Failures,
        since: Timestamp,
    ) -> Result<(), StoreError> {
        let doing = "recording a failed attempt";
        self.execute(doing, "DELETE FROM auth_failures WHERE last_at < ?1", [since.0])?;
        self.execute(
            doing,
            "INSERT INTO auth_failures (subject, count, last_at) VALUES (?1, ?2, ?3)
             ON CONFLICT DO UPDATE SET count = excluded.count, last_at = excluded.last_at",
            params![subject, failures.count, failures.last_at.0],
        )?;
        self.execute(
            doing,
            "DELETE FROM auth_failures WHERE subject IN
                 (SELECT subject FROM auth_failures ORDER BY last_at DESC LIMIT -1 OFFSET ?1)",
            [SUBJECTS],
        )
        .map(|_| ())
    }

    fn sign_in_required(&self) -> Result<bool, StoreError> {
        self.one("reading the home", "SELECT sign_in_required FROM meta", [], |row| row.get(0))
    }

    fn require_sign_in(&mut self, required: bool) -> Result<(), StoreError> {
        self.execute("changing the home", "UPDATE meta SET sign_in_required = ?1", [required])
            .map(|_| ())
    }
}
