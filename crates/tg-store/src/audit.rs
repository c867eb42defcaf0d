//! The port of the audit log: appended to, never changed.

use crate::rows::unreadable;
use crate::unit::{SqliteUnit, limit};
use rusqlite::{Row, params};
use tg_core::ports::{AuditEntry, AuditRecord, AuditStore, StoreError};
use tg_core::time::Timestamp;

fn record(row: &Row<'_>) -> rusqlite::Result<AuditRecord> {
    let outcome = match row.get_ref(5)?.as_str()? {
        "done" => "done",
        "refused" => "refused",
        _ => return Err(unreadable("audit outcome")),
    };
    Ok(AuditRecord {
        seq: row.get(0)?,
        entry: AuditEntry {
            at: Timestamp(row.get(1)?),
            actor: row.get(2)?,
            action: row.get(3)?,
            object: row.get(4)?,
            outcome,
            detail: row.get(6)?,
        },
        tag: row.get(7)?,
    })
}

impl AuditStore for SqliteUnit<'_> {
    fn audit(&mut self, entry: &AuditEntry) -> Result<(), StoreError> {
        let doing = "appending to the audit log";
        let last = self.optional(
            doing,
            "SELECT seq, tag FROM audit ORDER BY seq DESC LIMIT 1",
            [],
            |row| Ok((row.get::<_, i64>(0)?, row.get::<_, [u8; 32]>(1)?)),
        )?;
        let (seq, previous) = last.map_or((1, AuditEntry::GENESIS), |(seq, tag)| (seq + 1, tag));
        let tag = self.context.audit_key.chain(&previous, &entry.canonical(seq));
        self.execute(
            doing,
            "INSERT INTO audit (seq, at, actor, action, object, outcome, detail, tag)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                seq,
                entry.at.0,
                entry.actor,
                entry.action,
                entry.object,
                entry.outcome,
                entry.detail,
                tag
            ],
        )
        .map(|_| ())
    }

    fn audit_page(&self, after: i64, most: usize) -> Result<Vec<AuditRecord>, StoreError> {
        self.all(
            "reading the audit log",
            "SELECT seq, at, actor, action, object, outcome, detail, tag FROM audit
             WHERE seq > ?1 ORDER BY seq LIMIT ?2",
            [after, limit(most)],
            record,
        )
    }
}
