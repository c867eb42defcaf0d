//! What people at the keyboard answer: claimed, sent and settled like deliveries, through the same
//! machine, with no campaign.

use super::StoreError;
use crate::delivery::{Body, DeliveryState, Event};
use crate::ids::{AccountId, Epoch, MessageId, RandomId, ReplyId, Slug, UserId};
use crate::peer::Peer;
use crate::time::Timestamp;
use uuid::Uuid;

/// An answer to be sent.
#[derive(Clone, Debug)]
pub struct NewReply {
    /// Unique beyond this home; its random id is derived from it.
    pub uuid: Uuid,
    /// Who answers.
    pub account: AccountId,
    /// Whom.
    pub user: UserId,
    /// What.
    pub body: Body,
    /// It goes to the account itself, for its operator to look at.
    pub is_test: bool,
}

/// An answer that is due, with every fact that it is judged by, read in the claiming transaction.
#[derive(Clone, Debug)]
pub struct DueReply {
    /// The row.
    pub id: ReplyId,
    /// What its random id is derived from.
    pub uuid: Uuid,
    /// How the account addresses them: as claimed, else as it knows them now, if it does.
    pub peer: Option<Peer>,
    /// Whom it goes to.
    pub user: UserId,
    /// What it says.
    pub body: Body,
    /// Where it stands: planned or claimed.
    pub state: DeliveryState,
    /// With what it was claimed.
    pub random_id: Option<RandomId>,
    /// When it was claimed.
    pub claimed_at: Option<Timestamp>,
    /// They said no and have not written anything else since.
    pub silenced: bool,
    /// It confirms their "no": the one message that goes to whoever is silenced.
    pub confirms: bool,
}

/// An answer as a person sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplyRecord {
    /// The row.
    pub id: ReplyId,
    /// Who answers.
    pub account: Slug,
    /// Whom.
    pub user: UserId,
    /// What.
    pub text: String,
    /// When it was written.
    pub written_at: Timestamp,
    /// Where it stands.
    pub state: DeliveryState,
    /// What it became.
    pub message_id: Option<MessageId>,
    /// When it ended.
    pub settled_at: Option<Timestamp>,
}

/// Answers.
pub trait ReplyStore {
    /// Records an answer, due at once.
    ///
    /// # Errors
    /// If the store fails.
    fn add_reply(&mut self, reply: &NewReply, at: Timestamp) -> Result<ReplyId, StoreError>;

    /// Records the answer that confirms an opt-out, due at once; nothing if this person was ever
    /// sent one, or is about to be. Returns whether it is new.
    ///
    /// # Errors
    /// If the store fails.
    fn confirm_opt_out(&mut self, reply: &NewReply, at: Timestamp) -> Result<bool, StoreError>;

    /// An account's answers that are due, planned or to be repeated, at most `limit`, in order.
    ///
    /// # Errors
    /// If the store fails.
    fn due_replies(
        &self,
        account: AccountId,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<DueReply>, StoreError>;

    /// When an account's next answer is due; one that is in a run's hands is due now.
    ///
    /// # Errors
    /// If the store fails.
    fn next_reply_due(&self, account: AccountId) -> Result<Option<Timestamp>, StoreError>;

    /// Accounts that have an answer which has not ended.
    ///
    /// # Errors
    /// If the store fails.
    fn replying(&self) -> Result<Vec<AccountId>, StoreError>;

    /// Claims an answer: commits peer and random id before the first byte may leave.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] if a later run has begun; [`StoreError::Refused`] if it is not planned.
    fn claim_reply(
        &mut self,
        epoch: Epoch,
        reply: ReplyId,
        peer: Peer,
        random_id: RandomId,
        at: Timestamp,
    ) -> Result<(), StoreError>;

    /// Takes a claimed answer that is due again into this run's hands.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] if a later run has begun.
    fn take_reply(&mut self, epoch: Epoch, reply: ReplyId) -> Result<(), StoreError>;

    /// Applies an event through the machine. A delivered answer becomes part of its conversation.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] if a later run has begun; [`StoreError::Refused`] for a move that the
    /// machine does not know.
    fn settle_reply(
        &mut self,
        epoch: Epoch,
        reply: ReplyId,
        event: &Event,
        due_at: Option<Timestamp>,
        message: Option<MessageId>,
        at: Timestamp,
    ) -> Result<DeliveryState, StoreError>;

    /// Counts claimed answers that nobody has in hand any more as possibly sent and due now: those of
    /// earlier runs, or all of one account whose task has crashed. Returns how many.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] if a later run has begun.
    fn interrupt_replies(
        &mut self,
        epoch: Epoch,
        crashed: Option<AccountId>,
        now: Timestamp,
    ) -> Result<u64, StoreError>;

    /// Ends open answers: all of them as `unknown(restored)` in a database that is an older copy, or
    /// the claimed ones of an account that is gone as `unknown(account_gone)`. Returns how many.
    ///
    /// # Errors
    /// If the store fails.
    fn abandon_replies(
        &mut self,
        gone: Option<AccountId>,
        now: Timestamp,
    ) -> Result<u64, StoreError>;

    /// An answer.
    ///
    /// # Errors
    /// If there is none.
    fn reply(&self, id: ReplyId) -> Result<ReplyRecord, StoreError>;

    /// Answers to a person that are not part of the conversation: open, failed or unknown; the
    /// newest `limit`, oldest first.
    ///
    /// # Errors
    /// If the store fails.
    fn open_replies(&self, user: UserId, limit: usize) -> Result<Vec<ReplyRecord>, StoreError>;
}
