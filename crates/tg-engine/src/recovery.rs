//! What a run does before it sends anything: takes over the home, and counts what a predecessor
//! left claimed as possibly sent.

use crate::steps::{Step, reach};
use tg_core::ids::Epoch;
use tg_core::ports::{Clock, Store, StoreError, Unit};

/// Rows of one recovery transaction.
const CHUNK: usize = 1_000;

/// Takes over the home. Returns the new epoch and how many claims were left in doubt.
pub(crate) async fn take_over(
    store: &dyn Store,
    clock: &dyn Clock,
) -> Result<(Epoch, u64), StoreError> {
    let begin = |unit: &mut dyn Unit| -> Result<Epoch, StoreError> {
        unit.forget_health()?;
        unit.begin_epoch()
    };
    let epoch = store.write(begin).await?;
    reach(Step::EpochBegun);
    let now = clock.now();
    let mut interrupted = store.write(move |unit| unit.interrupt_replies(epoch, None, now)).await?;
    loop {
        let now = clock.now();
        let n = store.write(move |unit| unit.interrupt_claims(epoch, now, CHUNK)).await?;
        interrupted += n;
        if n == 0 {
            reach(Step::Interrupted);
            return Ok((epoch, interrupted));
        }
    }
}

/// Ends every unfinished delivery of started campaigns as `unknown(restored)`: the database is an
/// older copy, and what was sent after it was made is not known. Returns how many.
///
/// # Errors
/// If the store fails; can be called again.
pub async fn hold_restored(store: &dyn Store, clock: &dyn Clock) -> Result<u64, StoreError> {
    let now = clock.now();
    let mut held = store.write(move |unit| unit.abandon_replies(None, now)).await?;
    loop {
        let now = clock.now();
        let n = store.write(move |unit| unit.hold_restored(now, CHUNK)).await?;
        if n == 0 {
            return Ok(held);
        }
        held += n;
    }
}
