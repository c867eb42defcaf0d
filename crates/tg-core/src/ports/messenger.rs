//! The wire, as the engine sees it.

use super::{BoxFuture, StoreError, UpdatePoint};
use crate::delivery::{Body, MediaKind};
use crate::failure::Failure;
use crate::ids::{AccountId, MessageId, RandomId};
use crate::inbox::{HeardUser, News};
use crate::peer::{Address, Peer};
use crate::time::Timestamp;
use std::sync::Arc;

/// One part, ready for the wire.
#[derive(Clone, Debug)]
pub struct Transmission {
    /// Whom it goes to.
    pub peer: Peer,
    /// By which Telegram recognises a repetition.
    pub random_id: RandomId,
    /// The same for the second and further files of an album.
    pub album: Vec<RandomId>,
    /// What it says.
    pub body: Body,
}

/// Telegram's confirmation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// What the message became; never 0.
    pub message_id: MessageId,
}

/// Whom an address belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// The peer, with the asking account's access hash.
    pub peer: Peer,
    /// Whether it is a bot, which cannot be written to by campaigns of bots.
    pub is_bot: bool,
}

/// One outgoing message of a chat's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryMessage {
    /// Its id.
    pub message_id: MessageId,
    /// When it was sent.
    pub at: Timestamp,
    /// What it says; without files and buttons.
    pub body: Body,
    /// How its file is shown, if it has one: files get names of Telegram's.
    pub media: Option<MediaKind>,
}

/// What a chat's history shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryPage {
    /// Outgoing messages, newest first.
    pub outgoing: Vec<HistoryMessage>,
    /// Whether it reaches back past the time that was asked for, so that absence is proof.
    pub complete: bool,
}

/// One account's connection. Every call has a timeout of its own; dropping a call's future after it
/// was polled does not unsend it.
pub trait Messenger: Send + Sync {
    /// Sends one part. A repetition with the same random id delivers nothing new.
    fn send<'a>(&'a self, part: &'a Transmission) -> BoxFuture<'a, Result<Receipt, Failure>>;

    /// Asks whom an address belongs to.
    fn resolve<'a>(&'a self, address: &'a Address) -> BoxFuture<'a, Result<Resolved, Failure>>;

    /// Reads outgoing messages of a chat back to `since`.
    fn history(&self, peer: Peer, since: Timestamp) -> BoxFuture<'_, Result<HistoryPage, Failure>>;

    /// Hears what happened after a point: at once what was missed, as far as it is known; once
    /// nothing is missing any more ([`News::caught_up`]), it waits until something happens.
    /// `after`: what the caller has stored; `None` if it never stored anything, and then hearing
    /// begins now. Notices links that are dead without saying so. One caller at a time; dropping
    /// the future loses nothing.
    fn hear(&self, after: Option<UpdatePoint>) -> BoxFuture<'_, Result<News, Failure>>;

    /// How far the account has come if only its own doings followed `after`, which the caller has
    /// stored: nothing up to there is left to be told. To be asked when nobody hears any more, also
    /// of a closed connection. `None` if nothing followed, or if it is not known what did.
    fn reached(&self, after: UpdatePoint) -> BoxFuture<'_, Option<UpdatePoint>>;

    /// Whom the account knows from its private chats and its contacts, each once, those of the latest
    /// chats first; bounded. Bots are not told: they know who wrote to them.
    fn acquaintances(&self) -> BoxFuture<'_, Result<Vec<HeardUser>, Failure>>;

    /// Tears the connection down. When this returns, nothing that was handed over is under way
    /// from here any more.
    fn close(&self) -> BoxFuture<'_, ()>;
}

/// Where the content of files comes from.
pub trait MediaSource: Send + Sync {
    /// A file's content, by its hash.
    fn media<'a>(&'a self, hash: &'a str) -> BoxFuture<'a, Result<Vec<u8>, StoreError>>;
}

/// Opens connections.
pub trait Connector: Send + Sync {
    /// Connects an account and returns once the remote side has answered and confirmed that the
    /// session belongs to the recorded user, so that a dead proxy exposes nothing.
    fn connect(&self, account: AccountId) -> BoxFuture<'_, Result<Arc<dyn Messenger>, Failure>>;
}
