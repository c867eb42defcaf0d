//! Deliveries in the store: staging, claiming, moving, counting. And what Telegram imposed.

use super::StoreError;
use crate::delivery::{Candidate, Claim, DeliveryRecord, Move, Moved, Reason, Repeat};
use crate::failure::WaitScope;
use crate::ids::{AccountId, CampaignId, ContactId, DeliveryId, Epoch, MessageId, ReplyId, UserId};
use crate::report::{AccountTally, CampaignTally, Slice, Tally, VariantTally};
use crate::time::Timestamp;
use std::time::Duration;

/// Progress of staging.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StagePage {
    /// Deliveries made by this call.
    pub staged: u64,
    /// Where the next call begins; `None` when every member has a delivery.
    pub next: Option<ContactId>,
}

/// What a plan counts before anything starts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlanCounts {
    /// Members of the audience.
    pub recipients: u64,
    /// They may be written to and have an address.
    pub eligible: u64,
    /// Of these, already known to at least one of the campaign's accounts.
    pub known: u64,
    /// Of these, to be asked for by username or phone first.
    pub to_resolve: u64,
    /// They would be skipped, by reason.
    pub skipped: Vec<(Reason, u64)>,
    /// What each of the campaign's accounts would do, by account.
    pub loads: Vec<AccountLoad>,
}

/// What one account would do in a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountLoad {
    /// The account.
    pub account: AccountId,
    /// Deliveries it would have.
    pub deliveries: u64,
    /// Of these, to be resolved first.
    pub to_resolve: u64,
}

/// What a message that was sent belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageOwner {
    /// A campaign's delivery.
    Delivery(DeliveryId),
    /// An answer that a person wrote.
    Reply(ReplyId),
}

/// Claims to be committed together with the rows that were found ineligible.
#[derive(Clone, Debug)]
pub struct ClaimBatch {
    /// The run that claims.
    pub epoch: Epoch,
    /// The account that claims.
    pub account: AccountId,
    /// When.
    pub at: Timestamp,
    /// What is claimed.
    pub claims: Vec<Claim>,
    /// What is moved without a claim (ineligible rows, mostly).
    pub moves: Vec<Move>,
}

/// Another row of the same campaign for the same Telegram user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Twin {
    /// That row.
    pub delivery: DeliveryId,
}

/// What a person decides about deliveries that ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Failed: try it again.
    Retry,
    /// Unknown: the person received it.
    Delivered,
    /// Unknown: the person did not receive it.
    NotDelivered,
}

/// Deliveries.
pub trait OutboxStore {
    /// The home's identity, made once.
    ///
    /// # Errors
    /// If the store fails.
    fn home(&self) -> Result<uuid::Uuid, StoreError>;

    /// Begins a run: raises the epoch, which fences every claim and settlement of a predecessor.
    ///
    /// # Errors
    /// If the store fails.
    fn begin_epoch(&mut self) -> Result<Epoch, StoreError>;

    /// Stages deliveries for members after `after`, at most `limit`, in order of rows: one for
    /// each member that has none yet, preferring an account that knows the person and otherwise
    /// dealing them out evenly over `accounts`. They become visible when the campaign runs.
    ///
    /// # Errors
    /// If the store fails.
    fn stage(
        &mut self,
        campaign: CampaignId,
        accounts: &[AccountId],
        after: Option<ContactId>,
        limit: usize,
        at: Timestamp,
    ) -> Result<StagePage, StoreError>;

    /// Counts what staging would make at `now`, and what each account would do.
    ///
    /// # Errors
    /// If the store fails.
    fn plan_counts(&self, campaign: CampaignId, now: Timestamp) -> Result<PlanCounts, StoreError>;

