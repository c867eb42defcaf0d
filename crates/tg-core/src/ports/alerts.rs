//! Telling a person that something needs them.

use super::{BoxFuture, StoreError};
use crate::failure::Failure;
use crate::time::Timestamp;
use std::time::Duration;

/// Something that a person should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAlert {
    /// What it is about and what happened, such as `account/anna/frozen`: by this, alerts are
    /// recognised as the same.
    pub key: String,
    /// One line. Carries no phone number and no secret.
    pub title: String,
    /// What it means and what to do. Carries no phone number and no secret.
    pub text: String,
}

/// An alert on its way to a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// Its number in this home; a receiver that sees it twice was told twice.
    pub id: i64,
    /// What happened.
    pub what: NewAlert,
    /// When it was raised first.
    pub raised_at: Timestamp,
    /// How often it happened since.
    pub times: u64,
    /// How often telling was tried.
    pub attempts: u32,
}

/// What became of an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlertState {
    /// Nobody was told yet.
    Waiting {
        /// When it is tried next.
        due: Timestamp,
    },
    /// A person was told.
    Told,
    /// Nobody could be told in time.
    GivenUp,
}

impl AlertState {
    /// The name under which it is stored and shown.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting { .. } => "waiting",
            Self::Told => "told",
            Self::GivenUp => "given_up",
        }
    }
}

/// An alert with what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertRecord {
    /// The alert.
    pub alert: Alert,
    /// What became of it.
    pub state: AlertState,
    /// When it happened last.
    pub last_at: Timestamp,
    /// Why the last attempt, or one of its ways, failed.
    pub fault: Option<String>,
}

/// Alerts are stored with what they are about, in one transaction, and told afterwards: a restart
/// neither loses nor repeats one.
pub trait AlertStore {
    /// Records an alert. One with the same key that was raised less than `quiet` ago is counted
    /// instead. Says whether it is a new one.
    ///
    /// # Errors
    /// If the store fails.
    fn raise_alert(
        &mut self,
        alert: &NewAlert,
        quiet: Duration,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Alerts that wait and are due, oldest first.
    ///
    /// # Errors
    /// If the store fails.
    fn due_alerts(&self, now: Timestamp, limit: usize) -> Result<Vec<Alert>, StoreError>;

    /// Records what became of an attempt to tell.
    ///
    /// # Errors
    /// If the store fails, or there is no such alert.
    fn alert_tried(
        &mut self,
        id: i64,
        state: AlertState,
        fault: Option<&str>,
    ) -> Result<(), StoreError>;

    /// The latest alerts, newest first.
    ///
    /// # Errors
    /// If the store fails.
    fn alerts(&self, limit: usize) -> Result<Vec<AlertRecord>, StoreError>;
}

/// A person was told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Ways that failed although another one reached the person, and why.
    pub missed: Vec<String>,
}

/// A way to tell a person.
pub trait Alerter: Send + Sync {
    /// Tells a person. Each call has a timeout of its own; nobody is told twice by one call.
    fn tell<'a>(&'a self, alert: &'a Alert) -> BoxFuture<'a, Result<Told, Failure>>;
}
