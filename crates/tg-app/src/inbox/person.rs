//! Who is meant in an inbox: not only contacts write.

use crate::contacts;
use crate::error::AppError;
use tg_core::contact::{Contact, ContactKey};
use tg_core::ids::UserId;
use tg_core::ports::Unit;

/// Somebody as the inbox knows them.
pub(super) struct Person {
    pub(super) user: UserId,
    /// If an audience has them.
    pub(super) contact: Option<Contact>,
}

/// The person whom a key names: a contact, or somebody who wrote without being one.
pub(super) fn named(unit: &dyn Unit, key: &ContactKey) -> Result<Person, AppError> {
    if let Some(contact) = unit.find_contact(key)?
        && let Some(user) = contact.person.user_id
    {
        return Ok(Person { user, contact: Some(contact) });
    }
    let user = match key {
        ContactKey::UserId(user) => Some(*user),
        ContactKey::Username(name) => unit.heard_user_named(name.as_str())?,
        ContactKey::Phone(_) => None,
    };
    let user = user.ok_or_else(|| contacts::unknown(&[contacts::masked(key)]))?;
    let contact = unit.find_contact(&ContactKey::UserId(user))?;
    Ok(Person { user, contact })
}
