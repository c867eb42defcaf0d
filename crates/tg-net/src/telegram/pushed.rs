//! What the server sends without being asked, read into what hearing needs: steps of the account's
//! counter, with the messages in them (core.telegram.org/api/updates).

use grammers_client::session::updates::UpdatesLike;
use grammers_client::tl::{enums, types};
use tg_core::ids::{AccessHash, MessageId, UserId};
use tg_core::inbox::{HeardMessage, HeardUser};
use tg_core::peer::Username;
use tg_core::time::Timestamp;

/// The user as whom Telegram writes to everybody (core.telegram.org/api/auth). Its messages carry
/// login codes: they are not stored.
const SERVICE: i64 = 777_000;

/// Characters of a name that are kept: Telegram allows 64 for each half.
const MAX_NAME: usize = 128;

/// Something that came by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Pushed {
    /// Steps, in order.
    Steps(Steps),
    /// Something that cannot be read by itself: the difference tells.
    Look,
    /// The link is gone.
    Closed,
}

/// Steps of the account's counter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Steps {
    pub(crate) steps: Vec<Step>,
    pub(crate) users: Vec<HeardUser>,
}

/// One step: `pts` after it, and how many it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) pts: i32,
    pub(crate) count: i32,
    /// What it brought, if that is a message of a private chat.
    pub(crate) message: Option<HeardMessage>,
}

/// Reads what came; `None` if nothing in it concerns hearing.
pub(crate) fn read(updates: UpdatesLike) -> Option<Pushed> {
    match updates {
        UpdatesLike::Updates(updates) => read_updates(updates),
        UpdatesLike::InvitedUsers(invited) => read_updates(invited.updates),
        UpdatesLike::ChatInviteJoinResult(joined) => read_updates(joined.updates),
        // What is sent from here is on record elsewhere; only the counter moves.
        UpdatesLike::ShortSentMessage { update, .. } => one(update.pts, update.pts_count, None),
        UpdatesLike::AffectedMessages(done) => one(done.pts, done.pts_count, None),
        UpdatesLike::AffectedChannelMessages { .. } => None,
        UpdatesLike::ConnectionClosed => Some(Pushed::Closed),
        UpdatesLike::MalformedUpdates => Some(Pushed::Look),
    }
}

fn one(pts: i32, count: i32, message: Option<HeardMessage>) -> Option<Pushed> {
    let steps = vec![Step { pts, count, message }];
    Some(Pushed::Steps(Steps { steps, users: Vec::new() }))
}

fn read_updates(updates: enums::Updates) -> Option<Pushed> {
    use enums::Updates;
    match updates {
        Updates::TooLong => Some(Pushed::Look),
        // It does not say who the writer is, and how to write to them: the difference does.
        Updates::UpdateShortMessage(short) if !short.out => Some(Pushed::Look),
        Updates::UpdateShortMessage(short) => one(short.pts, short.pts_count, None),
        Updates::UpdateShortChatMessage(short) => one(short.pts, short.pts_count, None),
        Updates::UpdateShortSentMessage(short) => one(short.pts, short.pts_count, None),
        Updates::UpdateShort(short) => collect(vec![short.update], &[]),
        Updates::Combined(all) => collect(all.updates, &all.users),
        Updates::Updates(all) => collect(all.updates, &all.users),
    }
}

fn collect(updates: Vec<enums::Update>, users: &[enums::User]) -> Option<Pushed> {
    let steps: Vec<Step> = updates.into_iter().filter_map(step).collect();
    if steps.is_empty() {
        return None;
    }
    let users = users.iter().filter_map(heard_user).collect();
    Some(Pushed::Steps(Steps { steps, users }))
}

/// The updates that move the account's own counter. One that is missing here shows as a gap, which
/// costs a question and loses nothing.
fn step(update: enums::Update) -> Option<Step> {
    use enums::Update;
    let bare = |pts, count| Some(Step { pts, count, message: None });
    match update {
        Update::NewMessage(new) => {
            Some(Step { pts: new.pts, count: new.pts_count, message: heard_message(&new.message) })
        }
        Update::EditMessage(u) => bare(u.pts, u.pts_count),
        Update::DeleteMessages(u) => bare(u.pts, u.pts_count),
        Update::ReadHistoryInbox(u) => bare(u.pts, u.pts_count),
        Update::ReadHistoryOutbox(u) => bare(u.pts, u.pts_count),
        Update::ReadMessagesContents(u) => bare(u.pts, u.pts_count),
        Update::WebPage(u) => bare(u.pts, u.pts_count),
        Update::FolderPeers(u) => bare(u.pts, u.pts_count),
        Update::PinnedMessages(u) => bare(u.pts, u.pts_count),
        _ => None,
    }
}

