//! How services are doing, from whoever notices to whoever writes it down.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use tg_core::ports::{HealthWatch, ServiceHealth};

/// Services that are remembered at most between two looks.
const MAX_NAMES: usize = 4_096;

/// Takes what adapters notice; the run writes it to the store within half a second.
#[derive(Debug, Default)]
pub struct HealthLog {
    changed: Mutex<BTreeMap<String, ServiceHealth>>,
}

impl HealthLog {
    /// What changed since the last time, by name.
    pub(crate) fn take(&self) -> Vec<ServiceHealth> {
        // Every change is one insertion: a panic elsewhere leaves the map whole.
        let mut changed = self.changed.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *changed).into_values().collect()
    }
}

impl HealthWatch for HealthLog {
    fn changed(&self, health: ServiceHealth) {
        let mut changed = self.changed.lock().unwrap_or_else(PoisonError::into_inner);
        if changed.len() < MAX_NAMES || changed.contains_key(&health.name) {
            changed.insert(health.name.clone(), health);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tg_core::breaker::BreakerState;
    use tg_core::time::Timestamp;

    #[test]
    fn the_last_word_about_a_service_counts() {
        let log = HealthLog::default();
        for failures in [3, 4] {
            log.changed(ServiceHealth {
                name: "a".to_owned(),
                state: BreakerState::Closed,
                failures,
                reason: String::new(),
                at: Timestamp(0),
            });
        }
        let taken = log.take();
        assert_eq!(taken.iter().map(|health| health.failures).collect::<Vec<_>>(), [4]);
        assert!(log.take().is_empty());
    }
}
