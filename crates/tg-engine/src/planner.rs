//! From a campaign to its deliveries: staged in chunks, visible at once when the campaign runs.

use crate::steps::{Step, reach};
use tg_core::campaign::Campaign;
use tg_core::ids::ContactId;
use tg_core::ports::{Clock, Store, StoreError};

/// Rows of one staging transaction: some ten milliseconds of work, and other writers get their turn
/// in between.
const CHUNK: usize = 4_000;

/// Stages a delivery for every member of the campaign's audience. Can be interrupted and called
/// again: it makes only what is missing. `progress` hears how many members were looked at.
///
/// # Errors
/// If the store fails; what was staged stays staged.
pub async fn stage(
    store: &dyn Store,
    campaign: &Campaign,
    clock: &dyn Clock,
    progress: &mut (dyn FnMut(u64) + Send),
) -> Result<u64, StoreError> {
    let mut after: Option<ContactId> = None;
    let mut staged = 0;
    loop {
        reach(Step::Stage);
        let (id, accounts, at) = (campaign.id, campaign.accounts.clone(), clock.now());
        let page = store.write(move |unit| unit.stage(id, &accounts, after, CHUNK, at)).await?;
        reach(Step::Staged);
        staged += page.staged;
        progress(staged);
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(staged),
        }
    }
}
