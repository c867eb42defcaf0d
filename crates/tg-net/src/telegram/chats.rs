//! Reading an account's chats: which there are, and what was said in them since a moment.

use super::connection::Connection;
use super::errors::Call;
use super::pushed::{heard_message, heard_user};
use grammers_client::tl::{enums, functions, types};
use std::collections::{BTreeMap, BTreeSet};
use tg_core::failure::Failure;
use tg_core::ids::{AccessHash, UserId};
use tg_core::inbox::{HeardMessage, HeardUser};

/// Chats or messages of a page: the most that Telegram gives
/// (core.telegram.org/method/messages.getDialogs, …/messages.getHistory).
const PAGE: i32 = 100;
/// Pages of chats that are read for a gap.
const MAX_PAGES: usize = 50;
/// Pages of one chat that are read for a gap.
const MAX_CHAT_PAGES: usize = 10;
/// Messages that are read for a gap.
const MAX_MESSAGES: usize = 20_000;
/// Dates are whole seconds, and the point's own date may be a little ahead of its messages.
const MARGIN: i32 = 60;

/// What the chats showed.
pub(crate) struct Read {
    /// Oldest first.
    pub(crate) messages: Vec<HeardMessage>,
    pub(crate) users: Vec<HeardUser>,
    /// Every chat that moved was read back far enough.
    pub(crate) complete: bool,
}

/// Reads every private chat that moved since `date` (Unix time on Telegram's clock).
pub(crate) async fn since(connection: &Connection, date: i32) -> Result<Read, Failure> {
    let since = date.saturating_sub(MARGIN);
    let mut read = Read { messages: Vec::new(), users: Vec::new(), complete: true };
    let mut cursor = Some(Cursor::default());
    for _ in 0..MAX_PAGES {
        let Some(from) = cursor else { break };
        let page = dialogs(connection, from).await?;
        read.users.extend(page.users.iter().filter(|u| u.hash.is_some()).cloned());
        let moved = page.chats.iter().filter(|chat| chat.date >= since);
        for chat in moved {
            read.complete &= chat_since(connection, chat, since, &mut read.messages).await?;
        }
        // Pinned chats come first, whatever their age.
        let old = page.oldest_unpinned.is_some_and(|oldest| oldest < since);
        cursor = if old { None } else { page.next };
    }
    read.complete &= cursor.is_none();
    read.messages.sort_by_key(|message| message.message_id);
    Ok(read)
}

/// Whom the account knows from its private chats and its contacts, each once. Groups and channels
/// are passed over.
pub(crate) async fn acquaintances(connection: &Connection) -> Result<Vec<HeardUser>, Failure> {
    if connection.session().is_bot() {
        return Ok(Vec::new());
    }
    let mut known: Vec<HeardUser> = Vec::new();
    let mut seen = BTreeSet::new();
    let mut cursor = Some(Cursor::default());
    for _ in 0..MAX_PAGES {
        let Some(from) = cursor else { break };
        let page = dialogs(connection, from).await?;
        // A page also describes members of groups, whom the account has not met.
        let met: BTreeSet<UserId> = page.chats.iter().map(|chat| chat.user).collect();
        let met = page.users.into_iter().filter(|user| met.contains(&user.user));
        known.extend(met.filter(|user| seen.insert(user.user)));
        cursor = page.next;
    }
    let contacts = functions::contacts::GetContacts { hash: 0 };
    if let enums::contacts::Contacts::Contacts(all) =
        connection.call(Call::History, &contacts).await?
    {
        let users = all.users.iter().filter_map(heard_user).filter(|user| user.hash.is_some());
        known.extend(users.filter(|user| seen.insert(user.user)));
    }
    Ok(known)
}

/// One chat, back to `since`; says whether that was reached.
async fn chat_since(
    connection: &Connection,
    chat: &Chat,
    since: i32,
    into: &mut Vec<HeardMessage>,
) -> Result<bool, Failure> {
    let peer: enums::InputPeer =
        types::InputPeerUser { user_id: chat.user.0, access_hash: chat.hash.0 }.into();
    let mut below = 0;
    for _ in 0..MAX_CHAT_PAGES {
        if into.len() >= MAX_MESSAGES {
            return Ok(false);
        }
        let request = functions::messages::GetHistory {
            peer: peer.clone(),
            offset_id: below,
            offset_date: 0,
            add_offset: 0,
            limit: PAGE,
            max_id: 0,
            min_id: 0,
            hash: 0,
        };
        let page = match connection.call(Call::History, &request).await? {
            enums::messages::Messages::Messages(page) => page.messages,
            enums::messages::Messages::Slice(page) => page.messages,
            enums::messages::Messages::ChannelMessages(page) => page.messages,
            enums::messages::Messages::NotModified(_) => Vec::new(),
        };
        let Some(oldest) = page.iter().map(enums::Message::id).min() else { return Ok(true) };
        into.extend(page.iter().filter(|m| date(m) >= since).filter_map(heard_message));
        if oldest <= 1 || page.iter().any(|m| date(m) < since) {
            return Ok(true);
        }
        if oldest == below {
            return Ok(false);
        }
        below = oldest;
    }
    Ok(false)
}

