//! `messages.sendMessage`, `messages.sendMedia` and `messages.sendMultiMedia`, once for each random id.

use grammers_tl_types as tl;
use tl::{Serializable, enums, functions as f, types as t};

use super::call::Call;
use super::caller::{Caller, Effects};
use super::errors::RpcError;
use super::files;
use super::history::incoming;
use crate::clock;
use crate::mail::{Button, Delivered, Entity, Letter, Mailbox, Media, buttons};
use crate::sync::locked;

/// How long a text may be, in UTF-16 units (core.telegram.org/api/config, `message_length_max`).
pub(crate) const MAX_TEXT: usize = 4096;
/// The same below a file (core.telegram.org/api/config, `caption_length_max`).
const MAX_CAPTION: usize = 1024;
/// How many entities are kept of one message (core.telegram.org/api/entities).
const MAX_ENTITIES: usize = 100;
/// Files of one album.
const MAX_ALBUM: usize = 10;

/// What a call asks to be sent.
struct Wanted<'a> {
    peer: &'a enums::InputPeer,
    random_id: i64,
    text: &'a str,
    entities: Option<&'a [enums::MessageEntity]>,
    media: Option<Media>,
    markup: Option<&'a enums::ReplyMarkup>,
    reply_to: Option<&'a enums::InputReplyTo>,
    /// Later, or for a business: there is no such thing here.
    special: bool,
}

/// A message that is fit to be sent.
struct Draft<'a> {
    to: i64,
    random_id: i64,
    text: &'a str,
    entities: Vec<Entity>,
    media: Option<Media>,
    buttons: Vec<Vec<Button>>,
    reply_to: Option<i32>,
}

/// The length that Telegram counts.
pub(crate) fn utf16_units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// To whom a call sends, and under which random ids.
pub(crate) fn send_keys(call: &Call) -> Option<(&enums::InputPeer, Vec<i64>)> {
    match call {
        Call::SendMessage(args) => Some((&args.peer, vec![args.random_id])),
        Call::SendMedia(args) => Some((&args.peer, vec![args.random_id])),
        Call::SendMultiMedia(args) => {
            let id = |single: &enums::InputSingleMedia| {
                let enums::InputSingleMedia::Media(single) = single;
                single.random_id
            };
            Some((&args.peer, args.multi_media.iter().map(id).collect()))
        }
        _ => None,
    }
}

/// core.telegram.org/method/messages.sendMessage. The first call with a random id towards a peer is answered with
/// `updateShortSentMessage`; every further one delivers nothing, and is answered with the first one's message.
pub(crate) fn message(
    caller: &Caller<'_>,
    args: &f::messages::SendMessage,
    effects: &mut Effects,
) -> Result<enums::Updates, RpcError> {
    let wanted = Wanted {
        peer: &args.peer,
        random_id: args.random_id,
        text: &args.message,
        entities: args.entities.as_deref(),
        media: None,
        markup: args.reply_markup.as_ref(),
        reply_to: args.reply_to.as_ref(),
        special: args.schedule_date.is_some() || args.quick_reply_shortcut.is_some(),
    };
    send(caller, &[check(caller, wanted)?], effects)
}

/// core.telegram.org/method/messages.sendMedia
pub(crate) fn file(
    caller: &Caller<'_>,
    args: &f::messages::SendMedia,
    effects: &mut Effects,
) -> Result<enums::Updates, RpcError> {
    let wanted = Wanted {
        peer: &args.peer,
        random_id: args.random_id,
        text: &args.message,
        entities: args.entities.as_deref(),
        media: Some(files::media(caller, &args.media)?),
        markup: args.reply_markup.as_ref(),
        reply_to: args.reply_to.as_ref(),
        special: args.schedule_date.is_some() || args.quick_reply_shortcut.is_some(),
    };
    send(caller, &[check(caller, wanted)?], effects)
}

/// core.telegram.org/method/messages.sendMultiMedia
pub(crate) fn album(
    caller: &Caller<'_>,
    args: &f::messages::SendMultiMedia,
    effects: &mut Effects,
) -> Result<enums::Updates, RpcError> {
    if args.multi_media.is_empty() {
        return Err(RpcError::bad("MEDIA_EMPTY"));
    }
    if args.multi_media.len() > MAX_ALBUM {
        return Err(RpcError::bad("MULTI_MEDIA_TOO_LONG"));
    }
    let mut drafts = Vec::with_capacity(args.multi_media.len());
    let mut group = None;
    for single in &args.multi_media {
        let enums::InputSingleMedia::Media(single) = single;
        let media = files::media(caller, &single.media)?;
        let grouped_id = *group.get_or_insert(single.random_id);
        let wanted = Wanted {
            peer: &args.peer,
            random_id: single.random_id,
            text: &single.message,
            entities: single.entities.as_deref(),
            media: Some(Media { grouped_id: Some(grouped_id), ..media }),
            markup: None,
            reply_to: args.reply_to.as_ref(),
            special: args.schedule_date.is_some() || args.quick_reply_shortcut.is_some(),
        };
        drafts.push(check(caller, wanted)?);
    }
    send(caller, &drafts, effects)
}

