//! What one account has heard: plain data between the wire and the store.

use crate::ids::{AccessHash, MessageId, UserId};
use crate::peer::Username;
use crate::ports::UpdatePoint;
use crate::time::Timestamp;

/// Characters of a message that are kept: the most that Telegram delivers in one
/// (core.telegram.org/method/messages.sendMessage).
pub const MAX_TEXT: usize = 4_096;

/// A message of a private chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeardMessage {
    /// The other side, whichever way it went.
    pub user: UserId,
    /// Its number in the account's box.
    pub message_id: MessageId,
    /// When it was sent, on Telegram's clock.
    pub at: Timestamp,
    /// What it says; empty for a picture without a caption.
    pub text: String,
    /// Sent by the account itself, from here or from another device.
    pub outgoing: bool,
    /// The message that it answers, if its writer chose one.
    pub reply_to: Option<MessageId>,
}

/// Somebody whom an update described.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeardUser {
    /// Who.
    pub user: UserId,
    /// The hearing account's hash for them; `None` if the description was not enough to write to
    /// them (core.telegram.org/api/min).
    pub hash: Option<AccessHash>,
    /// Without `@`.
    pub username: Option<Username>,
    /// First and last name, as Telegram shows them.
    pub name: String,
}

/// What happened since a point, and up to which point that reaches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct News {
    /// Messages of private chats, oldest first.
    pub messages: Vec<HeardMessage>,
    /// Whoever was described along with them.
    pub users: Vec<HeardUser>,
    /// How far the account has heard once this is stored.
    pub point: UpdatePoint,
    /// Nothing more is known to be missing.
    pub caught_up: bool,
    /// Telegram does not account for the whole time any more, and the chats were read instead.
    pub gap: Option<Gap>,
}

/// A stretch of time that Telegram no longer accounts for update by update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Every private chat that moved since then was read back far enough. Bots cannot read chats,
    /// so theirs never is.
    pub filled: bool,
}

impl News {
    /// Whether there is nothing to be stored but the point.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.messages.is_empty() && self.users.is_empty() && self.gap.is_none()
    }
}
