//! The mailboxes as the logs of former runs describe them.

use std::collections::BTreeMap;
use std::path::Path;

use super::log::AppendLog;
use super::mailbox::{Contact, Letter, Mailbox};
use super::records::{Delivered, Event};
use crate::clock;
use crate::error::SimError;

/// What former runs left of one account.
#[derive(Debug, Default)]
pub(crate) struct Past {
    pub(crate) mailbox: Mailbox,
    pub(crate) banned: bool,
    /// Since, until (Unix seconds) and where to appeal.
    pub(crate) frozen: Option<(i64, i64, String)>,
    pub(crate) logged_out: Vec<i32>,
    /// The data centre that it moved to.
    pub(crate) home: Option<i32>,
    letters: Vec<Letter>,
}

/// The opened logs and everybody's past, by user id.
pub(crate) struct Replayed {
    pub(crate) journal: AppendLog,
    pub(crate) events: AppendLog,
    pub(crate) pasts: BTreeMap<i64, Past>,
    /// By whose keys they are: who is signed in with them, and at which data centre.
    pub(crate) tenants: BTreeMap<i64, (i64, i32)>,
}

/// Reads both logs of a state folder; makes them if there are none.
pub(crate) fn replay(
    state_dir: &Path,
    is_account: impl Fn(i64) -> bool,
) -> Result<Replayed, SimError> {
    let (mut pasts, mut tenants) = (BTreeMap::new(), BTreeMap::new());
    let mut forgotten = 0;
    let events = AppendLog::open(&state_dir.join("events.jsonl"), |line| {
        let event = serde_json::from_slice(line)?;
        apply_tenant(&mut tenants, &event);
        apply_event(&mut pasts, &mut forgotten, &event);
        Ok(())
    })?;
    let mut lines = 0_u64;
    let journal = AppendLog::open(&state_dir.join("journal.jsonl"), |line| {
        let delivered = serde_json::from_slice(line)?;
        apply_delivered(&mut pasts, &delivered, lines < forgotten, &is_account);
        lines += 1;
        Ok(())
    })?;
    for past in pasts.values_mut() {
        // The two logs are not written in one order, and a mailbox has both kinds of messages.
        past.letters.sort_by_key(|letter| letter.id);
        for letter in past.letters.drain(..) {
            past.mailbox.add(letter);
        }
    }
    Ok(Replayed { journal, events, pasts, tenants })
}

fn apply_tenant(tenants: &mut BTreeMap<i64, (i64, i32)>, event: &Event<'_>) {
    match event {
        Event::SignedIn { keys, account, dc } => {
            tenants.insert(*keys, (*account, *dc));
        }
        Event::LoggedOut { account, .. } => {
            tenants.remove(account);
        }
        _ => {}
    }
}

fn apply_event(pasts: &mut BTreeMap<i64, Past>, forgotten: &mut u64, event: &Event<'_>) {
    match event {
        Event::Said(said) => pasts.entry(said.to_user_id).or_default().letters.push(Letter {
            id: said.message_id,
            date: clock::date_of_stamp(&said.at).unwrap_or(0),
            peer: said.from_user_id,
            out: false,
            random_id: 0,
            text: (&*said.text).into(),
            entities: Box::default(),
            media: None,
            reply_to: said.reply_to,
        }),
        Event::Contact { account, user_id, first_name, last_name } => {
            let contact = Contact {
                first_name: first_name.clone().into_owned(),
                last_name: last_name.clone().into_owned(),
            };
            let past = pasts.entry(*account).or_default();
            past.mailbox.keep_contact(*user_id, contact);
        }
        Event::Banned { account } => pasts.entry(*account).or_default().banned = true,
        Event::Frozen { account, since, until, appeal_url } => {
            let past = pasts.entry(*account).or_default();
            past.frozen = Some((*since, *until, appeal_url.clone().into_owned()));
        }
        Event::Moved { account, dc } => pasts.entry(*account).or_default().home = Some(*dc),
        Event::Pardoned { account } => {
            let past = pasts.entry(*account).or_default();
            past.banned = false;
            past.frozen = None;
            past.logged_out.clear();
        }
        Event::LoggedOut { account, dc } => {
            pasts.entry(*account).or_default().logged_out.push(*dc);
        }
        Event::SignedIn { .. } => {}
        Event::UpdatesForgotten { account, pts } => {
            pasts.entry(*account).or_default().mailbox.forget_updates_before(*pts);
        }
        Event::RandomIdsForgotten { journal_lines } => *forgotten = *journal_lines,
    }
}

fn apply_delivered(
    pasts: &mut BTreeMap<i64, Past>,
    delivered: &Delivered<'_>,
    forgotten: bool,
    is_account: impl Fn(i64) -> bool,
) {
    let letter = |id, peer, out, random_id| Letter {
        id,
        date: clock::date_of_stamp(&delivered.at).unwrap_or(0),
        peer,
        out,
        random_id,
        text: (&*delivered.text).into(),
        entities: delivered.entities.to_vec().into_boxed_slice(),
        media: delivered.media.clone().map(Box::new),
        reply_to: delivered.reply_to.filter(|_| out),
    };
    let (from, to) = (delivered.from_user_id, delivered.to_user_id);
    let random_id = if forgotten { 0 } else { delivered.random_id };
    let sent = letter(delivered.message_id, to, true, random_id);
    pasts.entry(from).or_default().letters.push(sent);
    if let Some(id) = delivered.to_message_id
        && is_account(to)
    {
        let received = letter(id, from, false, 0);
        pasts.entry(to).or_default().letters.push(received);
    }
}
