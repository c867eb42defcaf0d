//! Where each account's task says what it is doing, and where the run reads whether anything is
//! left to do.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tg_core::failure::Failure;
use tg_core::ids::{AccountId, CampaignId};
use tg_core::time::Timestamp;
use tokio::sync::Notify;

/// What an account's task is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Doing {
    /// Claiming, sending, settling, connecting.
    Busy,
    /// Nothing, until that time or until something changes.
    Resting(Option<Timestamp>),
    /// Its task has ended.
    Gone,
}

#[derive(Clone, Debug)]
struct Line {
    doing: Doing,
    connected: bool,
}

#[derive(Debug, Default)]
struct Inner {
    lines: BTreeMap<AccountId, Line>,
    in_hand: BTreeMap<(CampaignId, AccountId), u64>,
    last_failure: Option<Failure>,
    fatal: Option<Failure>,
}

/// The board.
#[derive(Debug, Default)]
pub(crate) struct Board {
    inner: Mutex<Inner>,
    /// Rung whenever something on the board changes.
    pub(crate) changed: Notify,
}

impl Board {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Every change is one assignment: a panic elsewhere leaves nothing half-written.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set(&self, account: AccountId, doing: Doing) {
        let mut inner = self.lock();
        let line = inner.lines.entry(account).or_insert(Line { doing, connected: false });
        let news = line.doing != doing;
        line.doing = doing;
        drop(inner);
        if news {
            self.changed.notify_one();
        }
    }

    pub(crate) fn set_connected(
        &self,
        account: AccountId,
        connected: bool,
        failure: Option<&Failure>,
    ) {
        let mut inner = self.lock();
        if let Some(line) = inner.lines.get_mut(&account) {
            line.connected = connected;
        }
        if let Some(failure) = failure {
            inner.last_failure = Some(failure.clone());
        }
        drop(inner);
        self.changed.notify_one();
    }

    pub(crate) fn take_in_hand(&self, campaign: CampaignId, account: AccountId, rows: u64) {
        *self.lock().in_hand.entry((campaign, account)).or_default() += rows;
    }

    pub(crate) fn put_down(&self, campaign: CampaignId, account: AccountId, rows: u64) {
        let mut inner = self.lock();
        if let Some(held) = inner.in_hand.get_mut(&(campaign, account)) {
            *held = held.saturating_sub(rows);
            if *held == 0 {
                // Nobody is woken for it: pausing looks every half second.
                inner.in_hand.remove(&(campaign, account));
            }
        }
    }

    /// A task is gone with everything it had in hand.
    pub(crate) fn drop_account(&self, account: AccountId) {
        let mut inner = self.lock();
        inner.in_hand.retain(|(_, holder), _| *holder != account);
        inner.lines.remove(&account);
        drop(inner);
        self.changed.notify_one();
    }

    /// Whether any account has rows of the campaign in hand.
    pub(crate) fn is_in_hand(&self, campaign: CampaignId) -> bool {
        let first = (campaign, AccountId(i64::MIN));
        let last = (campaign, AccountId(i64::MAX));
        self.lock().in_hand.range(first..=last).next().is_some()
    }

    /// Something that only a person can put right: everything stops.
    pub(crate) fn fatal(&self, failure: Failure) {
        self.lock().fatal.get_or_insert(failure);
        self.changed.notify_one();
    }

    pub(crate) fn fatal_failure(&self) -> Option<Failure> {
        self.lock().fatal.clone()
    }

    pub(crate) fn last_failure(&self) -> Option<Failure> {
        self.lock().last_failure.clone()
    }

    pub(crate) fn doing(&self, account: AccountId) -> Option<Doing> {
        self.lock().lines.get(&account).map(|line| line.doing)
    }

    pub(crate) fn is_connected(&self, account: AccountId) -> bool {
        self.lock().lines.get(&account).is_some_and(|line| line.connected)
    }
}
