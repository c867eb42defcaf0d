//! `messages.*` that read: histories, single messages, dialogs.

use grammers_tl_types as tl;
use tl::{enums, functions as f, types as t};

use super::caller::Caller;
use super::errors::RpcError;
use crate::clock;
use crate::mail::{Letter, Mailbox};
use crate::sync::locked;

/// How many messages or dialogs one answer has at most.
const MOST: usize = 100;

/// An update that brings an account the latest message of its mailbox.
pub(crate) fn incoming(reader: &Caller<'_>, mailbox: &Mailbox) -> Option<enums::Updates> {
    let own = reader.account.user_id();
    let letter = mailbox.letter(mailbox.next_id() - 1)?;
    let updates = t::Updates {
        updates: vec![
            t::UpdateNewMessage {
                message: crate::tl::message(own, letter),
                pts: mailbox.pts(),
                pts_count: 1,
            }
            .into(),
        ],
        users: reader.views(mailbox, [own, letter.peer]),
        chats: Vec::new(),
        date: clock::date(),
        seq: 0,
    };
    Some(updates.into())
}

/// core.telegram.org/method/messages.getHistory, with the offsets of core.telegram.org/api/offsets: the newest first,
/// from the first message older than `offset_id` on, moved by `add_offset`, then cut to what `min_id` and `max_id` allow.
pub(crate) fn with_peer(
    caller: &Caller<'_>,
    args: &f::messages::GetHistory,
) -> Result<enums::messages::Messages, RpcError> {
    let peer = caller.peer(&args.peer)?;
    let mailbox = locked(&caller.account.mailbox);
    let ids = mailbox.with(peer);
    let is_old = |id: &i32| {
        let by_id = args.offset_id == 0 || *id < args.offset_id;
        let date = mailbox.letter(*id).map_or(0, |letter| letter.date);
        by_id && (args.offset_date == 0 || date < args.offset_date)
    };
    let skipped = ids.len() - ids.partition_point(is_old);
    let start = i64::try_from(skipped).unwrap_or(i64::MAX) + i64::from(args.add_offset);
    // A window that begins before the newest message is cut there, not moved.
    let end = start + i64::from(args.limit).clamp(0, i64::try_from(MOST).unwrap_or(0));
    let at = |n: i64| usize::try_from(n.max(0)).unwrap_or(usize::MAX).min(ids.len());
    let window = &ids[ids.len() - at(end)..ids.len() - at(start)];
    let allowed = |id: &&i32| {
        (args.max_id == 0 || **id < args.max_id) && (args.min_id == 0 || **id > args.min_id)
    };
    let wanted = window.iter().rev().filter(allowed);
    let letters: Vec<_> = wanted.filter_map(|id| mailbox.letter(*id)).collect();
    Ok(answer(caller, &mailbox, &letters, ids.len()))
}

fn answer(
    caller: &Caller<'_>,
    mailbox: &Mailbox,
    letters: &[&Letter],
    total: usize,
) -> enums::messages::Messages {
    let own = caller.account.user_id();
    let messages: Vec<_> = letters.iter().map(|l| crate::tl::message(own, l)).collect();
    let people = letters.iter().map(|letter| letter.peer).chain([own]);
    let users = caller.views(mailbox, people);
    if messages.len() >= total {
        return t::messages::Messages { messages, topics: Vec::new(), chats: Vec::new(), users }
            .into();
    }
    t::messages::MessagesSlice {
        inexact: false,
        count: i32::try_from(total).unwrap_or(i32::MAX),
        next_rate: None,
        offset_id_offset: None,
        search_flood: None,
        messages,
        topics: Vec::new(),
        chats: Vec::new(),
        users,
    }
    .into()
}

/// core.telegram.org/method/messages.getMessages: what does not exist comes back as `messageEmpty`.
pub(crate) fn by_id(
    caller: &Caller<'_>,
    args: &f::messages::GetMessages,
) -> enums::messages::Messages {
    let own = caller.account.user_id();
    let mailbox = locked(&caller.account.mailbox);
    let mut people = vec![own];
    let mut messages = Vec::new();
    for wanted in args.id.iter().take(MOST) {
        let id = match wanted {
            enums::InputMessage::Id(wanted) => wanted.id,
            _ => 0,
        };
        messages.push(match mailbox.letter(id) {
            Some(letter) => {
                people.push(letter.peer);
                crate::tl::message(own, letter)
            }
            None => t::MessageEmpty { id, peer_id: None }.into(),
        });
    }
    t::messages::Messages {
        messages,
        topics: Vec::new(),
        chats: Vec::new(),
        users: caller.views(&mailbox, people),
    }
    .into()
}

/// core.telegram.org/method/messages.getDialogs: the latest first, from the first older than `offset_id` on.
pub(crate) fn dialogs(
    caller: &Caller<'_>,
    args: &f::messages::GetDialogs,
) -> enums::messages::Dialogs {
    let own = caller.account.user_id();
    let mailbox = locked(&caller.account.mailbox);
    let all = mailbox.dialogs();
    let total = all.len();
    let limit = usize::try_from(args.limit).unwrap_or(0).clamp(1, MOST);
    let older = all.into_iter().filter(|(_, id)| args.offset_id == 0 || *id < args.offset_id);
    let page: Vec<_> = older.take(limit).collect();
    let letters = page.iter().filter_map(|(_, id)| mailbox.letter(*id));
    let messages = letters.map(|l| crate::tl::message(own, l)).collect();
    let users = caller.views(&mailbox, page.iter().map(|(peer, _)| *peer).chain([own]));
    let dialogs: Vec<_> = page.iter().map(|&(peer, top)| dialog(peer, top)).collect();
    if dialogs.len() >= total {
        return t::messages::Dialogs { dialogs, messages, chats: Vec::new(), users }.into();
    }
    t::messages::DialogsSlice {
        count: i32::try_from(total).unwrap_or(i32::MAX),
        dialogs,
        messages,
        chats: Vec::new(),
        users,
    }
    .into()
}

fn dialog(peer: i64, top_message: i32) -> enums::Dialog {
    t::Dialog {
        pinned: false,
        unread_mark: false,
        view_forum_as_messages: false,
        peer: crate::tl::peer(peer),
        top_message,
        read_inbox_max_id: top_message,
        read_outbox_max_id: 0,
        unread_count: 0,
        unread_mentions_count: 0,
        unread_reactions_count: 0,
        unread_poll_votes_count: 0,
        notify_settings: crate::tl::notify_settings(),
        pts: None,
        draft: None,
        folder_id: None,
        ttl_period: None,
    }
    .into()
}