/// Delivers what was not delivered yet, all or nothing, and says what became of each.
fn send(
    caller: &Caller<'_>,
    drafts: &[Draft<'_>],
    effects: &mut Effects,
) -> Result<enums::Updates, RpcError> {
    let Some(to) = drafts.first().map(|draft| draft.to) else {
        return Err(RpcError::bad("MESSAGE_EMPTY"));
    };
    let to_account = caller.shared.world.identity_of(to);
    match to_account.filter(|index| *index != caller.index) {
        None => deliver_all(caller, drafts, &mut locked(&caller.account.mailbox), None, effects),
        Some(index) => {
            // Two mailboxes change together. They are locked in the order of their numbers, whichever way the
            // message goes.
            let recipient = &caller.shared.accounts[index];
            let (mut own, mut theirs);
            if caller.index < index {
                own = locked(&caller.account.mailbox);
                theirs = locked(&recipient.mailbox);
            } else {
                theirs = locked(&recipient.mailbox);
                own = locked(&caller.account.mailbox);
            }
            deliver_all(caller, drafts, &mut own, Some((index, &mut theirs)), effects)
        }
    }
}

fn deliver_all(
    caller: &Caller<'_>,
    drafts: &[Draft<'_>],
    own: &mut Mailbox,
    mut theirs: Option<(usize, &mut Mailbox)>,
    effects: &mut Effects,
) -> Result<enums::Updates, RpcError> {
    if drafts.iter().any(|draft| own.is_in_flight((draft.to, draft.random_id))) {
        return Err(RpcError::new(500, "RANDOM_ID_DUPLICATE"));
    }
    let mut told = Vec::with_capacity(drafts.len());
    for draft in drafts {
        if let Some(first) = own.sent((draft.to, draft.random_id)) {
            told.push((first.clone(), 0));
            continue;
        }
        let inbox = theirs.as_mut().map(|(_, mailbox)| &mut **mailbox);
        told.push((deliver(caller, draft, own, inbox), 1));
        if let Some((index, mailbox)) = &theirs {
            let account = &caller.shared.accounts[*index];
            let (index, dc) = (*index, account.home_dc());
            let reader = Caller { account, index, dc, ..*caller };
            if let Some(update) = incoming(&reader, mailbox) {
                effects.pushes.push((index, update.to_bytes()));
            }
        }
    }
    match &told[..] {
        [(letter, 1)] if letter.media.is_none() => Ok(short(letter, own)),
        _ => Ok(full(caller, &told, own)),
    }
}

fn check<'a>(caller: &Caller<'_>, wanted: Wanted<'a>) -> Result<Draft<'a>, RpcError> {
    let units = utf16_units(wanted.text);
    if wanted.media.is_none() && wanted.text.trim().is_empty() {
        return Err(RpcError::bad("MESSAGE_EMPTY"));
    }
    if wanted.media.is_some() && units > MAX_CAPTION {
        return Err(RpcError::bad("MEDIA_CAPTION_TOO_LONG"));
    }
    if units > MAX_TEXT {
        return Err(RpcError::bad("MESSAGE_TOO_LONG"));
    }
    if wanted.random_id == 0 {
        return Err(RpcError::bad("RANDOM_ID_EMPTY"));
    }
    if wanted.special {
        return Err(RpcError::bad("SCHEDULE_DATE_INVALID"));
    }
    let to = caller.peer(wanted.peer)?;
    if caller.account.is_bot() {
        check_bot(caller, to)?;
    }
    // People's messages have no buttons, whatever their clients say.
    let markup = wanted.markup.filter(|_| caller.account.is_bot());
    Ok(Draft {
        to,
        random_id: wanted.random_id,
        text: wanted.text,
        entities: check_entities(caller, wanted.entities.unwrap_or_default(), units)?,
        media: wanted.media,
        buttons: markup.map(buttons).unwrap_or_default(),
        reply_to: wanted.reply_to.and_then(answered),
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

/// The answer to a new text.
fn short(letter: &Letter, own: &Mailbox) -> enums::Updates {
    t::UpdateShortSentMessage {
        out: true,
        id: letter.id,
        pts: own.pts(),
        pts_count: 1,
        date: letter.date,
        media: None,
        entities: crate::tl::entities(&letter.entities),
        ttl_period: None,
    }
    .into()
}

/// The answer to everything else. A send that has been made before is told in the form that has been seen of Telegram:
/// the id, and the message with no step of `pts`.
fn full(caller: &Caller<'_>, told: &[(Letter, i32)], own: &Mailbox) -> enums::Updates {
    let id = caller.account.user_id();
    let (mut updates, mut people) = (Vec::new(), vec![id]);
    for (letter, pts_count) in told {
        people.push(letter.peer);
        updates.push(t::UpdateMessageId { id: letter.id, random_id: letter.random_id }.into());
        let message = crate::tl::message(id, letter);
        let pts = if *pts_count == 0 { own.pts() } else { letter.id + 1 };
        updates.push(t::UpdateNewMessage { message, pts, pts_count: *pts_count }.into());
    }
    let users = caller.views(own, people);
    t::Updates { updates, users, chats: Vec::new(), date: clock::date(), seq: 0 }.into()
}

/// Puts the message into the mailboxes and the journal, while both are locked: the order of the journal's lines is the
/// order of their ids.
fn deliver(
    caller: &Caller<'_>,
    draft: &Draft<'_>,
    own: &mut Mailbox,
    theirs: Option<&mut Mailbox>,
) -> Letter {
    let from = caller.account.user_id();
    let letter = Letter {
        id: own.next_id(),
        date: clock::date(),
        peer: draft.to,
        out: true,
        random_id: draft.random_id,
        text: draft.text.into(),
        entities: draft.entities.clone().into_boxed_slice(),
        media: draft.media.clone().map(Box::new),
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
        media: draft.media.clone(),
        buttons: draft.buttons.clone(),
        to_message_id,
        reply_to: draft.reply_to,
    });
    if let (Some(mailbox), Some(id)) = (theirs, to_message_id) {
        let (out, random_id, reply_to) = (false, 0, None);
        mailbox.add(Letter { id, peer: from, out, random_id, reply_to, ..letter.clone() });
    }
    own.add(letter.clone());
    letter
}
