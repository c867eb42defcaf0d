//! Somebody is in.

use grammers_tl_types as tl;
use tl::{enums, types as t};

use super::super::caller::Caller;
use crate::mail::Event;
use crate::sync::locked;

/// Signs the caller's keys in, and says so.
pub(super) fn authorized(caller: &Caller<'_>, account: usize) -> enums::auth::Authorization {
    let shared = caller.shared;
    let whose = &shared.accounts[account];
    caller.device.sign_in(caller.device_index, account, caller.dc);
    shared.desk.passed(caller.device_index);
    shared.events.push(&Event::SignedIn {
        keys: caller.device.user_id(),
        account: whose.user_id(),
        dc: caller.dc,
    });
    let now = Caller { account: whose, index: account, ..*caller };
    let user = now.view(&locked(&whose.mailbox), &whose.identity.person);
    t::auth::Authorization {
        setup_password_required: false,
        otherwise_relogin_days: None,
        tmp_sessions: None,
        future_auth_token: None,
        user,
    }
    .into()
}
