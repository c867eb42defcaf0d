//! What one person and the accounts wrote to each other.

use super::person;
use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::contacts;
use crate::error::AppError;
use crate::json;
use crate::permissions::Permission;

/// Most messages that are shown of one person.
const MAX_MESSAGES: usize = 1_000;

/// Messages of one person with any account, the newest 1,000, oldest first.
///
/// # Errors
/// If `who` names nobody who is known or wrote.
pub async fn show(app: &App, actor: &Actor, who: &str) -> Result<json::Talk, AppError> {
    // The object names nobody: what was typed may be a phone number.
    let act = Act::begin(app, actor, Permission::InboxShow, "inbox", None).await?;
    let key = contacts::key(who)?;
    act.read(move |unit| {
        let person = person::named(unit, &key)?;
        let messages = unit.messages_with(person.user, MAX_MESSAGES)?;
        if messages.is_empty() && person.contact.is_none() {
            return Err(contacts::unknown(&[contacts::masked(&key)]));
        }
        let replies = unit.open_replies(person.user, MAX_MESSAGES)?;
        Ok(json::Talk::new(person.user, person.contact.as_ref(), &messages, &replies))
    })
    .await
}
