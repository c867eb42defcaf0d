//! The state of the database file, as a result.

use serde::Serialize;
use std::collections::BTreeMap;

/// What a check of the database found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DbCheck {
    /// `tg.db_check/1`, which is [`DbCheck::SCHEMA`].
    pub schema: &'static str,
    /// Whether nothing is wrong.
    pub ok: bool,
    /// What is wrong, one sentence each.
    pub problems: Vec<String>,
    /// The schema of the database.
    pub database_schema: i64,
    /// Claims ever committed.
    pub claims: i64,
    /// Rows by table.
    pub rows: BTreeMap<String, u64>,
}

impl DbCheck {
    /// The name of this shape.
    pub const SCHEMA: &'static str = "tg.db_check/1";
}
