//! What campaigns need beside sending: pausing settles, the last outcome finishes, cancelling ends
//! what comes back, and rows of accounts that cannot send go to others.

use crate::control::{Control, Live};
use crate::events::EventKind;
use crate::steps::{Step, reach};
use crate::worker::Shared;
use std::collections::BTreeSet;
use tg_core::account::Account;
use tg_core::campaign::{CampaignEvent, CampaignState};
use tg_core::ids::{AccountId, CampaignId};
use tg_core::ports::StoreError;

/// Rows of one housekeeping transaction.
const CHUNK: usize = 1_000;

/// Remembers what needs no second look.
#[derive(Default)]
pub(crate) struct Keeper {
    /// Cancelled campaigns without an open row.
    closed: BTreeSet<CampaignId>,
    /// Accounts that are gone and have no claim left.
    buried: BTreeSet<AccountId>,
}

impl Keeper {
    /// Looks at every campaign and account once. Says whether rows were given to other accounts.
    pub(crate) async fn tick(
        &mut self,
        shared: &Shared,
        control: &Control,
    ) -> Result<bool, StoreError> {
        let mut moved = false;
        for account in control.accounts.values().filter(|a| !a.state.may_send()) {
            self.bury(shared, account).await?;
        }
        for live in control.campaigns.values() {
            match live.campaign.state {
                CampaignState::Running => moved |= tend(shared, control, live).await?,
                CampaignState::Pausing => self.settle_pause(shared, live).await?,
                CampaignState::Canceled => self.close(shared, live).await?,
                _ => {}
            }
        }
        Ok(moved)
    }

    /// A gone account's exposed rows wait for a person.
    async fn bury(&mut self, shared: &Shared, account: &Account) -> Result<(), StoreError> {
        if !account.state.is_gone() || !self.buried.insert(account.id) {
            return Ok(());
        }
        let (id, now) = (account.id, shared.clock.now());
        while shared.store.write(move |unit| unit.abandon_claims(id, now, CHUNK)).await? > 0 {}
        shared.store.write(move |unit| unit.abandon_replies(Some(id), now)).await?;
        Ok(())
    }

    async fn settle_pause(&mut self, shared: &Shared, live: &Live) -> Result<(), StoreError> {
        if shared.board.is_in_hand(live.campaign.id) {
            return Ok(());
        }
        advance(shared, live, CampaignEvent::Settled).await
    }

    /// Rows that came back after the cancellation end too.
    async fn close(&mut self, shared: &Shared, live: &Live) -> Result<(), StoreError> {
        let (id, now) = (live.campaign.id, shared.clock.now());
        if self.closed.contains(&id) {
            return Ok(());
        }
        while shared.store.write(move |unit| unit.cancel_planned(id, now, CHUNK)).await? > 0 {}
        let (planned, claimed) = shared.store.read(move |unit| unit.open_rows(id)).await?;
        if !planned && !claimed {
            self.closed.insert(id);
        }
        Ok(())
    }
}

/// A running campaign finishes, or goes on without the accounts that cannot send.
async fn tend(shared: &Shared, control: &Control, live: &Live) -> Result<bool, StoreError> {
    if finish(shared, live).await? {
        return Ok(false);
    }
    hand_on(shared, control, live).await
}

/// Finishes a campaign whose last row ended; says whether it did.
async fn finish(shared: &Shared, live: &Live) -> Result<bool, StoreError> {
    let id = live.campaign.id;
    let (planned, claimed) = shared.store.read(move |unit| unit.open_rows(id)).await?;
    if planned || claimed {
        return Ok(false);
    }
    reach(Step::BeforeFinish);
    advance(shared, live, CampaignEvent::Finish).await?;
    reach(Step::Finished);
    Ok(true)
}

/// Moves a campaign if it still stands where it was seen; tells if it did.
async fn advance(shared: &Shared, live: &Live, event: CampaignEvent) -> Result<(), StoreError> {
    let name = live.campaign.name.clone();
    let now = shared.clock.now();
    let seen = live.campaign.state;
    let moved = shared
        .store
        .write(move |unit| -> Result<Option<CampaignState>, StoreError> {
            let Some(current) = unit.campaign_named(&name)?.filter(|c| c.state == seen) else {
                return Ok(None);
            };
            if event == CampaignEvent::Finish {
                let (planned, claimed) = unit.open_rows(current.id)?;
                if planned || claimed {
                    return Ok(None);
                }
            }
            let Ok(next) = current.state.next(event) else {
                return Ok(None);
            };
            unit.set_campaign_state(current.id, next, None, now)?;
            Ok(Some(next))
        })
        .await?;
    if let Some(state) = moved {
        shared.emit(EventKind::Campaign { name: live.campaign.name.clone(), state, note: None });
        shared.board.changed.notify_one();
    }
    Ok(())
}

/// Gives planned rows of accounts that cannot send to those that can.
async fn hand_on(shared: &Shared, control: &Control, live: &Live) -> Result<bool, StoreError> {
    let (able, unable): (Vec<AccountId>, Vec<AccountId>) =
        live.campaign.accounts.iter().copied().partition(|id| control.may_send(*id));
    if able.is_empty() {
        return Ok(false);
    }
    let mut any = false;
    for from in unable {
        let mut rows = 0;
        loop {
            let (id, to) = (live.campaign.id, able.clone());
            let n = shared.store.write(move |unit| unit.reassign(id, from, &to, CHUNK)).await?;
            if n == 0 {
                break;
            }
            rows += n;
        }
        if rows > 0 {
            any = true;
            if let Some(account) = control.accounts.get(&from) {
                shared.emit(EventKind::Reassigned {
                    campaign: live.campaign.name.clone(),
                    from: account.name.clone(),
                    rows,
                });
            }
        }
    }
    Ok(any)
}
