//! `messages.sendMessage`, once for each random id.

use grammers_tl_types as tl;
use tl::{Serializable, enums, functions as f, types as t};

use super::caller::{Caller, Effects};
use super::errors::RpcError;
use super::history::incoming;
use crate::clock;
use crate::mail::{Delivered, Entity, Letter, Mailbox, SendKey};
use crate::sync::locked;

/// How long a text may be, in UTF-16 units (core.telegram.org/api/config, `message_length_max`).
pub(crate) const MAX_TEXT: usize = 4096;
/// How many entities are kept of one message (core.telegram.org/api/entities).
const MAX_ENTITIES: usize = 100;

/// A message that is fit to be sent.
struct Draft<'a> {
    to: i64,
    random_id: i64,
    text: &'a str,
    entities: Vec<Entity>,
    reply_to: Option<i32>,
}

/// The length that Telegram counts.
pub(crate) fn utf16_units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// core.telegram.org/method/messages.sendMessage. The first call with a random id towards a peer is answered with
/// `updateShortSentMessage`; every further one delivers nothing, and is answered with the first one's message.
pub(crate) fn message(
    caller: &Caller<'_>,
    args: &f::messages::SendMessage,
    effects: &mut Effects,
) -> Result<enums::Updates, RpcError> {
    let draft = check(caller, args)?;
    let key = (draft.to, draft.random_id);
    let to_account = caller.shared.world.identity_of(draft.to);
    match to_account.filter(|index| *index != caller.index) {
        None => {
            let mut own = locked(&caller.account.mailbox);
            match repeated(caller, &own, key)? {
                Some(first) => Ok(first),
                None => Ok(deliver(caller, &draft, &mut own, None)),
            }
        }
        Some(index) => to_another_account(caller, &draft, index, effects),
    }
}

/// Two mailboxes change together. They are locked in the order of their numbers, whichever way the message goes.
fn to_another_account(
    caller: &Caller<'_>,
    draft: &Draft<'_>,
    index: usize,
    effects: &mut Effects,
) -> Result<enums::Updates, RpcError> {
    let recipient = &caller.shared.accounts[index];
    let (mut own, mut theirs);
    if caller.index < index {
        own = locked(&caller.account.mailbox);
        theirs = locked(&recipient.mailbox);
    } else {
        theirs = locked(&recipient.mailbox);
        own = locked(&caller.account.mailbox);
    }
    if let Some(first) = repeated(caller, &own, (draft.to, draft.random_id))? {
        return Ok(first);
    }
    let answer = deliver(caller, draft, &mut own, Some(&mut theirs));
    let reader = Caller { account: recipient, index, dc: recipient.home_dc(), ..*caller };
    if let Some(update) = incoming(&reader, &theirs) {
        effects.pushes.push((index, update.to_bytes()));
    }
    Ok(answer)
}

fn check<'a>(
    caller: &Caller<'_>,
    args: &'a f::messages::SendMessage,
) -> Result<Draft<'a>, RpcError> {
    if args.message.trim().is_empty() {
        return Err(RpcError::bad("MESSAGE_EMPTY"));
    }
    let units = utf16_units(&args.message);
    if units > MAX_TEXT {
        return Err(RpcError::bad("MESSAGE_TOO_LONG"));
    }
    if args.random_id == 0 {
        return Err(RpcError::bad("RANDOM_ID_EMPTY"));
    }
    if args.schedule_date.is_some() || args.quick_reply_shortcut.is_some() {
        return Err(RpcError::bad("SCHEDULE_DATE_INVALID"));
    }
    let to = caller.peer(&args.peer)?;
    if caller.account.is_bot() {
        check_bot(caller, to)?;
    }
    let entities = args.entities.as_deref().unwrap_or_default();
    Ok(Draft {
        to,
        random_id: args.random_id,
        text: &args.message,
        entities: check_entities(caller, entities, units)?,
        reply_to: args.reply_to.as_ref().and_then(answered),
    })
}

