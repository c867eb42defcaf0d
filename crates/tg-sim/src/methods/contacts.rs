//! `contacts.*`: from names and numbers to people.

use grammers_tl_types as tl;
use tl::{enums, functions as f, types as t};

use super::caller::Caller;
use super::errors::RpcError;
use crate::mail::{Contact, Event};
use crate::sync::locked;
use crate::world::Person;

/// core.telegram.org/method/contacts.resolveUsername.
pub(crate) fn username(
    caller: &Caller<'_>,
    args: &f::contacts::ResolveUsername,
) -> Result<enums::contacts::ResolvedPeer, RpcError> {
    let name = args.username.trim_start_matches('@');
    let letter = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !(3..=32).contains(&name.len()) || !name.chars().all(letter) {
        return Err(RpcError::bad("USERNAME_INVALID"));
    }
    match caller.shared.world.by_username(name) {
        Some(person) => Ok(resolved(caller, person)),
        None => Err(RpcError::bad("USERNAME_NOT_OCCUPIED")),
    }
}

/// core.telegram.org/method/contacts.resolvePhone.
pub(crate) fn phone(
    caller: &Caller<'_>,
    args: &f::contacts::ResolvePhone,
) -> Result<enums::contacts::ResolvedPeer, RpcError> {
    match caller.shared.world.by_phone(&args.phone) {
        Some(person) => Ok(resolved(caller, person)),
        None => Err(RpcError::bad("PHONE_NOT_OCCUPIED")),
    }
}

fn resolved(caller: &Caller<'_>, person: &Person) -> enums::contacts::ResolvedPeer {
    let view = caller.view(&locked(&caller.account.mailbox), person);
    t::contacts::ResolvedPeer {
        peer: crate::tl::peer(person.user_id),
        chats: Vec::new(),
        users: vec![view],
    }
    .into()
}

/// The number in a contact to import.
pub(crate) fn phone_of(contact: &enums::InputContact) -> &str {
    let enums::InputContact::InputPhoneContact(contact) = contact;
    &contact.phone
}

/// core.telegram.org/method/contacts.importContacts: numbers that nobody has are not in the answer.
pub(crate) fn import(
    caller: &Caller<'_>,
    args: &f::contacts::ImportContacts,
) -> Result<enums::contacts::ImportedContacts, RpcError> {
    let (account, shared) = (caller.account, caller.shared);
    let mut mailbox = locked(&account.mailbox);
    let mut imported = Vec::new();
    for enums::InputContact::InputPhoneContact(contact) in &args.contacts {
        if contact.first_name.is_empty() && contact.last_name.is_empty() {
            return Err(RpcError::bad("CONTACT_NAME_EMPTY"));
        }
        let Some(person) = shared.world.by_phone(&contact.phone) else {
            continue;
        };
        imported.push((person.user_id, contact.client_id));
        let kept = Contact {
            first_name: contact.first_name.clone(),
            last_name: contact.last_name.clone(),
        };
        if mailbox.keep_contact(person.user_id, kept) {
            shared.events.push(&Event::Contact {
                account: account.user_id(),
                user_id: person.user_id,
                first_name: contact.first_name.as_str().into(),
                last_name: contact.last_name.as_str().into(),
            });
        }
    }
    let pair =
        |&(user_id, client_id): &(i64, i64)| t::ImportedContact { user_id, client_id }.into();
    Ok(t::contacts::ImportedContacts {
        imported: imported.iter().map(pair).collect(),
        popular_invites: Vec::new(),
        retry_contacts: Vec::new(),
        users: caller.views(&mailbox, imported.iter().map(|(user_id, _)| *user_id)),
    }
    .into())
}

/// core.telegram.org/method/contacts.getContacts. The hash that a client may send is not looked at.
pub(crate) fn list(caller: &Caller<'_>) -> enums::contacts::Contacts {
    let mailbox = locked(&caller.account.mailbox);
    let ids = || mailbox.contacts().keys().copied();
    let contact = |user_id| t::Contact { user_id, mutual: false }.into();
    let contacts: Vec<_> = ids().map(contact).collect();
    t::contacts::Contacts {
        saved_count: i32::try_from(contacts.len()).unwrap_or(i32::MAX),
        contacts,
        users: caller.views(&mailbox, ids()),
    }
    .into()
}
