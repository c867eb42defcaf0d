//! `account.*` and `auth.*`, as far as they are about a session that exists already.

use grammers_tl_types as tl;

use super::caller::Caller;
use crate::mail::Event;

/// core.telegram.org/method/auth.logOut: the key is of no use any more.
pub(crate) fn log_out(caller: &Caller<'_>) -> tl::enums::auth::LoggedOut {
    caller.account.log_out(caller.dc);
    caller
        .shared
        .events
        .push(&Event::LoggedOut { account: caller.account.user_id(), dc: caller.dc });
    tl::types::auth::LoggedOut { future_auth_token: None }.into()
}
