//! Answering somebody who wrote.

use super::person;
use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::contacts;
use crate::error::AppError;
use crate::json;
use crate::named;
use crate::permissions::Permission;
use tg_core::account::Account;
use tg_core::delivery::Body;
use tg_core::ids::{Slug, UserId};
use tg_core::ports::{InboxMessage, NewReply, ReplyRecord, Unit};
use tg_security::validate::strip_bidi;

/// UTF-16 code units of a message (core.telegram.org/method/messages.sendMessage).
const MAX_UNITS: usize = 4_096;
/// Messages among which the last one of the person is looked for.
const RECENT: usize = 1_000;

/// What is answered.
#[derive(Clone, Copy, Debug)]
pub struct NewAnswer<'a> {
    /// Username, phone number or user id.
    pub who: &'a str,
    /// What is said.
    pub text: &'a str,
    /// Through this account; the one they wrote to last if none is named.
    pub account: Option<&'a str>,
}

/// Records an answer, which the engine sends once: the running one within seconds, else the next.
///
/// # Errors
/// If they have not written to the account, or said no and nothing since; if the text cannot be a
/// message.
pub async fn reply(
    app: &App,
    actor: &Actor,
    answer: NewAnswer<'_>,
) -> Result<json::Reply, AppError> {
    // The object names nobody: what was typed may be a phone number.
    let act = Act::begin(app, actor, Permission::InboxReply, "inbox", None).await?;
    let key = contacts::key(answer.who)?;
    let account = answer.account.map(named::slug).transpose()?;
    let text = checked(answer.text)?;
    let uuid = {
        let mut bytes = [0; 16];
        app.entropy.fill(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    };
    act.write(move |unit, at| {
        let user = person::named(unit, &key)?.user;
        let account = addressee(unit, user, account.as_ref())?;
        let body = Body::text(&text);
        let new = NewReply { uuid, account: account.id, user, body, is_test: false };
        let id = unit.add_reply(&new, at)?;
        let record = unit.reply(id)?;
        Ok((json::Reply::from(&record), format!("reply {id} through {}", account.name)))
    })
    .await
}

/// Where an answer stands.
///
/// # Errors
/// If there is none of that number.
pub async fn reply_status(app: &App, actor: &Actor, id: i64) -> Result<json::Reply, AppError> {
    let act = Act::begin(app, actor, Permission::InboxShow, "inbox", None).await?;
    act.read(move |unit| {
        let record: ReplyRecord = unit.reply(tg_core::ids::ReplyId(id))?;
        Ok(json::Reply::from(&record))
    })
    .await
}

fn checked(text: &str) -> Result<String, AppError> {
    let text = strip_bidi(text.trim());
    let units = text.encode_utf16().count();
    if units == 0 || units > MAX_UNITS || text.contains('\0') {
        return Err(AppError::usage(
            "bad_text",
            format!("a message has from 1 to {MAX_UNITS} characters, this one {units}"),
        ));
    }
    Ok(text)
}

/// The account that they wrote to, if they may be answered.
fn addressee(unit: &dyn Unit, user: UserId, wanted: Option<&Slug>) -> Result<Account, AppError> {
    let recent = unit.messages_with(user, RECENT)?;
    let theirs = |message: &&InboxMessage| {
        !message.outgoing && wanted.is_none_or(|name| message.account == *name)
    };
    let Some(last) = recent.iter().rev().find(theirs) else {
        let to = wanted.map_or_else(|| "any account".to_owned(), |name| format!("account {name}"));
        return Err(AppError::refused(
            "not_written",
            format!("user {user} has not written to {to}, so there is nothing to answer"),
        )
        .advise("`tg inbox list` shows who wrote; campaigns write first, to those who agreed"));
    };
    let newest = recent.iter().rev().find(|message| !message.outgoing);
    if newest.is_some_and(|message| message.opt_out) {
        return Err(AppError::refused(
            "opted_out",
            format!("user {user} opted out and has not written anything since"),
        )
        .advise("they can be answered once they write again"));
    }
    let account = named::account(unit, &last.account)?;
    if unit.peer(account.id, user)?.is_none() {
        return Err(AppError::refused(
            "unreachable",
            format!("account {} does not know how to address user {user}", account.name),
        )
        .advise("run `tg run` once: it hears who they are"));
    }
    Ok(account)
}
