//! From a username or a phone number to a peer.

use super::connection::Connection;
use super::errors::Call;
use grammers_client::tl::{enums, functions, types};
use tg_core::failure::{Failure, FailureClass, Refusal};
use tg_core::ids::{AccessHash, UserId};
use tg_core::peer::{Address, Peer};
use tg_core::ports::Resolved;

/// Asks Telegram whom an address belongs to (core.telegram.org/method/contacts.resolveUsername,
/// core.telegram.org/method/contacts.resolvePhone).
pub(crate) async fn resolve(
    connection: &Connection,
    address: &Address,
) -> Result<Resolved, Failure> {
    let found = match address {
        Address::Username(name) => {
            let request = functions::contacts::ResolveUsername {
                username: name.as_str().to_owned(),
                referer: None,
            };
            connection.call(Call::Resolve, &request).await
        }
        Address::Phone(number) => {
            // Telegram takes the digits without the plus sign.
            let phone = number.e164().trim_start_matches('+').to_owned();
            connection.call(Call::Resolve, &functions::contacts::ResolvePhone { phone }).await
        }
    }?;
    let enums::contacts::ResolvedPeer::Peer(found) = found;
    user_of(&found)
}

fn user_of(found: &types::contacts::ResolvedPeer) -> Result<Resolved, Failure> {
    let enums::Peer::User(peer) = &found.peer else {
        return Err(refused(
            Refusal::Recipient,
            "not_a_user",
            "The address belongs to a group or channel, not to a person",
        ));
    };
    let user = found.users.iter().find_map(|user| match user {
        enums::User::User(user) if user.id == peer.user_id => Some(user),
        _ => None,
    });
    let Some(user) = user else {
        return Err(refused(
            Refusal::Unclassified,
            "user_missing",
            "Telegram named a user but did not describe them",
        ));
    };
    if user.deleted {
        return Err(refused(
            Refusal::Recipient,
            "INPUT_USER_DEACTIVATED",
            "The recipient's account was deleted",
        ));
    }
    // The hash of a "min" user cannot be written to (core.telegram.org/api/min).
    match user.access_hash {
        Some(hash) if !user.min => Ok(Resolved {
            peer: Peer::User { id: UserId(user.id), hash: AccessHash(hash) },
            is_bot: user.bot,
        }),
        _ => Err(refused(
            Refusal::Unclassified,
            "no_access_hash",
            "Telegram described the user, but not so that they can be written to",
        )),
    }
}

fn refused(refusal: Refusal, reason: &str, text: &str) -> Failure {
    Failure::new(FailureClass::Refused(refusal), reason, text)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::samples;
    use super::*;

    fn found(peer: enums::Peer, users: Vec<types::User>) -> types::contacts::ResolvedPeer {
        let users = users.into_iter().map(Into::into).collect();
        types::contacts::ResolvedPeer { peer, chats: vec![], users }
    }

    fn user_peer(user_id: i64) -> enums::Peer {
        types::PeerUser { user_id }.into()
    }

    #[test]
    fn the_named_user_is_found_among_others() {
        let mut bot = samples::user(8, Some(80));
        bot.bot = true;
        let found = found(user_peer(8), vec![samples::user(7, Some(70)), bot]);
        assert_eq!(
            user_of(&found).unwrap(),
            Resolved { peer: Peer::User { id: UserId(8), hash: AccessHash(80) }, is_bot: true }
        );
    }

    #[test]
    fn whoever_cannot_be_written_to_is_refused() {
        let mut deleted = samples::user(7, Some(70));
        deleted.deleted = true;
        let mut min = samples::user(7, Some(70));
        min.min = true;
        let cases = [
            (found(types::PeerChannel { channel_id: 7 }.into(), vec![]), "not_a_user"),
            (found(types::PeerChat { chat_id: 7 }.into(), vec![]), "not_a_user"),
            (found(user_peer(7), vec![]), "user_missing"),
            (found(user_peer(7), vec![samples::user(8, Some(1))]), "user_missing"),
            (found(user_peer(7), vec![deleted]), "INPUT_USER_DEACTIVATED"),
            (found(user_peer(7), vec![min]), "no_access_hash"),
            (found(user_peer(7), vec![samples::user(7, None)]), "no_access_hash"),
        ];
        for (found, reason) in cases {
            let failure = user_of(&found).unwrap_err();
            assert_eq!(failure.reason, reason);
            let recipient = matches!(reason, "not_a_user" | "INPUT_USER_DEACTIVATED");
            assert_eq!(failure.class == FailureClass::Refused(Refusal::Recipient), recipient);
        }
    }
}
