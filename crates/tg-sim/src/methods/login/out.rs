//! core.telegram.org/method/auth.logOut: nobody is signed in with the key any more.

use grammers_tl_types as tl;

use super::super::caller::Caller;
use crate::mail::Event;

pub(crate) fn log_out(caller: &Caller<'_>) -> tl::enums::auth::LoggedOut {
    caller.device.log_out(caller.dc);
    let account = caller.device.user_id();
    caller.shared.events.push(&Event::LoggedOut { account, dc: caller.dc });
    tl::types::auth::LoggedOut { future_auth_token: None }.into()
}
