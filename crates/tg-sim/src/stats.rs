//! What has been called and delivered, for `GET /stats`.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;

use crate::sync::locked;

/// Counts of one method since the process started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Calls that were applied, whether or not the answer was sent.
    pub ok: u64,
    /// Calls that were refused, cut off before they were applied, or left hanging.
    pub errors: u64,
}

/// A simulator's counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Stats {
    /// By method, as in `messages.sendMessage`.
    pub calls: BTreeMap<&'static str, Tally>,
    /// Sockets that are open now.
    pub connections: u64,
    /// Sockets that were opened since the process started.
    pub connections_total: u64,
    /// Lines of the journal, those of former runs included.
    pub delivered: u64,
}

/// Where counts are collected.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    calls: Mutex<BTreeMap<&'static str, Tally>>,
    open: AtomicU64,
    opened: AtomicU64,
}

impl Counters {
    pub(crate) fn called(&self, method: &'static str, ok: bool) {
        let mut calls = locked(&self.calls);
        let tally = calls.entry(method).or_default();
        if ok {
            tally.ok += 1;
        } else {
            tally.errors += 1;
        }
    }

    /// Counts a connection; gives its number.
    pub(crate) fn opened(&self) -> u64 {
        self.open.fetch_add(1, Ordering::Relaxed);
        self.opened.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn closed(&self) {
        self.open.fetch_sub(1, Ordering::Relaxed);
    }

    pub(crate) fn read(&self, delivered: u64) -> Stats {
        Stats {
            calls: locked(&self.calls).clone(),
            connections: self.open.load(Ordering::Relaxed),
            connections_total: self.opened.load(Ordering::Relaxed),
            delivered,
        }
    }
}
