//! `tg db check`: what can be said about a database's health.

use crate::mark::MarkState;
use crate::migrate;
use crate::rows::count;
use rusqlite::Connection;

/// Problems that are listed; a broken file has more than anybody reads.
const PROBLEMS: i64 = 50;

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckReport {
    /// The schema of the file.
    pub schema: i64,
    /// The newest schema this program knows.
    pub known: i64,
    /// What `PRAGMA integrity_check` says; empty if all is well.
    pub integrity: Vec<String>,
    /// References that lead nowhere; empty if all is well.
    pub references: Vec<String>,
    /// Campaigns whose totals are not what their deliveries come to; empty if all is well.
    pub totals: Vec<String>,
    /// How commits are written (`wal`).
    pub journal: String,
    /// Pages that wait in the write-ahead log.
    pub wal_pages: i64,
    /// Whether the database is the one that claimed last.
    pub mark: MarkState,
    /// Claims ever committed.
    pub claims: i64,
    /// Rows by table, by name.
    pub rows: Vec<(String, u64)>,
}

impl CheckReport {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.integrity.is_empty()
            && self.references.is_empty()
            && self.totals.is_empty()
            && self.journal == "wal"
            && self.mark == MarkState::Normal
    }
}

/// Looks at everything.
pub(crate) fn run(conn: &Connection, mark: MarkState) -> rusqlite::Result<CheckReport> {
    let mut integrity = strings(conn, &format!("PRAGMA integrity_check({PROBLEMS})"))?;
    integrity.retain(|line| line != "ok");
    Ok(CheckReport {
        schema: migrate::version(conn)?,
        known: migrate::KNOWN,
        integrity,
        references: references(conn)?,
        totals: totals(conn)?,
        journal: conn.pragma_query_value(None, "journal_mode", |row| row.get(0))?,
        wal_pages: conn.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| row.get(1))?,
        mark,
        claims: conn.query_row("SELECT claim_counter FROM meta", [], |row| row.get(0))?,
        rows: rows(conn)?,
    })
}

fn references(conn: &Connection) -> rusqlite::Result<Vec<String>> {
    // tidy: sql-constant
    let sql = format!(
        "SELECT \"table\", coalesce(rowid, 0), parent FROM pragma_foreign_key_check LIMIT {PROBLEMS}"
    );
    conn.prepare(&sql)?
        .query_map([], |row| {
            let (table, id, parent): (String, i64, String) =
                (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok(format!("{table} row {id} refers to a row of {parent} that is missing"))
        })?
        .collect()
}

/// Counts every delivery again.
fn totals(conn: &Connection) -> rusqlite::Result<Vec<String>> {
    let different = strings(
        conn,
        "WITH counted AS MATERIALIZED (
             SELECT campaign_id, coalesce(account_id, 0), state, coalesce(reason, ''), count(*)
             FROM deliveries WHERE state > 1 GROUP BY 1, 2, 3, 4),
         kept AS MATERIALIZED (
             SELECT campaign_id, account_id, state, reason, n FROM totals WHERE n <> 0),
         different (campaign) AS (
             SELECT campaign_id FROM (SELECT * FROM counted EXCEPT SELECT * FROM kept)
             UNION SELECT campaign_id FROM (SELECT * FROM kept EXCEPT SELECT * FROM counted)
             UNION SELECT k.id FROM campaigns k WHERE k.recipients <>
                 (SELECT count(*) FROM deliveries d WHERE d.campaign_id = k.id))
         SELECT name FROM campaigns WHERE id IN (SELECT campaign FROM different) ORDER BY name",
    )?;
    let text = |name| format!("the totals of campaign {name} are not what its deliveries come to");
    Ok(different.into_iter().map(text).collect())
}

fn rows(conn: &Connection) -> rusqlite::Result<Vec<(String, u64)>> {
    let tables = strings(
        conn,
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
         ORDER BY name",
    )?;
    tables
        .into_iter()
        .map(|table| {
            // Names of our own tables, from the schema itself.
            let rows = conn
                // tidy: sql-constant
                .query_row(&format!("SELECT count(*) FROM \"{table}\""), [], |row| count(row, 0))?;
            Ok((table, rows))
        })
        .collect()
}

fn strings(conn: &Connection, sql: &str) -> rusqlite::Result<Vec<String>> {
    conn.prepare(sql)?.query_map([], |row| row.get(0))?.collect()
}