    /// Planned rows of `campaign` that prefer `account` and are due, with all facts, at most
    /// `limit`, in order of due time, then row.
    ///
    /// # Errors
    /// If the store fails.
    fn candidates(
        &self,
        campaign: CampaignId,
        account: AccountId,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<Candidate>, StoreError>;

    /// Commits claims and the moves found on the way. Raises the claim counter.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] if a later run has begun; [`StoreError::Refused`] if a row is not
    /// planned any more.
    fn claim(&mut self, batch: &ClaimBatch) -> Result<Vec<Moved>, StoreError>;

    /// Claimed rows of an account that are due to be repeated, looked for or continued, with all
    /// facts, at most `limit`. Rows that another call of this run has in hand are not due.
    ///
    /// # Errors
    /// If the store fails.
    fn repeats(
        &self,
        account: AccountId,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<Repeat>, StoreError>;

    /// Takes claimed rows into this run's hands: not due again until moved.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] if a later run has begun.
    fn take_repeats(&mut self, epoch: Epoch, rows: &[DeliveryId]) -> Result<(), StoreError>;

    /// Applies events through the machine. A message id is recorded for the part that was current.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] if a later run has begun; [`StoreError::Refused`] for a move that the
    /// machine does not know: then nothing of the batch is written.
    fn settle(
        &mut self,
        epoch: Epoch,
        moves: &[Move],
        at: Timestamp,
    ) -> Result<Vec<Moved>, StoreError>;

    /// Counts every claimed row of an earlier run as possibly sent and due now, at most `limit`.
    /// Returns how many; 0 when none is left.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] if a later run has begun.
    fn interrupt_claims(
        &mut self,
        epoch: Epoch,
        now: Timestamp,
        limit: usize,
    ) -> Result<u64, StoreError>;

    /// The same for the rows that a crashed task of this run had in hand for `account`: claimed,
    /// without a due time, whatever their epoch.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] if a later run has begun.
    fn interrupt_account(
        &mut self,
        epoch: Epoch,
        account: AccountId,
        now: Timestamp,
        limit: usize,
    ) -> Result<u64, StoreError>;

    /// What a message of an account's is recorded for, if anything: a message id belongs to one
    /// delivery or answer.
    ///
    /// # Errors
    /// If the store fails.
    fn message_owner(
        &self,
        account: AccountId,
        message: MessageId,
    ) -> Result<Option<MessageOwner>, StoreError>;

    /// Ends every unfinished row of started campaigns as `unknown(restored)`, at most `limit`.
    /// Returns how many.
    ///
    /// # Errors
    /// If the store fails.
    fn hold_restored(&mut self, now: Timestamp, limit: usize) -> Result<u64, StoreError>;

    /// Ends planned rows of a cancelled campaign, at most `limit`. Returns how many.
    ///
    /// # Errors
    /// If the store fails.
    fn cancel_planned(
        &mut self,
        campaign: CampaignId,
        now: Timestamp,
        limit: usize,
    ) -> Result<u64, StoreError>;

    /// Moves planned rows of `from` that are not pinned over to `to`, dealt out evenly, at most
    /// `limit`. Returns how many.
    ///
    /// # Errors
    /// If the store fails.
    fn reassign(
        &mut self,
        campaign: CampaignId,
        from: AccountId,
        to: &[AccountId],
        limit: usize,
    ) -> Result<u64, StoreError>;

    /// Ends claimed rows of an account that is gone as `unknown(account_gone)`, at most `limit`.
    /// Returns how many.
    ///
    /// # Errors
    /// If the store fails.
    fn abandon_claims(
        &mut self,
        account: AccountId,
        now: Timestamp,
        limit: usize,
    ) -> Result<u64, StoreError>;

    /// Records whom a delivery is for, learned by resolving. Says if another row of the campaign
    /// has that person already.
    ///
    /// # Errors
    /// If the store fails.
    fn identify(&mut self, delivery: DeliveryId, user: UserId) -> Result<Option<Twin>, StoreError>;

    /// Rows of a campaign that `decision` can be made about, after a row, in order of rows, at most
    /// `limit`; those that ended with `reason` only, if one is named.
    ///
    /// # Errors
    /// If the store fails.
    fn decidable(
        &self,
        campaign: CampaignId,
        decision: Decision,
        reason: Option<&Reason>,
        after: Option<DeliveryId>,
        limit: usize,
    ) -> Result<Vec<DeliveryId>, StoreError>;

    /// Applies a person's decision through the machine. A retry raises the attempt, which changes
    /// the random ids, and makes the row due at `at`.
    ///
    /// # Errors
    /// [`StoreError::Refused`] if the decision cannot be made about one of the rows: then nothing
    /// is written.
    fn decide(
        &mut self,
        rows: &[DeliveryId],
        decision: Decision,
        at: Timestamp,
    ) -> Result<Vec<Moved>, StoreError>;

    /// When the next row of a running campaign that `account` has becomes due; `None` if it has
    /// none.
    ///
    /// # Errors
    /// If the store fails.
    fn next_due(&self, account: AccountId) -> Result<Option<Timestamp>, StoreError>;

    /// The same for every account that has such a row.
    ///
    /// # Errors
    /// If the store fails.
    fn next_dues(&self) -> Result<Vec<(AccountId, Timestamp)>, StoreError>;

    /// Unfinished rows of a campaign: (planned, claimed).
    ///
    /// # Errors
    /// If the store fails.
    fn open_rows(&self, campaign: CampaignId) -> Result<(bool, bool), StoreError>;

    /// Counts a campaign's deliveries by outcome.
    ///
    /// # Errors
    /// If the store fails.
    fn tally(&self, campaign: CampaignId, now: Timestamp) -> Result<Tally, StoreError>;

    /// Counts per account, by name.
    ///
    /// # Errors
    /// If the store fails.
    fn account_tallies(&self, campaign: CampaignId) -> Result<Vec<AccountTally>, StoreError>;

    /// Counts per campaign in which an account ended deliveries, the newest campaign first, at most
    /// `limit`.
    ///
    /// # Errors
    /// If the store fails.
    fn campaign_tallies(
        &self,
        account: AccountId,
        limit: usize,
    ) -> Result<Vec<CampaignTally>, StoreError>;

    /// What happened in a campaign over time, in slices of `span` (whole tens of seconds) counted
    /// from 1970, oldest first, at most `limit`. Slices in which nothing happened are left out.
    ///
    /// # Errors
    /// If the store fails.
    fn timeline(
        &self,
        campaign: CampaignId,
        span: Duration,
        limit: usize,
    ) -> Result<Vec<Slice>, StoreError>;

    /// What each of a campaign's variants came to, in their order; nothing if it has none.
    ///
    /// # Errors
    /// If the store fails.
    fn variant_tallies(&self, campaign: CampaignId) -> Result<Vec<VariantTally>, StoreError>;

    /// Deliveries of a campaign after a row, in order of rows, at most `limit`.
    ///
    /// # Errors
    /// If the store fails.
    fn deliveries(
        &self,
        campaign: CampaignId,
        after: Option<DeliveryId>,
        limit: usize,
    ) -> Result<Vec<DeliveryRecord>, StoreError>;

    /// Deliveries to one person, newest first, with the campaign's name, at most `limit`.
    ///
    /// # Errors
    /// If the store fails.
    fn deliveries_to(
        &self,
        contact: ContactId,
        limit: usize,
    ) -> Result<Vec<(crate::ids::Slug, DeliveryRecord)>, StoreError>;
}

/// A wait that Telegram imposed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// On whom.
    pub account: AccountId,
    /// What has to wait.
    pub scope: WaitScope,
    /// Towards whom, for a wait of a chat.
    pub user: Option<UserId>,
    /// Until when.
    pub until: Timestamp,
    /// Telegram's name for it (`FLOOD_WAIT`).
    pub reason: String,
}

/// What Telegram imposed: stored before it is acted on.
pub trait WaitStore {
    /// Records a wait; of two for the same scope the later end holds.
    ///
    /// # Errors
    /// If the store fails.
    fn put_wait(&mut self, wait: &Wait, at: Timestamp) -> Result<(), StoreError>;

    /// Waits of an account that have not ended.
    ///
    /// # Errors
    /// If the store fails.
    fn waits(&self, account: AccountId, now: Timestamp) -> Result<Vec<Wait>, StoreError>;
}
