//! What people wrote, as results.

use super::{ContactOptOut, rfc3339};
use serde::Serialize;
use tg_core::contact::Contact;
use tg_core::delivery::{DeliveryState, Outcome};
use tg_core::ids::UserId;
use tg_core::ports;

/// Who wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Inbox {
    /// `tg.inbox/1`
    pub schema: &'static str,
    /// The latest first.
    pub conversations: Vec<Conversation>,
}

/// One person's conversation with one account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Conversation {
    /// The account.
    pub account: String,
    /// The person's Telegram user id.
    pub user_id: i64,
    /// Without `@`.
    pub username: Option<String>,
    /// Their name: on Telegram, else in the lists.
    pub name: String,
    /// Whether an audience has them.
    pub contact: Option<i64>,
    /// Nobody has written anything since.
    pub unanswered: bool,
    /// They have opted out.
    pub opted_out: bool,
    /// Messages that they wrote.
    pub received: u64,
    /// The newest message that they wrote.
    pub last: Message,
}

impl Conversation {
    pub(crate) fn new(heard: ports::Conversation, contact: Option<&Contact>) -> Self {
        let listed = contact.map(|contact| &contact.person);
        let in_lists = listed.map_or_else(String::new, |person| {
            format!("{} {}", person.first_name, person.last_name).trim().to_owned()
        });
        Self {
            account: heard.account.to_string(),
            user_id: heard.user.0,
            username: heard
                .username
                .or_else(|| listed.and_then(|person| person.username.clone()).map(String::from)),
            name: if heard.name.is_empty() { in_lists } else { heard.name },
            contact: contact.map(|contact| contact.id.0),
            unanswered: heard.unanswered,
            opted_out: heard.opted_out || contact.is_some_and(|c| c.opt_out.is_some()),
            received: heard.received,
            last: Message::from(&heard.last),
        }
    }
}

/// A message of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Message {
    /// The account.
    pub account: String,
    /// `in` or `out`.
    pub direction: &'static str,
    /// When, on Telegram's clock.
    pub at: String,
    /// Its number in the account's box.
    pub message_id: i32,
    /// The message that it answers, if its writer chose one.
    pub reply_to: Option<i32>,
    /// What it says; empty for a picture without a caption.
    pub text: String,
    /// It was understood as a "no".
    pub opt_out: bool,
    /// The campaign that it answers.
    pub campaign: Option<String>,
    /// The delivery that it answers.
    pub delivery: Option<i64>,
}

impl From<&ports::InboxMessage> for Message {
    fn from(message: &ports::InboxMessage) -> Self {
        Self {
            account: message.account.to_string(),
            direction: if message.outgoing { "out" } else { "in" },
            at: rfc3339(message.at),
            message_id: message.message_id.0,
            reply_to: message.reply_to.map(|id| id.0),
            text: message.text.clone(),
            opt_out: message.opt_out,
            campaign: message.campaign.as_ref().map(ToString::to_string),
            delivery: message.delivery.map(|id| id.0),
        }
    }
}

/// What one person and the accounts wrote to each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Talk {
    /// `tg.talk/1`
    pub schema: &'static str,
    /// The person's Telegram user id.
    pub user_id: i64,
    /// Their row, if an audience has them.
    pub contact: Option<i64>,
    /// Their "no", if they are a contact who ever said it.
    pub opt_out: Option<ContactOptOut>,
    /// Oldest first.
    pub messages: Vec<Message>,
    /// What was written here and has not arrived, oldest first.
    pub replies: Vec<Reply>,
}

impl Talk {
    pub(crate) fn new(
        user: UserId,
        contact: Option<&Contact>,
        messages: &[ports::InboxMessage],
        replies: &[ports::ReplyRecord],
    ) -> Self {
        let no = contact.and_then(|contact| contact.opt_out.as_ref());
        Self {
            schema: "tg.talk/1",
            user_id: user.0,
            contact: contact.map(|contact| contact.id.0),
            opt_out: no.map(|no| ContactOptOut { at: rfc3339(no.at), how: no.how.clone() }),
            messages: messages.iter().map(Message::from).collect(),
            replies: replies.iter().map(Reply::from).collect(),
        }
    }
}

/// An answer that was written here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reply {
    /// `tg.reply/1`
    pub schema: &'static str,
    /// Its number.
    pub reply: i64,
    /// Through which account.
    pub account: String,
    /// To whom.
    pub user_id: i64,
    /// What it says.
    pub text: String,
    /// `pending`, `sent`, `failed`, `skipped` or `unknown`.
    pub outcome: &'static str,
    /// Why.
    pub reason: Option<String>,
    /// What it became.
    pub message_id: Option<i32>,
    /// When it was written.
    pub written_at: String,
    /// When it ended.
    pub settled_at: Option<String>,
}

impl From<&ports::ReplyRecord> for Reply {
    fn from(reply: &ports::ReplyRecord) -> Self {
        let (outcome, reason) = reply_outcome(&reply.state);
        Self {
            schema: "tg.reply/1",
            reply: reply.id.0,
            account: reply.account.to_string(),
            user_id: reply.user.0,
            text: reply.text.clone(),
            outcome,
            reason,
            message_id: reply.message_id.map(|id| id.0),
            written_at: rfc3339(reply.written_at),
            settled_at: reply.settled_at.map(rfc3339),
        }
    }
}

/// The name of an answer's state, and its reason.
fn reply_outcome(state: &DeliveryState) -> (&'static str, Option<String>) {
    match state {
        DeliveryState::Planned | DeliveryState::Claimed(_) => ("pending", None),
        DeliveryState::Done(outcome) => outcome_of(outcome),
    }
}

/// The name of an outcome, and its reason.
pub(super) fn outcome_of(outcome: &Outcome) -> (&'static str, Option<String>) {
    match outcome {
        Outcome::Sent => ("sent", None),
        Outcome::Failed(reason) => ("failed", Some(reason.to_string())),
        Outcome::Skipped(reason) => ("skipped", Some(reason.to_string())),
        Outcome::Unknown(reason) => ("unknown", Some(reason.to_string())),
        Outcome::Canceled => ("canceled", None),
    }
}
