//! What holds deliveries back at one moment: the report and the export count alike.

use std::collections::BTreeSet;
use tg_core::delivery::DeliveryRecord;
use tg_core::failure::{Method, WaitScope};
use tg_core::ids::AccountId;
use tg_core::ports::{StoreError, Unit};
use tg_core::time::Timestamp;

/// A moment, and the accounts that Telegram keeps from sending then.
#[derive(Debug)]
pub(crate) struct Moment {
    now: Timestamp,
    waiting: BTreeSet<AccountId>,
}

impl Moment {
    /// Asks which of `accounts` have to wait.
    pub(crate) fn read(
        unit: &dyn Unit,
        accounts: impl IntoIterator<Item = AccountId>,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let mut waiting = BTreeSet::new();
        for account in accounts.into_iter().collect::<BTreeSet<_>>() {
            let holds =
                |scope| matches!(scope, WaitScope::Account | WaitScope::Method(Method::Send));
            if unit.waits(account, now)?.iter().any(|wait| holds(wait.scope)) {
                waiting.insert(account);
            }
        }
        Ok(Self { now, waiting })
    }

    /// Whether a delivery that is not final cannot be sent before later.
    pub(crate) fn defers(&self, record: &DeliveryRecord) -> bool {
        record.due_at.is_some_and(|due| due > self.now)
            || record.account.as_ref().is_some_and(|(account, _)| self.waiting.contains(account))
    }
}