/// The message that a new one answers, where that is one of the same chat.
fn answered(reply: &enums::InputReplyTo) -> Option<i32> {
    match reply {
        enums::InputReplyTo::Message(reply) => Some(reply.reply_to_msg_id),
        _ => None,
    }
}

/// A bot cannot be the first to write, nor write to its like.
fn check_bot(caller: &Caller<'_>, to: i64) -> Result<(), RpcError> {
    if caller.shared.world.person(to).is_some_and(|p| p.is_bot) {
        return Err(RpcError::bad("USER_IS_BOT"));
    }
    if caller.was_started_by(to) { Ok(()) } else { Err(RpcError::bad("PEER_ID_INVALID")) }
}

fn check_entities(
    caller: &Caller<'_>,
    entities: &[enums::MessageEntity],
    units: usize,
) -> Result<Vec<Entity>, RpcError> {
    let inside = |entity: &enums::MessageEntity| {
        let offset = usize::try_from(entity.offset()).ok()?;
        let length = usize::try_from(entity.length()).ok()?;
        offset.checked_add(length).filter(|end| *end <= units && length > 0)
    };
    if entities.iter().any(|entity| inside(entity).is_none()) {
        return Err(RpcError::bad("ENTITY_BOUNDS_INVALID"));
    }
    let kept = entities.iter().take(MAX_ENTITIES);
    Ok(kept.filter_map(|entity| Entity::from_tl(entity, |user| caller.user(user).ok())).collect())
}

/// The answer to a send that has been made before, in the form that has been seen of Telegram: the id, and the message
/// with no step of `pts`.
fn repeated(
    caller: &Caller<'_>,
    mailbox: &Mailbox,
    key: SendKey,
) -> Result<Option<enums::Updates>, RpcError> {
    if mailbox.is_in_flight(key) {
        return Err(RpcError::new(500, "RANDOM_ID_DUPLICATE"));
    }
    let Some(letter) = mailbox.sent(key) else {
        return Ok(None);
    };
    let own = caller.account.user_id();
    let updates = t::Updates {
        updates: vec![
            t::UpdateMessageId { id: letter.id, random_id: letter.random_id }.into(),
            t::UpdateNewMessage {
                message: crate::tl::message(own, letter),
                pts: mailbox.pts(),
                pts_count: 0,
            }
            .into(),
        ],
        users: caller.views(mailbox, [own, letter.peer]),
        chats: Vec::new(),
        date: clock::date(),
        seq: 0,
    };
    Ok(Some(updates.into()))
}

/// Puts the message into the mailboxes and the journal, while both are locked: the order of the journal's lines is the
/// order of their ids.
fn deliver(
    caller: &Caller<'_>,
    draft: &Draft<'_>,
    own: &mut Mailbox,
    theirs: Option<&mut Mailbox>,
) -> enums::Updates {
    let from = caller.account.user_id();
    let letter = Letter {
        id: own.next_id(),
        date: clock::date(),
        peer: draft.to,
        out: true,
        random_id: draft.random_id,
        text: draft.text.into(),
        entities: draft.entities.clone().into_boxed_slice(),
        reply_to: draft.reply_to,
    };
    let to_message_id = theirs.as_ref().map(|mailbox| mailbox.next_id());
    caller.shared.journal.push(&Delivered {
        at: clock::stamp().into(),
        from_user_id: from,
        to_user_id: draft.to,
        message_id: letter.id,
        random_id: draft.random_id,
        text: draft.text.into(),
        entities: (&*draft.entities).into(),
        media: None,
        to_message_id,
        reply_to: draft.reply_to,
    });
    if let (Some(mailbox), Some(id)) = (theirs, to_message_id) {
        let (out, random_id, reply_to) = (false, 0, None);
        mailbox.add(Letter { id, peer: from, out, random_id, reply_to, ..letter.clone() });
    }
    let answer = t::UpdateShortSentMessage {
        out: true,
        id: letter.id,
        pts: own.pts() + 1,
        pts_count: 1,
        date: letter.date,
        media: None,
        entities: crate::tl::entities(&letter.entities),
        ttl_period: None,
    };
    own.add(letter);
    answer.into()
}
