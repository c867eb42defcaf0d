//! The port itself: each promise, and the file that keeps it.

use crate::unit::SqliteUnit;
use std::time::Duration;
use tg_core::delivery::{Candidate, DeliveryRecord, Move, Moved, Reason, Repeat};
use tg_core::ids::{AccountId, CampaignId, ContactId, DeliveryId, Epoch, MessageId, Slug, UserId};
use tg_core::ports::{
    ClaimBatch, Decision, MessageOwner, OutboxStore, PlanCounts, StagePage, StoreError, Twin,
};
use tg_core::report::{AccountTally, CampaignTally, Slice, Tally, VariantTally};
use tg_core::time::Timestamp;

impl OutboxStore for SqliteUnit<'_> {
    fn home(&self) -> Result<uuid::Uuid, StoreError> {
        self.home_identity()
    }

    fn begin_epoch(&mut self) -> Result<Epoch, StoreError> {
        self.raise_epoch()
    }

    fn stage(
        &mut self,
        campaign: CampaignId,
        accounts: &[AccountId],
        after: Option<ContactId>,
        limit: usize,
        at: Timestamp,
    ) -> Result<StagePage, StoreError> {
        self.stage_page(campaign, accounts, after, limit, at)
    }

    fn plan_counts(&self, campaign: CampaignId, now: Timestamp) -> Result<PlanCounts, StoreError> {
        self.count_plan(campaign, now)
    }

    fn candidates(
        &self,
        campaign: CampaignId,
        account: AccountId,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<Candidate>, StoreError> {
        self.read_candidates(campaign, account, now, limit)
    }

    fn claim(&mut self, batch: &ClaimBatch) -> Result<Vec<Moved>, StoreError> {
        self.whole(|unit| unit.write_claims(batch))
    }

    fn repeats(
        &self,
        account: AccountId,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<Repeat>, StoreError> {
        self.read_repeats(account, now, limit)
    }

    fn take_repeats(&mut self, epoch: Epoch, rows: &[DeliveryId]) -> Result<(), StoreError> {
        self.whole(|unit| unit.take_in_hand(epoch, rows))
    }

    fn settle(
        &mut self,
        epoch: Epoch,
        moves: &[Move],
        at: Timestamp,
    ) -> Result<Vec<Moved>, StoreError> {
        self.whole(|unit| {
            unit.fence(epoch)?;
            unit.write_moves(moves, at)
        })
    }

    fn interrupt_claims(
        &mut self,
        epoch: Epoch,
        now: Timestamp,
        limit: usize,
    ) -> Result<u64, StoreError> {
        self.fence(epoch)?;
        self.bulk_interrupt(epoch, now, limit)
    }

    fn interrupt_account(
        &mut self,
        epoch: Epoch,
        account: AccountId,
        now: Timestamp,
        limit: usize,
    ) -> Result<u64, StoreError> {
        self.fence(epoch)?;
        self.bulk_interrupt_account(epoch, account, now, limit)
    }

    fn message_owner(
        &self,
        account: AccountId,
        message: MessageId,
    ) -> Result<Option<MessageOwner>, StoreError> {
        self.find_message(account, message)
    }

    fn hold_restored(&mut self, now: Timestamp, limit: usize) -> Result<u64, StoreError> {
        self.bulk_hold(now, limit)
    }

    fn cancel_planned(
        &mut self,
        campaign: CampaignId,
        now: Timestamp,
        limit: usize,
    ) -> Result<u64, StoreError> {
        self.bulk_cancel(campaign, now, limit)
    }

    fn reassign(
        &mut self,
        campaign: CampaignId,
        from: AccountId,
        to: &[AccountId],
        limit: usize,
    ) -> Result<u64, StoreError> {
        self.bulk_reassign(campaign, from, to, limit)
    }

    fn abandon_claims(
        &mut self,
        account: AccountId,
        now: Timestamp,
        limit: usize,
    ) -> Result<u64, StoreError> {
        self.bulk_abandon(account, now, limit)
    }

    fn identify(&mut self, delivery: DeliveryId, user: UserId) -> Result<Option<Twin>, StoreError> {
        self.write_identity(delivery, user)
    }

    fn decidable(
        &self,
        campaign: CampaignId,
        decision: Decision,
        reason: Option<&Reason>,
        after: Option<DeliveryId>,
        limit: usize,
    ) -> Result<Vec<DeliveryId>, StoreError> {
        self.list_decidable(campaign, decision, reason, after, limit)
    }

    fn decide(
        &mut self,
        rows: &[DeliveryId],
        decision: Decision,
        at: Timestamp,
    ) -> Result<Vec<Moved>, StoreError> {
        self.whole(|unit| unit.write_decisions(rows, decision, at))
    }

    fn next_due(&self, account: AccountId) -> Result<Option<Timestamp>, StoreError> {
        self.read_next_due(account)
    }

    fn next_dues(&self) -> Result<Vec<(AccountId, Timestamp)>, StoreError> {
        self.read_next_dues()
    }

    fn open_rows(&self, campaign: CampaignId) -> Result<(bool, bool), StoreError> {
        self.has_open_rows(campaign)
    }

    fn tally(&self, campaign: CampaignId, now: Timestamp) -> Result<Tally, StoreError> {
        self.count_outcomes(campaign, now)
    }

    fn account_tallies(&self, campaign: CampaignId) -> Result<Vec<AccountTally>, StoreError> {
        self.count_accounts(campaign)
    }

    fn campaign_tallies(
        &self,
        account: AccountId,
        limit: usize,
    ) -> Result<Vec<CampaignTally>, StoreError> {
        self.count_campaigns(account, limit)
    }

    fn timeline(
        &self,
        campaign: CampaignId,
        span: Duration,
        limit: usize,
    ) -> Result<Vec<Slice>, StoreError> {
        self.read_timeline(campaign, span, limit)
    }

    fn variant_tallies(&self, campaign: CampaignId) -> Result<Vec<VariantTally>, StoreError> {
        self.count_variants(campaign)
    }

    fn deliveries(
        &self,
        campaign: CampaignId,
        after: Option<DeliveryId>,
        limit: usize,
    ) -> Result<Vec<DeliveryRecord>, StoreError> {
        self.list_campaign(campaign, after, limit)
    }

    fn deliveries_to(
        &self,
        contact: ContactId,
        limit: usize,
    ) -> Result<Vec<(Slug, DeliveryRecord)>, StoreError> {
        self.list_contact(contact, limit)
    }
}
