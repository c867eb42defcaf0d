//! `messages.sendMessage`, `messages.sendMedia` and `messages.sendMultiMedia` with ids of our own, and
//! their answers.

use super::connection::Connection;
use super::entities;
use super::errors::{self, Call};
use super::media::{self, Shelf};
use grammers_client::tl::{enums, functions, types};
use tg_core::delivery::Button;
use tg_core::failure::{Failure, FailureClass, Refusal};
use tg_core::ids::{MessageId, RandomId, UserId};
use tg_core::peer::Peer;
use tg_core::ports::{Receipt, Transmission};

/// Sends one part, once. A file whose reference has expired is uploaded again, and the part sent with
/// the new one: the refusal proves that nothing was delivered (core.telegram.org/api/file-references).
pub(crate) async fn send(
    connection: &Connection,
    shelf: &Shelf,
    part: &Transmission,
) -> Result<Receipt, Failure> {
    match transmit(connection, shelf, part).await {
        Err(failure) if media::is_stale(&failure) => {
            shelf.forget(&part.body.media).await;
            transmit(connection, shelf, part).await
        }
        answer => answer,
    }
}

async fn transmit(
    connection: &Connection,
    shelf: &Shelf,
    part: &Transmission,
) -> Result<Receipt, Failure> {
    let mut files = Vec::with_capacity(part.body.media.len());
    for file in &part.body.media {
        files.push(shelf.input(connection, part.peer, file).await?);
    }
    let answer = match files.len() {
        0 => connection.call(Call::Send, &request(part)?).await?,
        1 => connection.call(Call::Send, &with_file(part, files.remove(0))?).await?,
        _ => connection.call(Call::Send, &album(part, files)?).await?,
    };
    let to = part.peer.user_id();
    let message_id = delivered(&answer, part.random_id, to)
        .ok_or_else(|| errors::unreadable("it does not say which message was delivered"))?;
    let rest = part.album.iter().all(|id| delivered(&answer, *id, to).is_some());
    if rest { Ok(Receipt { message_id }) } else { Err(partial()) }
}

/// An album of which only some files arrived: it is not sent again.
fn partial() -> Failure {
    Failure::new(
        FailureClass::Refused(Refusal::Recipient),
        "partial",
        "Telegram delivered only some of the album's files",
    )
}

/// How an account addresses a peer.
pub(crate) fn input_peer(peer: Peer) -> enums::InputPeer {
    match peer {
        Peer::User { id, hash } => {
            types::InputPeerUser { user_id: id.0, access_hash: hash.0 }.into()
        }
        Peer::Myself { .. } => enums::InputPeer::PeerSelf,
    }
}

/// Formatting, absent if there is none.
fn formatting(part: &Transmission) -> Result<Option<Vec<enums::MessageEntity>>, Failure> {
    let entities = entities::to_tl(&part.body.entities).map_err(|entities::OutOfRange| {
        Failure::new(
            FailureClass::Refused(Refusal::Unclassified),
            "entity_out_of_range",
            "The message's formatting lies outside of its text, so it was not sent",
        )
    })?;
    Ok((!entities.is_empty()).then_some(entities))
}

