//! Where Telegram reads more than its schema says.

use std::borrow::Cow;

use grammers_tl_types::{Deserializable, Identifiable, types as t};

// Constructors without fields have no type of their own to ask.
const PEER_EMPTY: u32 = 0x7f3b_18ea;
const PEER_SELF: u32 = 0x7da0_7ec9;
const USER_EMPTY: u32 = 0xb988_86cf;
const USER_SELF: u32 = 0xf7c1_b13f;
/// Constructor, user id and access hash.
const ADDRESSED: usize = 4 + 8 + 8;
const WORD: usize = 4;

/// A call whose arguments from the byte `first` on are `InputUser`s, some of which may have come as the `InputPeer` of
/// the same user. The fields are the same; Pyrogram and what descends from it have always sent these, to
/// users.getUsers for one, and rely on being understood.
pub(super) fn peers_as_users(call: &[u8], first: usize) -> Cow<'_, [u8]> {
    let mut call = Cow::Borrowed(call);
    let mut at = first;
    while let Some(word) = call.get(at..at + WORD) {
        let (user, length) = match u32::from_bytes(word).unwrap_or_default() {
            t::InputUser::CONSTRUCTOR_ID => (None, ADDRESSED),
            t::InputPeerUser::CONSTRUCTOR_ID => (Some(t::InputUser::CONSTRUCTOR_ID), ADDRESSED),
            USER_SELF | USER_EMPTY => (None, WORD),
            PEER_SELF => (Some(USER_SELF), WORD),
            PEER_EMPTY => (Some(USER_EMPTY), WORD),
            // Whatever else it is, the reader will judge it.
            _ => break,
        };
        if let Some(user) = user {
            call.to_mut()[at..at + WORD].copy_from_slice(&user.to_le_bytes());
        }
        at += length;
    }
    call
}

#[cfg(test)]
mod tests {
    use grammers_tl_types::{Serializable, enums, functions as f};

    use super::*;

    fn asked(users: Vec<enums::InputUser>) -> Vec<u8> {
        f::users::GetUsers { id: users }.to_bytes()
    }

    #[test]
    fn peers_become_the_users_that_they_are() {
        let (user_id, access_hash) = (7, -9);
        let peers: Vec<enums::InputPeer> = vec![
            enums::InputPeer::PeerSelf,
            t::InputPeerUser { user_id, access_hash }.into(),
            enums::InputPeer::Empty,
        ];
        let wanted = asked(vec![
            enums::InputUser::UserSelf,
            t::InputUser { user_id, access_hash }.into(),
            enums::InputUser::Empty,
        ]);
        let sent = [&wanted[..12], &peers.to_bytes()[8..]].concat();
        assert_ne!(sent, wanted);
        assert_eq!(peers_as_users(&sent, 12), wanted);
    }

    #[test]
    fn what_is_right_and_what_is_wrong_stay_as_they_are() {
        let right = asked(vec![t::InputUser { user_id: 1, access_hash: 2 }.into()]);
        assert!(matches!(peers_as_users(&right, 12), Cow::Borrowed(same) if same == right));
        let chat = t::InputPeerChat { chat_id: 5 };
        let wrong = [&right[..12], &enums::InputPeer::from(chat).to_bytes()].concat();
        assert_eq!(peers_as_users(&wrong, 12), wrong);
        assert_eq!(&*peers_as_users(&right[..6], 12), &right[..6]);
    }
}