/// A message of a private chat; `None` for groups, channels, events, and Telegram's own notices.
pub(crate) fn heard_message(message: &enums::Message) -> Option<HeardMessage> {
    let enums::Message::Message(message) = message else { return None };
    let enums::Peer::User(peer) = &message.peer_id else { return None };
    if peer.user_id == SERVICE {
        return None;
    }
    Some(HeardMessage {
        user: UserId(peer.user_id),
        message_id: MessageId(message.id),
        at: Timestamp::from_secs(i64::from(message.date)),
        text: message.message.clone(),
        outgoing: message.out,
        reply_to: reply_to(message),
    })
}

fn reply_to(message: &types::Message) -> Option<MessageId> {
    match message.reply_to.as_ref()? {
        // An answer to a message of another chat names a number of that chat.
        enums::MessageReplyHeader::Header(header) if header.reply_to_peer_id.is_none() => {
            header.reply_to_msg_id.map(MessageId)
        }
        _ => None,
    }
}

/// Somebody whom the server described.
pub(crate) fn heard_user(user: &enums::User) -> Option<HeardUser> {
    let enums::User::User(user) = user else { return None };
    if user.is_self || user.id == SERVICE {
        return None;
    }
    let mut names = user.usernames.iter().flatten().filter_map(|name| {
        let enums::Username::Username(name) = name;
        name.active.then_some(&name.username)
    });
    let username = user.username.as_ref().or_else(|| names.next());
    let halves = [user.first_name.as_deref(), user.last_name.as_deref()];
    let name: Vec<&str> = halves.into_iter().flatten().collect();
    Some(HeardUser {
        user: UserId(user.id),
        // The hash of a "min" user cannot be written to (core.telegram.org/api/min).
        hash: user.access_hash.filter(|_| !user.min).map(AccessHash),
        username: username.and_then(|name| Username::parse(name).ok()),
        name: name.join(" ").chars().take(MAX_NAME).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    const WHO: UserId = UserId(500);

    fn new(id: i32, pts: i32) -> enums::Update {
        let message = samples::message(id, WHO, false, 1_700_000_000, "hello");
        types::UpdateNewMessage { message, pts, pts_count: 1 }.into()
    }

    fn full(updates: Vec<enums::Update>, users: Vec<enums::User>) -> UpdatesLike {
        let all = types::Updates { updates, users, chats: vec![], date: 1, seq: 0 };
        UpdatesLike::Updates(all.into())
    }

    #[test]
    fn a_message_is_a_step_that_says_something() {
        let mut user = samples::user(WHO.0, Some(9));
        user.first_name = Some("Ann".to_owned());
        let read = read(full(vec![new(7, 12)], vec![user.into()]));
        let Some(Pushed::Steps(steps)) = read else { panic!("{read:?}") };
        let heard = steps.steps[0].message.as_ref().expect("a message");
        assert_eq!((heard.user, heard.message_id.0, heard.text.as_str()), (WHO, 7, "hello"));
        assert_eq!((steps.steps[0].pts, steps.steps[0].count), (12, 1));
        assert_eq!(
            (steps.users[0].hash, steps.users[0].name.as_str()),
            (Some(AccessHash(9)), "Ann")
        );
    }

    #[test]
    fn login_codes_are_not_heard() {
        let message = samples::message(7, UserId(SERVICE), false, 1, "Login code: 12345");
        assert_eq!(heard_message(&message), None);
    }

    #[test]
    fn what_is_not_understood_is_looked_up() {
        assert_eq!(read(UpdatesLike::MalformedUpdates), Some(Pushed::Look));
        assert_eq!(read(UpdatesLike::Updates(enums::Updates::TooLong)), Some(Pushed::Look));
        assert_eq!(read(UpdatesLike::ConnectionClosed), Some(Pushed::Closed));
    }

    #[test]
    fn what_is_no_step_is_nothing() {
        let typing = types::UpdateUserStatus { user_id: WHO.0, status: enums::UserStatus::Empty };
        assert_eq!(read(full(vec![typing.into()], vec![])), None);
        let done = types::messages::AffectedMessages { pts: 5, pts_count: 2 };
        let step = Step { pts: 5, count: 2, message: None };
        let steps = Steps { steps: vec![step], users: vec![] };
        assert_eq!(read(UpdatesLike::AffectedMessages(done)), Some(Pushed::Steps(steps)));
    }

    #[test]
    fn a_half_described_user_cannot_be_written_to() {
        let mut user = samples::user(WHO.0, Some(9));
        user.min = true;
        assert_eq!(heard_user(&user.into()).and_then(|user| user.hash), None);
    }
}