/// A private chat.
struct Chat {
    user: UserId,
    hash: AccessHash,
    /// Of its last message.
    date: i32,
}

/// Where a page of chats begins (core.telegram.org/api/offsets).
#[derive(Clone, Debug)]
struct Cursor {
    date: i32,
    id: i32,
    peer: enums::InputPeer,
}

impl Default for Cursor {
    fn default() -> Self {
        Self { date: 0, id: 0, peer: enums::InputPeer::Empty }
    }
}

/// A page of chats.
struct Page {
    users: Vec<HeardUser>,
    chats: Vec<Chat>,
    oldest_unpinned: Option<i32>,
    next: Option<Cursor>,
}

/// core.telegram.org/method/messages.getDialogs
async fn dialogs(connection: &Connection, from: Cursor) -> Result<Page, Failure> {
    let request = functions::messages::GetDialogs {
        exclude_pinned: false,
        folder_id: None,
        offset_date: from.date,
        offset_id: from.id,
        offset_peer: from.peer,
        limit: PAGE,
        hash: 0,
    };
    Ok(match connection.call(Call::History, &request).await? {
        // All there are.
        enums::messages::Dialogs::Dialogs(all) => {
            page(&all.dialogs, &all.messages, &all.users, &all.chats, false)
        }
        enums::messages::Dialogs::Slice(some) => {
            page(&some.dialogs, &some.messages, &some.users, &some.chats, true)
        }
        enums::messages::Dialogs::NotModified(_) => page(&[], &[], &[], &[], false),
    })
}

fn page(
    dialogs: &[enums::Dialog],
    messages: &[enums::Message],
    users: &[enums::User],
    chats: &[enums::Chat],
    more: bool,
) -> Page {
    let users: Vec<HeardUser> = users.iter().filter_map(heard_user).collect();
    let hashes: BTreeMap<UserId, AccessHash> =
        users.iter().filter_map(|user| Some((user.user, user.hash?))).collect();
    let mut page = Page { users, chats: Vec::new(), oldest_unpinned: None, next: None };
    for dialog in dialogs {
        let enums::Dialog::Dialog(dialog) = dialog else { continue };
        // Numbers of channels' messages are their own: a message belongs to a chat and a number.
        let top = messages
            .iter()
            .find(|m| m.id() == dialog.top_message && peer_of(m) == Some(&dialog.peer));
        let date = top.map_or(0, date);
        if !dialog.pinned {
            let oldest = page.oldest_unpinned.map_or(date, |known| known.min(date));
            page.oldest_unpinned = Some(oldest);
        }
        if let enums::Peer::User(peer) = &dialog.peer {
            let user = UserId(peer.user_id);
            page.chats.extend(hashes.get(&user).map(|hash| Chat { user, hash: *hash, date }));
        }
        if more {
            let peer = input_peer(&dialog.peer, &hashes, chats);
            page.next = Some(Cursor { date, id: dialog.top_message, peer });
        }
    }
    page
}

fn input_peer(
    peer: &enums::Peer,
    hashes: &BTreeMap<UserId, AccessHash>,
    chats: &[enums::Chat],
) -> enums::InputPeer {
    match peer {
        enums::Peer::User(peer) => hashes
            .get(&UserId(peer.user_id))
            .map(|hash| types::InputPeerUser { user_id: peer.user_id, access_hash: hash.0 }.into()),
        enums::Peer::Chat(peer) => Some(types::InputPeerChat { chat_id: peer.chat_id }.into()),
        enums::Peer::Channel(peer) => chats.iter().find_map(|chat| match chat {
            enums::Chat::Channel(channel) if channel.id == peer.channel_id => {
                let access_hash = channel.access_hash?;
                Some(types::InputPeerChannel { channel_id: channel.id, access_hash }.into())
            }
            _ => None,
        }),
    }
    .unwrap_or(enums::InputPeer::Empty)
}

fn peer_of(message: &enums::Message) -> Option<&enums::Peer> {
    match message {
        enums::Message::Message(message) => Some(&message.peer_id),
        enums::Message::Service(message) => Some(&message.peer_id),
        enums::Message::Empty(message) => message.peer_id.as_ref(),
    }
}

fn date(message: &enums::Message) -> i32 {
    match message {
        enums::Message::Message(message) => message.date,
        enums::Message::Service(message) => message.date,
        // What is not there any more is as old as can be, and ends no reading.
        enums::Message::Empty(_) => i32::MAX,
    }
}
