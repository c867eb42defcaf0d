//! The TL objects that answers are made of.

use grammers_tl_types as tl;
use tl::{Deserializable, enums, types};

use crate::mail::{Entity, Letter, Media};

/// Objects with dozens of optional fields are made from one without any: in TL that is all zeros, but for the fields
/// that are not optional.
fn blank<T: Deserializable>(bytes: &[u8]) -> T {
    T::from_bytes(bytes).expect("an object without optional fields is its mandatory ones")
}

/// A user of whom nothing is known but the id.
pub(crate) fn blank_user(id: i64) -> types::User {
    // flags, flags2, id
    let blank: types::User = blank(&[0; 16]);
    types::User { id, ..blank }
}

/// No notification settings of one's own.
pub(crate) fn notify_settings() -> enums::PeerNotifySettings {
    blank::<types::PeerNotifySettings>(&[0; 4]).into()
}

/// The long form of a user, without anything that is optional.
pub(crate) fn full_user(id: i64) -> types::UserFull {
    let settings = types::PeerSettings::CONSTRUCTOR.to_le_bytes();
    let notify = types::PeerNotifySettings::CONSTRUCTOR.to_le_bytes();
    let mut bytes = vec![0; 16];
    bytes.extend(settings);
    bytes.extend([0; 4]);
    bytes.extend(notify);
    // Its flags, and the number of common chats.
    bytes.extend([0; 8]);
    let blank: types::UserFull = blank(&bytes);
    types::UserFull { id, ..blank }
}

/// The constructor's number, under a short name.
trait Constructor {
    const CONSTRUCTOR: u32;
}

impl<T: tl::Identifiable> Constructor for T {
    const CONSTRUCTOR: u32 = T::CONSTRUCTOR_ID;
}

pub(crate) fn peer(user_id: i64) -> enums::Peer {
    types::PeerUser { user_id }.into()
}

/// A message as its owner gets it; `owner` is the account in whose mailbox it is.
pub(crate) fn message(owner: i64, letter: &Letter) -> enums::Message {
    let mut bytes = vec![0; 12];
    bytes.extend(types::PeerUser::CONSTRUCTOR.to_le_bytes());
    // Its user id, the date, and an empty text.
    bytes.extend([0; 8 + 4 + 4]);
    let blank: types::Message = blank(&bytes);
    let sender = if letter.out { owner } else { letter.peer };
    types::Message {
        out: letter.out,
        id: letter.id,
        from_id: Some(peer(sender)),
        peer_id: peer(letter.peer),
        date: letter.date,
        message: letter.text.to_string(),
        entities: entities(&letter.entities),
        media: letter.media.as_deref().map(Media::to_tl),
        grouped_id: letter.media.as_deref().and_then(|media| media.grouped_id),
        reply_to: letter.reply_to.map(reply_header),
        ..blank
    }
    .into()
}

/// That a message answers another one of the same chat.
fn reply_header(answered: i32) -> enums::MessageReplyHeader {
    let header = blank::<types::MessageReplyHeader>(&[0; 4]);
    types::MessageReplyHeader { reply_to_msg_id: Some(answered), ..header }.into()
}

/// Entities as an optional field: absent if there are none.
pub(crate) fn entities(entities: &[Entity]) -> Option<Vec<enums::MessageEntity>> {
    if entities.is_empty() {
        return None;
    }
    Some(entities.iter().map(Entity::to_tl).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tl::Serializable;

    #[test]
    fn objects_without_options_are_what_they_say() {
        let user = blank_user(7);
        assert_eq!((user.id, user.bot, user.access_hash), (7, false, None));
        let full = full_user(8);
        assert_eq!((full.id, full.about.clone(), full.common_chats_count), (8, None, 0));
        let again = types::UserFull::from_bytes(&full.to_bytes());
        assert_eq!(again.map(|full| full.id), Ok(8));
        notify_settings();
    }
}