/// A bot's buttons, absent if there are none (core.telegram.org/constructor/replyInlineMarkup).
fn buttons(part: &Transmission) -> Option<enums::ReplyMarkup> {
    if part.body.buttons.is_empty() {
        return None;
    }
    let row = |row: &Vec<Button>| {
        let button = |button: &Button| -> enums::KeyboardInlineButton {
            let (text, url) = (button.text.clone(), button.url.clone());
            let r#type = types::InlineButtonTypeUrl { url }.into();
            types::KeyboardInlineButton { style: None, text, r#type }.into()
        };
        types::KeyboardInlineButtonRow { buttons: row.iter().map(button).collect() }.into()
    };
    let rows = part.body.buttons.iter().map(row).collect();
    Some(types::ReplyInlineMarkup { force_reply: false, rows }.into())
}

/// core.telegram.org/method/messages.sendMedia
fn with_file(
    part: &Transmission,
    media: enums::InputMedia,
) -> Result<functions::messages::SendMedia, Failure> {
    Ok(functions::messages::SendMedia {
        silent: false,
        background: false,
        clear_draft: false,
        noforwards: false,
        update_stickersets_order: false,
        invert_media: false,
        allow_paid_floodskip: false,
        peer: input_peer(part.peer),
        reply_to: None,
        media,
        message: part.body.text.clone(),
        random_id: part.random_id.0,
        reply_markup: buttons(part),
        entities: formatting(part)?,
        schedule_date: None,
        schedule_repeat_period: None,
        send_as: None,
        quick_reply_shortcut: None,
        effect: None,
        allow_paid_stars: None,
        suggested_post: None,
    })
}

/// core.telegram.org/method/messages.sendMultiMedia: the text stands below the first file.
fn album(
    part: &Transmission,
    files: Vec<enums::InputMedia>,
) -> Result<functions::messages::SendMultiMedia, Failure> {
    let ids = std::iter::once(part.random_id).chain(part.album.iter().copied());
    let mut multi_media: Vec<enums::InputSingleMedia> = Vec::with_capacity(files.len());
    for (media, id) in files.into_iter().zip(ids) {
        let first = multi_media.is_empty();
        let message = if first { part.body.text.clone() } else { String::new() };
        let entities = if first { formatting(part)? } else { None };
        let single = types::InputSingleMedia { media, random_id: id.0, message, entities };
        multi_media.push(single.into());
    }
    Ok(functions::messages::SendMultiMedia {
        silent: false,
        background: false,
        clear_draft: false,
        noforwards: false,
        update_stickersets_order: false,
        invert_media: false,
        allow_paid_floodskip: false,
        peer: input_peer(part.peer),
        reply_to: None,
        multi_media,
        schedule_date: None,
        send_as: None,
        quick_reply_shortcut: None,
        effect: None,
        allow_paid_stars: None,
    })
}

fn request(part: &Transmission) -> Result<functions::messages::SendMessage, Failure> {
    Ok(functions::messages::SendMessage {
        no_webpage: false,
        silent: false,
        background: false,
        clear_draft: false,
        noforwards: false,
        update_stickersets_order: false,
        invert_media: false,
        allow_paid_floodskip: false,
        peer: input_peer(part.peer),
        reply_to: None,
        message: part.body.text.clone(),
        random_id: part.random_id.0,
        reply_markup: buttons(part),
        entities: formatting(part)?,
        schedule_date: None,
        schedule_repeat_period: None,
        send_as: None,
        quick_reply_shortcut: None,
        effect: None,
        allow_paid_stars: None,
        suggested_post: None,
        rich_message: None,
    })
}

/// Which message an answer says was delivered (core.telegram.org/api/updates).
///
/// The short form belongs to the call. A full one names our random id beside the message; where it
/// names none, its only new outgoing message to that peer is ours. Anything else is no answer, and
/// so is the number 0.
fn delivered(answer: &enums::Updates, random_id: RandomId, to: UserId) -> Option<MessageId> {
    let id = match answer {
        enums::Updates::UpdateShortSentMessage(sent) => Some(sent.id),
        enums::Updates::UpdateShort(short) => {
            among(std::slice::from_ref(&short.update), random_id, to)
        }
        enums::Updates::Updates(updates) => among(&updates.updates, random_id, to),
        enums::Updates::Combined(updates) => among(&updates.updates, random_id, to),
        enums::Updates::UpdateShortMessage(short) if short.out && short.user_id == to.0 => {
            Some(short.id)
        }
        _ => None,
    };
    id.filter(|id| *id > 0).map(MessageId)
}

fn among(updates: &[enums::Update], random_id: RandomId, to: UserId) -> Option<i32> {
    let mut named = updates.iter().filter_map(|update| match update {
        enums::Update::MessageId(named) => Some(named),
        _ => None,
    });
    if let Some(first) = named.next() {
        return std::iter::once(first)
            .chain(named)
            .find(|named| named.random_id == random_id.0)
            .map(|named| named.id);
    }
    let mut new = updates.iter().filter_map(|update| match update {
        enums::Update::NewMessage(new) => outgoing_to(&new.message, to),
        _ => None,
    });
    match (new.next(), new.next()) {
        (Some(id), None) => Some(id),
        _ => None,
    }
}

fn outgoing_to(message: &enums::Message, to: UserId) -> Option<i32> {
    match message {
        enums::Message::Message(message) if message.out && is_user(&message.peer_id, to) => {
            Some(message.id)
        }
        _ => None,
    }
}

fn is_user(peer: &enums::Peer, user: UserId) -> bool {
    matches!(peer, enums::Peer::User(peer) if peer.user_id == user.0)
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;
    use tg_core::delivery::{Body, Entity, EntityKind};
    use tg_core::ids::AccessHash;

    const OURS: RandomId = RandomId(-77);
    const TO: UserId = UserId(500);

    fn named(id: i32, random_id: RandomId) -> enums::Update {
        types::UpdateMessageId { id, random_id: random_id.0 }.into()
    }

    fn new_message(id: i32, to: UserId, out: bool) -> enums::Update {
        let message = samples::message(id, to, out, 1_700_000_000, "hi");
        types::UpdateNewMessage { message, pts: 9, pts_count: 1 }.into()
    }

    fn full(updates: Vec<enums::Update>) -> enums::Updates {
        types::Updates { updates, users: vec![], chats: vec![], date: 1, seq: 0 }.into()
    }

    fn short_sent(id: i32) -> enums::Updates {
        types::UpdateShortSentMessage {
            out: true,
            id,
            pts: 1,
            pts_count: 1,
            date: 1,
            media: None,
            entities: None,
            ttl_period: None,
        }
        .into()
    }

    #[test]
    fn every_form_of_yes_is_understood() {
        let combined = types::UpdatesCombined {
            updates: vec![new_message(44, TO, true), named(44, OURS)],
            users: vec![],
            chats: vec![],
            date: 1,
            seq_start: 0,
            seq: 0,
        };
        let answers = [
            short_sent(44),
            full(vec![named(44, OURS), new_message(44, TO, true)]),
            full(vec![named(43, RandomId(5)), named(44, OURS)]),
            full(vec![new_message(43, TO, false), new_message(44, TO, true)]),
            combined.into(),
            types::UpdateShort { update: named(44, OURS), date: 1 }.into(),
        ];
        for answer in answers {
            assert_eq!(delivered(&answer, OURS, TO), Some(MessageId(44)), "{answer:?}");
        }
    }

    #[test]
    fn what_does_not_name_our_message_is_no_answer() {
        let answers = [
            short_sent(0),
            full(vec![]),
            full(vec![named(0, OURS)]),
            // Somebody else's id: the message beside it is theirs too.
            full(vec![named(44, RandomId(5)), new_message(44, TO, true)]),
            full(vec![new_message(44, TO, false)]),
            full(vec![new_message(44, UserId(501), true)]),
            full(vec![new_message(44, TO, true), new_message(45, TO, true)]),
            enums::Updates::TooLong,
        ];
        for answer in answers {
            assert_eq!(delivered(&answer, OURS, TO), None, "{answer:?}");
        }
    }

    fn part(entities: Vec<Entity>) -> Transmission {
        Transmission {
            peer: Peer::User { id: TO, hash: AccessHash(i64::MIN) },
            random_id: OURS,
            album: vec![],
            body: Body { entities, ..Body::text("hi") },
        }
    }

    #[test]
    fn a_request_carries_our_id_and_the_peer_as_given() {
        let bold = Entity { offset: 0, length: 2, kind: EntityKind::Bold };
        let request = request(&part(vec![bold])).expect("is in range");
        assert_eq!(request.random_id, OURS.0);
        assert_eq!(request.message, "hi");
        assert_eq!(request.entities.map(|entities| entities.len()), Some(1));
        let enums::InputPeer::User(peer) = request.peer else { panic!("a user") };
        assert_eq!((peer.user_id, peer.access_hash), (TO.0, i64::MIN));
    }

    #[test]
    fn formatting_beyond_the_text_is_refused_before_anything_is_sent() {
        let beyond = Entity { offset: u32::MAX, length: 2, kind: EntityKind::Bold };
        let failure = request(&part(vec![beyond])).expect_err("cannot be said");
        assert_eq!(failure.class, FailureClass::Refused(Refusal::Unclassified));
    }
}
