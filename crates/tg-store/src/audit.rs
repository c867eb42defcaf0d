//! The port of the audit log: appended to, never changed.

use crate::head;
use crate::rows::unreadable;
use crate::unit::{SqliteUnit, limit};
use rusqlite::{Row, params};
use tg_core::ports::{AuditEntry, AuditFilter, AuditHead, AuditRecord, AuditStore, StoreError};
use tg_core::time::Timestamp;

/// The columns that [`record`] reads. A macro, so that statements are literals.
macro_rules! columns {
    () => {
        "seq, version, at, actor, source, action, object, outcome, detail, was, became, tag"
    };
}

fn record(row: &Row<'_>) -> rusqlite::Result<AuditRecord> {
    let outcome = match row.get_ref(7)?.as_str()? {
        "done" => "done",
        "refused" => "refused",
        _ => return Err(unreadable("audit outcome")),
    };
    Ok(AuditRecord {
        seq: row.get(0)?,
        version: row.get(1)?,
        entry: AuditEntry {
            at: Timestamp(row.get(2)?),
            actor: row.get(3)?,
            source: row.get(4)?,
            action: row.get(5)?,
            object: row.get(6)?,
            outcome,
            detail: row.get(8)?,
            before: row.get(9)?,
            after: row.get(10)?,
        },
        tag: row.get(11)?,
    })
}

impl AuditStore for SqliteUnit<'_> {
    fn audit(&mut self, entry: &AuditEntry) -> Result<(), StoreError> {
        let doing = "appending to the audit log";
        let (last, previous) = self.run(doing, head::last)?;
        let seq = last.saturating_add(1);
        let tag = self.context.audit_key.chain(&previous, &entry.canonical(seq));
        self.execute(
            doing,
            "INSERT INTO audit (seq, version, at, actor, source, action, object, outcome, detail,
                 was, became, tag)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            params![
                seq,
                AuditEntry::VERSION,
                entry.at.0,
                entry.actor,
                entry.source,
                entry.action,
                entry.object,
                entry.outcome,
                entry.detail,
                entry.before,
                entry.after,
                tag
            ],
        )?;
        self.after.audited.set(true);
        Ok(())
    }

    fn audit_page(&self, after: i64, most: usize) -> Result<Vec<AuditRecord>, StoreError> {
        self.all(
            "reading the audit log",
            concat!("SELECT ", columns!(), " FROM audit WHERE seq > ?1 ORDER BY seq LIMIT ?2"),
            [after, limit(most)],
            record,
        )
    }

    fn audit_find(
        &self,
        filter: &AuditFilter,
        most: usize,
    ) -> Result<Vec<AuditRecord>, StoreError> {
        // A noun stands for all of its verbs, and for all objects of its kind.
        self.all(
            "searching the audit log",
            concat!(
                "SELECT ",
                columns!(),
                " FROM audit
                 WHERE seq < ?1 AND at >= ?2 AND (?3 IS NULL OR actor = ?3)
                     AND (?4 IS NULL OR action = ?4 OR substr(action, 1, length(?4) + 1) = ?4 || '.')
                     AND (?5 IS NULL OR object = ?5 OR substr(object, 1, length(?5) + 1) = ?5 || '/')
                 ORDER BY seq DESC LIMIT ?6"
            ),
            params![
                filter.before.unwrap_or(i64::MAX),
                filter.since.map_or(i64::MIN, |since| since.0),
                filter.actor,
                filter.action,
                filter.object,
                limit(most)
            ],
            record,
        )
    }

    fn audit_head(&self) -> Result<AuditHead, StoreError> {
        self.context.head.read().map_err(|error| StoreError::Backend {
            doing: "reading where the audit log ended",
            detail: error.to_string(),
        })
    }

    fn renew_audit_head(&mut self) {
        self.after.renewed.set(true);
    }
}
