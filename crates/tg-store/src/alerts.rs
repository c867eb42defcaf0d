//! The port of alerts.

use crate::unit::{SqliteUnit, limit, missing};
use rusqlite::{Row, params};
use std::time::Duration;
use tg_core::ports::{Alert, AlertRecord, AlertState, AlertStore, NewAlert, StoreError};
use tg_core::time::Timestamp;

impl AlertStore for SqliteUnit<'_> {
    fn raise_alert(
        &mut self,
        alert: &NewAlert,
        quiet: Duration,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let doing = "raising an alert";
        let counted = self.execute(
            doing,
            "UPDATE alerts SET times = times + 1, last_at = ?3
             WHERE id = (SELECT id FROM alerts WHERE key = ?1 AND raised_at > ?2
                         ORDER BY raised_at DESC, id DESC LIMIT 1)",
            params![alert.key, (now - quiet).0, now.0],
        )?;
        if counted > 0 {
            return Ok(false);
        }
        self.execute(
            doing,
            "INSERT INTO alerts (key, title, text, raised_at, last_at, due_at)
             VALUES (?1, ?2, ?3, ?4, ?4, ?4)",
            params![alert.key, alert.title, alert.text, now.0],
        )?;
        Ok(true)
    }

    fn due_alerts(&self, now: Timestamp, most: usize) -> Result<Vec<Alert>, StoreError> {
        self.all(
            "reading alerts",
            "SELECT id, key, title, text, raised_at, times, attempts FROM alerts
             WHERE state = 0 AND due_at <= ?1 ORDER BY due_at, id LIMIT ?2",
            [now.0, limit(most)],
            alert,
        )
    }

    fn alert_tried(
        &mut self,
        id: i64,
        state: AlertState,
        fault: Option<&str>,
    ) -> Result<(), StoreError> {
        let (code, due) = match state {
            AlertState::Waiting { due } => (0, Some(due.0)),
            AlertState::Told => (1, None),
            AlertState::GivenUp => (2, None),
        };
        let changed = self.execute(
            "recording an attempt to tell",
            "UPDATE alerts SET state = ?2, due_at = coalesce(?3, due_at), fault = ?4,
                 attempts = attempts + 1
             WHERE id = ?1",
            params![id, code, due, fault],
        )?;
        if changed == 0 { Err(missing("alert", id)) } else { Ok(()) }
    }

    fn alerts(&self, most: usize) -> Result<Vec<AlertRecord>, StoreError> {
        self.all(
            "reading alerts",
            "SELECT id, key, title, text, raised_at, times, attempts, state, due_at, last_at, fault
             FROM alerts ORDER BY id DESC LIMIT ?1",
            [limit(most)],
            |row| {
                let state = match row.get::<_, u8>(7)? {
                    0 => AlertState::Waiting { due: Timestamp(row.get(8)?) },
                    1 => AlertState::Told,
                    _ => AlertState::GivenUp,
                };
                Ok(AlertRecord {
                    alert: alert(row)?,
                    state,
                    last_at: Timestamp(row.get(9)?),
                    fault: row.get(10)?,
                })
            },
        )
    }
}

fn alert(row: &Row<'_>) -> rusqlite::Result<Alert> {
    Ok(Alert {
        id: row.get(0)?,
        what: NewAlert { key: row.get(1)?, title: row.get(2)?, text: row.get(3)? },
        raised_at: Timestamp(row.get(4)?),
        times: u64::try_from(row.get::<_, i64>(5)?).unwrap_or(0),
        attempts: row.get(6)?,
    })
}
