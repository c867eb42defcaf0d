//! The chat with Telegram itself, in which login codes arrive (core.telegram.org/api/auth).

use super::connection::Connection;
use super::errors::Call;
use grammers_client::tl::{enums, functions, types};
use std::sync::OnceLock;
use tg_core::failure::Failure;
use tg_core::ports::{BoxFuture, ServiceChat, ServiceMessage};
use tg_core::time::Timestamp;

/// Telegram's service notifications (core.telegram.org/constructor/updateServiceNotification speaks
/// of them; the id is the one that all clients know).
const SERVICE: i64 = 777_000;
/// How many chats are looked through, and how many messages: a code is among the newest of both.
const NEWEST: i32 = 20;

/// One account's chat with Telegram.
pub(super) struct TelegramServiceChat {
    connection: Connection,
    /// The account's access hash for [`SERVICE`], once it is known.
    hash: OnceLock<i64>,
}

impl TelegramServiceChat {
    pub(super) fn new(connection: Connection) -> Self {
        Self { connection, hash: OnceLock::new() }
    }

    async fn hash(&self) -> Result<Option<i64>, Failure> {
        if let Some(hash) = self.hash.get() {
            return Ok(Some(*hash));
        }
        let request = functions::messages::GetDialogs {
            exclude_pinned: false,
            folder_id: None,
            offset_date: 0,
            offset_id: 0,
            offset_peer: enums::InputPeer::Empty,
            limit: NEWEST,
            hash: 0,
        };
        let users = match self.connection.call(Call::History, &request).await? {
            enums::messages::Dialogs::Dialogs(all) => all.users,
            enums::messages::Dialogs::Slice(slice) => slice.users,
            enums::messages::Dialogs::NotModified(_) => Vec::new(),
        };
        let hash = users.iter().find_map(|user| match user {
            enums::User::User(user) if user.id == SERVICE => user.access_hash,
            _ => None,
        });
        Ok(hash.map(|hash| *self.hash.get_or_init(|| hash)))
    }

    async fn read(&self) -> Result<Vec<ServiceMessage>, Failure> {
        let Some(access_hash) = self.hash().await? else { return Ok(Vec::new()) };
        let request = functions::messages::GetHistory {
            peer: types::InputPeerUser { user_id: SERVICE, access_hash }.into(),
            offset_id: 0,
            offset_date: 0,
            add_offset: 0,
            limit: NEWEST,
            max_id: 0,
            min_id: 0,
            hash: 0,
        };
        let messages = match self.connection.call(Call::History, &request).await? {
            enums::messages::Messages::Messages(all) => all.messages,
            enums::messages::Messages::Slice(slice) => slice.messages,
            enums::messages::Messages::ChannelMessages(all) => all.messages,
            enums::messages::Messages::NotModified(_) => Vec::new(),
        };
        Ok(messages.into_iter().filter_map(incoming).collect())
    }
}

fn incoming(message: enums::Message) -> Option<ServiceMessage> {
    match message {
        enums::Message::Message(message) if !message.out => Some(ServiceMessage {
            at: Timestamp::from_secs(i64::from(message.date)),
            text: message.message,
        }),
        _ => None,
    }
}

impl ServiceChat for TelegramServiceChat {
    fn latest(&self) -> BoxFuture<'_, Result<Vec<ServiceMessage>, Failure>> {
        Box::pin(self.read())
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.connection.close())
    }
}
