//! A turn under way: what the account knows is handed to the store, and told once it is on disk.

use crate::events::{AccountNews, DeliveryNews, EventKind};
use crate::settle::Settling;
use crate::steps::{Step, reach};
use crate::turn::{TurnInput, TurnOutput, Wants};
use crate::worker::Worker;
use std::collections::BTreeMap;
use std::sync::Arc;
use tg_core::account::AccountState;
use tg_core::delivery::Moved;
use tg_core::ids::{CampaignId, DeliveryId, Slug};
use tg_core::ports::{BoxFuture, StoreError, Wait};
use tg_core::time::Timestamp;

/// A turn that was begun. It has to be ended: its claims are in this run's hands.
pub(crate) struct UnderWay {
    settling: Vec<Settling>,
    waits: Vec<Wait>,
    fault: Option<(AccountState, String)>,
    /// What the pace granted: messages, questions.
    granted: (u32, u32),
    claims: bool,
    /// Campaigns that it may claim from.
    campaigns: Vec<CampaignId>,
    began: Timestamp,
    commit: BoxFuture<'static, Result<TurnOutput, StoreError>>,
}

impl UnderWay {
    /// Waits for the commit; dropped while it waits, it can be waited for again.
    pub(crate) async fn committed(&mut self) -> Result<TurnOutput, StoreError> {
        (&mut self.commit).await
    }

    /// Whether it claims, not only writes.
    pub(crate) const fn claims(&self) -> bool {
        self.claims
    }
}

impl Worker {
    /// Writes the ledger and claims what is wanted, in one transaction; then tells.
    pub(crate) async fn turn(&mut self, wants: Option<Wants>) -> Result<TurnOutput, StoreError> {
        let mut under_way = self.begin_turn(wants);
        let out = under_way.committed().await?;
        Ok(self.end_turn(under_way, out))
    }

    /// Takes the ledger and hands it to the store, with what is wanted.
    pub(crate) fn begin_turn(&mut self, wants: Option<Wants>) -> UnderWay {
        let settling = std::mem::take(&mut self.ledger.settling);
        let waits = std::mem::take(&mut self.ledger.waits);
        let fault = self.ledger.fault.take();
        let now = self.shared.clock.now();
        let claims = wants.is_some();
        let granted = wants.as_ref().map_or((0, 0), |w| (w.paced_sends, w.paced_resolves));
        let campaigns: Vec<CampaignId> =
            wants.iter().flat_map(|w| &w.campaigns).map(|live| live.campaign.id).collect();
        // Until it is known what was claimed, something may have been: no pause is complete.
        for campaign in &campaigns {
            self.shared.board.take_in_hand(*campaign, self.account.id, 1);
        }
        let input = TurnInput {
            epoch: self.shared.epoch,
            account: self.account.id,
            name: self.account.name.clone(),
            is_bot: self.account.is_bot,
            now,
            id_key: Arc::clone(&self.shared.id_key),
            learned: std::mem::take(&mut self.ledger.learned),
            moves: settling.iter().map(|s| s.step.clone()).collect(),
            waits: waits.clone(),
            fault: fault.clone(),
            alert_quiet: self.shared.alert_quiet,
            wants,
        };
        let store = Arc::clone(&self.shared.store);
        let commit =
            Box::pin(async move { store.write(move |unit| crate::turn::run(unit, &input)).await });
        UnderWay { settling, waits, fault, granted, claims, campaigns, began: now, commit }
    }

    /// Acts on what was committed, and tells it.
    pub(crate) fn end_turn(&mut self, turn: UnderWay, out: TurnOutput) -> TurnOutput {
        reach(Step::TurnCommitted);
        if turn.claims {
            self.starved = out.starved && out.ready.is_empty() && out.asks.is_empty();
        }
        self.pacer.return_sends(turn.granted.0 - out.used_paced_sends, false);
        self.pacer.return_resolves(turn.granted.1 - out.used_paced_resolves);
        for wait in turn.waits {
            self.pacer.imposed(wait.scope, wait.until, turn.began);
            self.news(AccountNews::Waiting { until: wait.until, reason: wait.reason });
        }
        reach(Step::SettledNotAnnounced);
        self.announce(&out.moved, &turn.settling);
        reach(Step::Announced);
        if let Some((state, reason)) = turn.fault {
            self.account.state = state;
            self.news(AccountNews::Stopped { state: self.account.state.name(), reason });
        }
        let (board, account) = (&self.shared.board, self.account.id);
        for (campaign, rows) in by_campaign(out.ready.iter().map(|row| row.campaign)) {
            board.take_in_hand(campaign, account, rows);
        }
        let held = turn.settling.iter().filter(|s| s.held).map(|s| s.campaign);
        for (campaign, rows) in by_campaign(held.chain(turn.campaigns)) {
            board.put_down(campaign, account, rows);
        }
        out
    }

    /// Tells what was committed.
    fn announce(&self, moved: &[Moved], settling: &[Settling]) {
        let by_row: BTreeMap<DeliveryId, &Settling> =
            settling.iter().map(|s| (s.step.delivery, s)).collect();
        for row in moved {
            let settled = by_row.get(&row.delivery);
            let message_id = settled.and_then(|s| s.step.message_id);
            let deferral = settled.map(|s| (s.step.due_at, s.reason.clone()));
            if let (Some(news), Some(campaign)) =
                (DeliveryNews::of(row, message_id, deferral), self.campaign_name(row.campaign))
            {
                self.shared.emit(EventKind::Delivery {
                    campaign,
                    account: self.account.name.clone(),
                    delivery: row.delivery,
                    news,
                });
            }
        }
    }

    fn campaign_name(&self, id: CampaignId) -> Option<Slug> {
        let control = self.control.borrow();
        control.campaigns.get(&id).map(|l| l.campaign.name.clone())
    }
}

/// How many rows of each campaign.
fn by_campaign(rows: impl Iterator<Item = CampaignId>) -> BTreeMap<CampaignId, u64> {
    let mut counts = BTreeMap::new();
    for campaign in rows {
        *counts.entry(campaign).or_default() += 1;
    }
    counts
}
