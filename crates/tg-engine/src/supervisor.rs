//! Who runs whom: one task per account, joined here, started again after a panic.

use crate::board::Doing;
use crate::control::Control;
use crate::events::{AccountNews, EventKind};
use crate::worker::{Shared, Worker};
use std::collections::BTreeMap;
use std::sync::Arc;
use tg_core::account::Account;
use tg_core::ids::AccountId;
use tg_core::ports::StoreError;
use tg_core::retry::RetryPolicy;
use tg_core::time::Timestamp;
use tokio::sync::watch;
use tokio::task::{Id, JoinError, JoinSet};

/// Rows of one transaction that puts down what a crashed task had in hand.
const CHUNK: usize = 1_000;

/// Owns the accounts' tasks.
pub(crate) struct Supervisor {
    shared: Arc<Shared>,
    orders: watch::Receiver<Arc<Control>>,
    tasks: JoinSet<Result<(), StoreError>>,
    names: BTreeMap<Id, Account>,
    /// Panics per account, and when it may be started again.
    crashes: BTreeMap<AccountId, (u32, Timestamp)>,
}

impl Supervisor {
    pub(crate) fn new(shared: Arc<Shared>, orders: watch::Receiver<Arc<Control>>) -> Self {
        Self {
            shared,
            orders,
            tasks: JoinSet::new(),
            names: BTreeMap::new(),
            crashes: BTreeMap::new(),
        }
    }

    /// Starts a task for every account that may send and has none.
    pub(crate) async fn staff(&mut self, control: &Control) -> Result<(), StoreError> {
        let now = self.shared.clock.now();
        for account in control.accounts.values().filter(|a| control.may_run(a.id)) {
            let runs = self.runs(account.id);
            let resting = self.crashes.get(&account.id).is_some_and(|(_, until)| *until > now);
            if runs || resting {
                continue;
            }
            let worker =
                Worker::new(Arc::clone(&self.shared), account.clone(), self.orders.clone()).await?;
            self.shared.board.set(account.id, Doing::Busy);
            let handle = self.tasks.spawn(worker.run());
            self.names.insert(handle.id(), account.clone());
        }
        Ok(())
    }

    /// Whether the account has a task; without one its connection is closed.
    pub(crate) fn runs(&self, account: AccountId) -> bool {
        self.names.values().any(|named| named.id == account)
    }

    /// Waits until a task ends, and clears up after it.
    pub(crate) async fn ended(&mut self) -> Result<(), StoreError> {
        match self.tasks.join_next_with_id().await {
            None => std::future::pending().await,
            Some(ended) => self.clear_up(ended).await,
        }
    }

    /// Waits for all tasks.
    pub(crate) async fn join(&mut self) -> Result<(), StoreError> {
        let mut result = Ok(());
        while let Some(ended) = self.tasks.join_next_with_id().await {
            let cleared = self.clear_up(ended).await;
            result = result.and(cleared);
        }
        result
    }

    async fn clear_up(
        &mut self,
        ended: Result<(Id, Result<(), StoreError>), JoinError>,
    ) -> Result<(), StoreError> {
        match ended {
            Ok((id, result)) => {
                if let Some(account) = self.names.remove(&id) {
                    self.shared.board.drop_account(account.id);
                }
                result
            }
            Err(error) => match self.names.remove(&error.id()) {
                Some(account) => self.recover(&account).await,
                None => Ok(()),
            },
        }
    }

    /// A task panicked: whatever it had in hand was possibly sent.
    async fn recover(&mut self, account: &Account) -> Result<(), StoreError> {
        let (id, epoch, now) = (account.id, self.shared.epoch, self.shared.clock.now());
        while self
            .shared
            .store
            .write(move |unit| unit.interrupt_account(epoch, id, now, CHUNK))
            .await?
            > 0
        {}
        self.shared.store.write(move |unit| unit.interrupt_replies(epoch, Some(id), now)).await?;
        self.shared.board.drop_account(id);
        let (crashes, until) = self.crashes.entry(id).or_insert((0, now));
        let delay = RetryPolicy::RECONNECT.delay(*crashes, self.shared.entropy.as_ref());
        *crashes = crashes.saturating_add(1);
        *until = now + delay;
        self.shared
            .emit(EventKind::Account { name: account.name.clone(), what: AccountNews::Crashed });
        Ok(())
    }
}
