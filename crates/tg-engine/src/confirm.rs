//! The one message that somebody gets who opted out, if the operator wants that: recorded in the
//! transaction of their "no", and sent like every answer, once, by the account that heard it.

use crate::worker::Shared;
use std::sync::Arc;
use tg_core::delivery::Body;
use tg_core::ids::{AccountId, UserId};
use tg_core::ports::{Entropy, NewReply, StoreError, Unit};
use tg_core::time::Timestamp;

/// What is answered, and what makes each answer one of its own.
pub(crate) struct Confirmation {
    text: Arc<str>,
    entropy: Arc<dyn Entropy>,
}

impl Confirmation {
    /// As the run's options say.
    pub(crate) fn of(shared: &Shared) -> Option<Self> {
        let text = shared.hear.confirmation.clone()?;
        Some(Self { text, entropy: Arc::clone(&shared.entropy) })
    }

    /// Records it. Whoever was confirmed once is not again, whatever they said in between.
    pub(crate) fn record(
        &self,
        unit: &mut dyn Unit,
        account: AccountId,
        user: UserId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut bytes = [0; 16];
        self.entropy.fill(&mut bytes);
        let uuid = uuid::Builder::from_random_bytes(bytes).into_uuid();
        let body = Body::text(&self.text);
        let new = NewReply { uuid, account, user, body, is_test: false };
        unit.confirm_opt_out(&new, at).map(|_| ())
    }
}
