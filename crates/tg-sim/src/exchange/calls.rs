//! Calls of the API: what the script says to them, and what they are answered.

use std::sync::Arc;
use std::time::Instant;

use super::conversation::{Exchange, Held, Round};
use super::service;
use crate::methods::{Call, Caller, Effects, Parsed, RpcError, parse, send_keys};
use crate::mtproto::{Outgoing, Request, Session};
use crate::script::{Action, Asked, Moment};
use crate::shared::Shared;
use crate::sync::locked;

/// How many calls a connection may have waiting in `delay_ms`.
const MOST_HELD: usize = 10_000;

impl Exchange {
    pub(super) fn handle_call(
        &mut self,
        request: &Request<'_>,
        session: &Arc<Session>,
        round: &mut Round,
    ) {
        if request.seq_no & 1 == 0 {
            // Calls are content-related.
            round.outgoing.push(service::bad_message(request.msg_id, request.seq_no, 35));
            return;
        }
        let Parsed { method, call, updates } = parse(&request.body);
        let shared = Arc::clone(&self.shared);
        let Some(caller) = caller(&shared, self.account, self.dc) else {
            round.close = true;
            return;
        };
        // Only calls of one's own data centre make a connection one for updates.
        let at_home = caller.account.home_dc() == self.dc;
        self.wants_updates |= updates && (at_home || !caller.device.is_signed_in(self.dc));
        if let Ok(call) = &call
            && let Err(error) = caller.admit(call)
        {
            answered(&shared, round, method, request.msg_id, Err(error));
            return;
        }
        let to = call.as_ref().map_or_else(|_| Vec::new(), |call| caller.targets(call));
        let action = shared.script.decide(&Asked {
            method,
            account: caller.index,
            to: &to,
            at: Instant::now(),
        });
        match (action, call) {
            (Some(Action::Delay(delay)), Ok(call)) if self.held.len() < MOST_HELD => {
                set_in_flight(&caller, &call, true);
                round.acknowledge.push(request.msg_id);
                self.held.push_back(Held {
                    due: Instant::now() + delay,
                    req_msg_id: request.msg_id,
                    method,
                    call,
                    session: Arc::clone(session),
                });
            }
            (Some(action), call) => act(&caller, round, request.msg_id, method, call, action),
            (None, call) => {
                let answer = call.and_then(|call| caller.apply(&call, &mut round.effects));
                answered(&shared, round, method, request.msg_id, answer);
            }
        }
    }
}

pub(super) fn caller(shared: &Shared, account: Option<usize>, dc: i32) -> Option<Caller<'_>> {
    let device_index = account?;
    let device = shared.accounts.get(device_index)?;
    let index = device.tenant().unwrap_or(device_index);
    Some(Caller { shared, account: shared.accounts.get(index)?, index, device, device_index, dc })
}

/// Does to a call what a rule says; everything but delays.
pub(super) fn act(
    caller: &Caller<'_>,
    round: &mut Round,
    req_msg_id: i64,
    method: &'static str,
    call: Result<Call, RpcError>,
    action: Action,
) {
    let shared = caller.shared;
    let apply = |effects: &mut Effects| {
        let answer = call.clone().and_then(|call| caller.apply(&call, effects));
        shared.counters.called(method, answer.is_ok());
        answer
    };
    match action {
        Action::RpcError { code, text, moment } => {
            if moment == Moment::After {
                // Counted as applied; what is answered is the rule's error.
                let _ = apply(&mut round.effects);
            } else {
                shared.counters.called(method, false);
            }
            let text = text.into();
            let error = RpcError { code, text }.to_bytes();
            round.outgoing.push(Outgoing::result(req_msg_id, &error));
        }
        Action::Drop(moment) | Action::Hang(moment) | Action::Mute(moment) => {
            if moment == Moment::After {
                let _ = apply(&mut round.effects);
            } else {
                shared.counters.called(method, false);
            }
            round.close = matches!(action, Action::Drop(_));
            round.mute = matches!(action, Action::Mute(_));
            if !round.close {
                round.acknowledge.push(req_msg_id);
            }
        }
        Action::Move(dc) => {
            shared.relocate(caller.account, dc);
            let text = format!("USER_MIGRATE_{dc}").into();
            answered(shared, round, method, req_msg_id, Err(RpcError { code: 303, text }));
        }
        Action::Ban => {
            shared.ban(caller.account);
            let error = RpcError::new(401, "USER_DEACTIVATED_BAN");
            answered(shared, round, method, req_msg_id, Err(error));
        }
        Action::Freeze { until, appeal_url } => {
            shared.freeze(caller.account, until, &appeal_url);
            let error = RpcError::new(420, "FROZEN_METHOD_INVALID");
            answered(shared, round, method, req_msg_id, Err(error));
        }
        // A limit that has room does not act, and one that has not is an error; there is no room for one more delay;
        // a data centre is no model.
        Action::Limit(_) | Action::Delay(_) | Action::Gemini(_) => {
            let error = RpcError::new(500, "WORKER_BUSY_TOO_LONG_RETRY");
            answered(shared, round, method, req_msg_id, Err(error));
        }
    }
}

pub(super) fn answered(
    shared: &Shared,
    round: &mut Round,
    method: &'static str,
    req_msg_id: i64,
    answer: Result<Vec<u8>, RpcError>,
) {
    shared.counters.called(method, answer.is_ok());
    let body = answer.unwrap_or_else(|error| error.to_bytes());
    round.outgoing.push(Outgoing::result(req_msg_id, &body));
}

/// A send that is held is in flight: another one with its random id is refused until it is through.
pub(super) fn set_in_flight(caller: &Caller<'_>, call: &Call, in_flight: bool) {
    let Some((peer, ids)) = send_keys(call) else {
        return;
    };
    let Ok(to) = caller.peer(peer) else {
        return;
    };
    let mut mailbox = locked(&caller.account.mailbox);
    for id in ids {
        if in_flight {
            mailbox.begin((to, id));
        } else {
            mailbox.end((to, id));
        }
    }
}
