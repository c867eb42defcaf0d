//! Somebody's "no" as it is recorded: the opt-out and its audit row, in the transaction of the message.

use tg_core::contact::ContactKey;
use tg_core::ids::{Slug, UserId};
use tg_core::ports::{AuditEntry, StoreError, Unit};
use tg_core::time::Timestamp;

/// Characters of somebody's words that an opt-out is recorded with.
const QUOTED: usize = 40;

/// Records that `user` wrote a "no" to `account`. Only the first one is recorded, and has a row: who
/// repeats themselves fills no log. Returns whether it is.
///
/// # Errors
/// If the store fails.
pub(crate) fn record(
    unit: &mut dyn Unit,
    user: UserId,
    text: &str,
    account: &Slug,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let words: String = text.trim().chars().take(QUOTED).collect();
    if !unit.opt_out_user(user, &format!("wrote \"{words}\" to {account}"), at)? {
        return Ok(false);
    }
    // A contact's row, not who they are: it leads nowhere once the person is forgotten.
    let contact = unit.find_contact(&ContactKey::UserId(user))?;
    let object =
        contact.map_or_else(|| "contact".to_owned(), |who| format!("contact/{}", who.id.0));
    unit.audit(&AuditEntry {
        at,
        actor: "engine".to_owned(),
        action: "contact.opt_out".to_owned(),
        object,
        outcome: "done",
        detail: format!("wrote to {account}"),
        after: Some("opted out".to_owned()),
        ..AuditEntry::default()
    })?;
    Ok(true)
}
