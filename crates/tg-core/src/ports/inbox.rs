//! What accounts heard, in the store.

use super::{StoreError, UpdatePoint};
use crate::ids::{AccountId, CampaignId, DeliveryId, MessageId, Slug, UserId};
use crate::inbox::{HeardMessage, HeardUser};
use crate::peer::Username;
use crate::time::Timestamp;

/// How far an account has heard, and whether it was asked whom it knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hearing {
    /// Everything up to here is stored.
    pub point: UpdatePoint,
    /// Its chats and contacts were read once, so that `peers` knows whom it can address.
    pub acquainted: bool,
}

/// What became of a message that was heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It is stored now, for the first time.
    New {
        /// The campaign that it answers, if it does.
        campaign: Option<(CampaignId, Slug)>,
    },
    /// It was stored before: nothing was changed.
    Again,
    /// Sent by the account itself in a conversation that nobody began, or by a delivery that is on
    /// record elsewhere: not kept.
    Own,
}

/// A message of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxMessage {
    /// The account.
    pub account: Slug,
    /// The other side.
    pub user: UserId,
    /// In the account's box.
    pub message_id: MessageId,
    /// Sent by the account.
    pub outgoing: bool,
    /// When, on Telegram's clock.
    pub at: Timestamp,
    /// What it says.
    pub text: String,
    /// The message that it answers.
    pub reply_to: Option<MessageId>,
    /// It was understood as a "no".
    pub opt_out: bool,
    /// The campaign that it answers.
    pub campaign: Option<Slug>,
    /// The delivery that it answers.
    pub delivery: Option<DeliveryId>,
}

/// One person's conversation with one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversation {
    /// The account.
    pub account: Slug,
    /// The person on Telegram.
    pub user: UserId,
    /// Their username, without `@`.
    pub username: Option<String>,
    /// Their name on Telegram.
    pub name: String,
    /// Messages that the person wrote.
    pub received: u64,
    /// The newest message of the person.
    pub last: InboxMessage,
    /// Nobody has written anything since.
    pub unanswered: bool,
    /// They have opted out.
    pub opted_out: bool,
}

/// Which conversations are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InboxFilter {
    /// With one account.
    pub account: Option<AccountId>,
    /// In answer to one campaign.
    pub campaign: Option<CampaignId>,
    /// Only those that wait for an answer.
    pub unanswered: bool,
}

/// What a campaign's recipients said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Echo {
    /// People who answered it.
    pub replied: u64,
    /// Messages in which they did.
    pub replies: u64,
    /// People who opted out in answer to it.
    pub opted_out: u64,
}

/// Messages that accounts heard.
pub trait InboxStore {
    /// How far an account has heard; `None` if it never did.
    ///
    /// # Errors
    /// If the store fails.
    fn hearing(&self, account: AccountId) -> Result<Option<Hearing>, StoreError>;

    /// Records how far an account has heard: to be called in the transaction that stores what it
    /// heard, so that a crash repeats or forgets both.
    ///
    /// # Errors
    /// If the store fails.
    fn set_update_point(
        &mut self,
        account: AccountId,
        point: UpdatePoint,
    ) -> Result<(), StoreError>;

    /// Records that an account's chats and contacts were read.
    ///
    /// # Errors
    /// If the store fails.
    fn set_acquainted(&mut self, account: AccountId) -> Result<(), StoreError>;

    /// Stores a message, once however often it is heard. It is linked to the campaign whose message
    /// it answers, else to the latest one that the account wrote to that person.
    ///
    /// # Errors
    /// If the store fails.
    fn keep_message(
        &mut self,
        account: AccountId,
        message: &HeardMessage,
        opt_out: bool,
        at: Timestamp,
    ) -> Result<Kept, StoreError>;

    /// Records that a contact who is known by a username only is this Telegram user.
    ///
    /// # Errors
    /// If the store fails.
    fn recognise(&mut self, user: UserId, username: &Username) -> Result<(), StoreError>;

    /// Records what somebody is called, and that a contact who is known by username only is this
    /// Telegram user.
    ///
    /// # Errors
    /// If the store fails.
    fn name_user(&mut self, user: &HeardUser) -> Result<(), StoreError>;

    /// Records an opt-out of a Telegram user, and of the contact they are. The first one is kept.
    /// Returns whether it is new.
    ///
    /// # Errors
    /// If the store fails.
    fn opt_out_user(&mut self, user: UserId, how: &str, at: Timestamp) -> Result<bool, StoreError>;

    /// Conversations, the latest first, at most `limit`.
    ///
    /// # Errors
    /// If the store fails.
    fn conversations(
        &self,
        filter: &InboxFilter,
        limit: usize,
    ) -> Result<Vec<Conversation>, StoreError>;

    /// Messages of one person with any account, the newest `limit`, oldest first.
    ///
    /// # Errors
    /// If the store fails.
    fn messages_with(&self, user: UserId, limit: usize) -> Result<Vec<InboxMessage>, StoreError>;

    /// The Telegram user who is known by a username, if one was ever heard.
    ///
    /// # Errors
    /// If the store fails.
    fn heard_user_named(&self, username: &str) -> Result<Option<UserId>, StoreError>;

    /// What a campaign's recipients said.
    ///
    /// # Errors
    /// If the store fails.
    fn echo(&self, campaign: CampaignId) -> Result<Echo, StoreError>;

    /// Forgets messages from before a time, at most `limit`. Opt-outs are kept. Returns how many.
    ///
    /// # Errors
    /// If the store fails.
    fn prune_messages(&mut self, before: Timestamp, limit: usize) -> Result<u64, StoreError>;
}
