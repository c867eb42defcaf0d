//! The port of services that are not used at the moment.

use crate::unit::SqliteUnit;
use rusqlite::params;
use tg_core::breaker::BreakerState;
use tg_core::ports::{HealthStore, ServiceHealth, StoreError};
use tg_core::time::Timestamp;

impl HealthStore for SqliteUnit<'_> {
    fn put_health(&mut self, health: &ServiceHealth) -> Result<(), StoreError> {
        let doing = "recording how a service is doing";
        let until = match health.state {
            BreakerState::Open { until } => until,
            // One attempt is being made: it may be used again from now on.
            BreakerState::HalfOpen => health.at,
            BreakerState::Closed => {
                return self
                    .execute(doing, "DELETE FROM services WHERE name = ?1", [&health.name])
                    .map(|_| ());
            }
        };
        self.execute(
            doing,
            "INSERT INTO services (name, until, failures, reason, at)
             VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO UPDATE SET until = excluded.until, failures = excluded.failures,
                 reason = excluded.reason, at = excluded.at",
            params![health.name, until.0, health.failures, health.reason, health.at.0],
        )
        .map(|_| ())
    }

    fn health(&self) -> Result<Vec<ServiceHealth>, StoreError> {
        self.all(
            "reading how services are doing",
            "SELECT name, until, failures, reason, at FROM services ORDER BY name",
            [],
            |row| {
                Ok(ServiceHealth {
                    name: row.get(0)?,
                    state: BreakerState::Open { until: Timestamp(row.get(1)?) },
                    failures: row.get(2)?,
                    reason: row.get(3)?,
                    at: Timestamp(row.get(4)?),
                })
            },
        )
    }

    fn forget_health(&mut self) -> Result<(), StoreError> {
        self.execute("forgetting how services were doing", "DELETE FROM services", []).map(|_| ())
    }
}
