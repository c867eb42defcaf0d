//! Alerts, as results.

use super::rfc3339;
use serde::Serialize;
use tg_core::ports::AlertRecord;

/// One alert and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AlertLine {
    /// Its number in this home.
    pub id: i64,
    /// What it is about and what happened.
    pub key: String,
    /// In one line.
    pub title: String,
    /// What it means and what to do.
    pub text: String,
    /// `waiting`, `told` or `given_up`.
    pub state: &'static str,
    /// When it was raised first.
    pub raised_at: String,
    /// When it happened last.
    pub last_at: String,
    /// How often it happened since.
    pub times: u64,
    /// How often telling was tried.
    pub attempts: u32,
    /// Why the last attempt, or one of its ways, failed.
    pub fault: Option<String>,
}

/// The latest alerts, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Alerts {
    /// `tg.alerts/1`
    pub schema: &'static str,
    /// One line each.
    pub alerts: Vec<AlertLine>,
}

impl Alerts {
    /// Shows records.
    #[must_use]
    pub fn new(records: &[AlertRecord]) -> Self {
        let line = |record: &AlertRecord| AlertLine {
            id: record.alert.id,
            key: record.alert.what.key.clone(),
            title: record.alert.what.title.clone(),
            text: record.alert.what.text.clone(),
            state: record.state.name(),
            raised_at: rfc3339(record.alert.raised_at),
            last_at: rfc3339(record.last_at),
            times: record.alert.times,
            attempts: record.alert.attempts,
            fault: record.fault.clone(),
        };
        Self { schema: "tg.alerts/1", alerts: records.iter().map(line).collect() }
    }
}

/// What came of `tg alert test`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AlertTest {
    /// `tg.alert_test/1`
    pub schema: &'static str,
    /// Ways that failed although another one reached the person.
    pub missed: Vec<String>,
}

impl AlertTest {
    /// A person was told, apart from `missed`.
    #[must_use]
    pub fn new(missed: Vec<String>) -> Self {
        Self { schema: "tg.alert_test/1", missed }
    }
}
