//! `updates.*`: where an account is, and what it has missed (core.telegram.org/api/updates).

use grammers_tl_types as tl;
use tl::{enums, functions as f, types as t};

use super::caller::Caller;
use super::errors::RpcError;
use crate::clock;
use crate::mail::{Letter, Mailbox};
use crate::sync::locked;

/// How many messages one answer has; the rest comes in the next slice.
const SLICE: usize = 100;
/// There are no updates with a sequence number of their own, so the number never moves.
const SEQ: i32 = 1;

fn state_at(pts: i32) -> enums::updates::State {
    t::updates::State { pts, qts: 0, date: clock::date(), seq: SEQ, unread_count: 0 }.into()
}

pub(crate) fn state(caller: &Caller<'_>) -> enums::updates::State {
    state_at(locked(&caller.account.mailbox).pts())
}

/// What came after a `pts`, in slices. A message that the account sent comes with the `updateMessageID` by which a client
/// that never got its answer recognises it.
pub(crate) fn difference(
    caller: &Caller<'_>,
    args: &f::updates::GetDifference,
) -> Result<enums::updates::Difference, RpcError> {
    if args.pts < 1 {
        return Err(RpcError::bad("PERSISTENT_TIMESTAMP_INVALID"));
    }
    let mailbox = locked(&caller.account.mailbox);
    let missed = mailbox.since(args.pts);
    let too_many = |limit: i32| usize::try_from(limit).is_ok_and(|limit| missed.len() > limit);
    if !mailbox.remembers(args.pts) || args.pts_total_limit.is_some_and(too_many) {
        let pts = mailbox.pts();
        return Ok(t::updates::DifferenceTooLong { pts }.into());
    }
    let slice = &missed[..missed.len().min(SLICE)];
    let Some(last) = slice.last() else {
        let (date, seq) = (clock::date(), SEQ);
        return Ok(t::updates::DifferenceEmpty { date, seq }.into());
    };
    let state = state_at(last.id + 1);
    let (new_messages, other_updates, users) = parts(caller, &mailbox, slice);
    if slice.len() < missed.len() {
        return Ok(t::updates::DifferenceSlice {
            new_messages,
            new_encrypted_messages: Vec::new(),
            other_updates,
            chats: Vec::new(),
            users,
            intermediate_state: state,
        }
        .into());
    }
    Ok(t::updates::Difference {
        new_messages,
        new_encrypted_messages: Vec::new(),
        other_updates,
        chats: Vec::new(),
        users,
        state,
    }
    .into())
}

fn parts(
    caller: &Caller<'_>,
    mailbox: &Mailbox,
    letters: &[Letter],
) -> (Vec<enums::Message>, Vec<enums::Update>, Vec<enums::User>) {
    let own = caller.account.user_id();
    let messages = letters.iter().map(|l| crate::tl::message(own, l)).collect();
    let sent = letters.iter().filter(|letter| letter.random_id != 0);
    let ids = sent
        .map(|letter| t::UpdateMessageId { id: letter.id, random_id: letter.random_id }.into())
        .collect();
    let people = letters.iter().map(|letter| letter.peer).chain([own]);
    (messages, ids, caller.views(mailbox, people))
}
