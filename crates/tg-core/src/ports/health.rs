//! How the services that are used, and the ways to them, are doing.

use super::StoreError;
use crate::breaker::BreakerState;
use crate::time::Timestamp;

/// What became of a service's breaker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceHealth {
    /// What people call it: `Telegram at 149.154.167.51:443`.
    pub name: String,
    /// Where its breaker stands now.
    pub state: BreakerState,
    /// Failures in a row.
    pub failures: u32,
    /// The last failure's name; empty once it is well.
    pub reason: String,
    /// Since when.
    pub at: Timestamp,
}

/// Hears of services that fail and recover. Must return at once.
pub trait HealthWatch: Send + Sync {
    /// A breaker opened or closed.
    fn changed(&self, health: ServiceHealth);
}

/// Remembers which services are not used at the moment, for other processes to read.
pub trait HealthStore {
    /// Records where a breaker stands; a service whose breaker is closed is forgotten.
    ///
    /// # Errors
    /// If the store fails.
    fn put_health(&mut self, health: &ServiceHealth) -> Result<(), StoreError>;

    /// Services whose breakers are open, by name.
    ///
    /// # Errors
    /// If the store fails.
    fn health(&self) -> Result<Vec<ServiceHealth>, StoreError>;

    /// Forgets all: what a run that has ended said about them is old news.
    ///
    /// # Errors
    /// If the store fails.
    fn forget_health(&mut self) -> Result<(), StoreError>;
}
