//! What a run did, counted as its events pass by.

use crate::alerts::Runaway;
use crate::engine::{Ended, RunSummary};
use crate::events::{DeliveryNews, EventKind, EventSink, RunEvent};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tg_core::time::Timestamp;

/// Counts what passes by.
pub(crate) struct Counting {
    inner: Arc<dyn EventSink>,
    sent: AtomicU64,
    failed: AtomicU64,
    skipped: AtomicU64,
    unknown: AtomicU64,
    deferred: AtomicU64,
    pub(crate) runaway: Runaway,
}

impl Counting {
    pub(crate) fn new(inner: Arc<dyn EventSink>) -> Self {
        Self {
            inner,
            sent: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            skipped: AtomicU64::new(0),
            unknown: AtomicU64::new(0),
            deferred: AtomicU64::new(0),
            runaway: Runaway::default(),
        }
    }

    pub(crate) fn summary(&self, ended: Ended, next_due: Option<Timestamp>) -> RunSummary {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        RunSummary {
            ended,
            next_due,
            sent: read(&self.sent),
            failed: read(&self.failed),
            skipped: read(&self.skipped),
            unknown: read(&self.unknown),
            deferred: read(&self.deferred),
        }
    }
}

impl EventSink for Counting {
    fn emit(&self, event: RunEvent) {
        if let EventKind::Delivery { campaign, news, .. } = &event.kind {
            match news {
                DeliveryNews::Sent { .. } => self.runaway.count(campaign, false),
                DeliveryNews::Failed { .. } => self.runaway.count(campaign, true),
                _ => {}
            }
            let counter = match news {
                DeliveryNews::Sent { .. } => Some(&self.sent),
                DeliveryNews::Failed { .. } => Some(&self.failed),
                DeliveryNews::Skipped { .. } => Some(&self.skipped),
                DeliveryNews::Unknown { .. } => Some(&self.unknown),
                DeliveryNews::Deferred { .. } => Some(&self.deferred),
                DeliveryNews::Canceled => None,
            };
            if let Some(counter) = counter {
                counter.fetch_add(1, Ordering::Relaxed);
            }
        }
        self.inner.emit(event);
    }
}
