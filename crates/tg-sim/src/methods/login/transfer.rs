//! Being known at another data centre, for its files: core.telegram.org/api/datacenter#authorization-transfer.

use grammers_tl_types as tl;
use tl::{enums, functions as f, types as t};

use super::super::caller::Caller;
use super::super::errors::RpcError;
use crate::sync::locked;

/// core.telegram.org/method/auth.exportAuthorization.
pub(crate) fn export(
    caller: &Caller<'_>,
    args: &f::auth::ExportAuthorization,
) -> Result<enums::auth::ExportedAuthorization, RpcError> {
    if args.dc_id == caller.dc || !caller.shared.addresses.contains_key(&args.dc_id) {
        return Err(RpcError::bad("DC_ID_INVALID"));
    }
    let id = caller.account.user_id();
    Ok(t::auth::ExportedAuthorization { id, bytes: ticket(caller, args.dc_id) }.into())
}

/// core.telegram.org/method/auth.importAuthorization.
pub(crate) fn import(
    caller: &Caller<'_>,
    args: &f::auth::ImportAuthorization,
) -> Result<enums::auth::Authorization, RpcError> {
    let known = args.id == caller.account.user_id() && args.bytes == ticket(caller, caller.dc);
    if !known {
        return Err(RpcError::bad("AUTH_BYTES_INVALID"));
    }
    let user = caller.view(&locked(&caller.account.mailbox), &caller.account.identity.person);
    Ok(t::auth::Authorization {
        setup_password_required: false,
        otherwise_relogin_days: None,
        tmp_sessions: None,
        future_auth_token: None,
        user,
    }
    .into())
}

/// Follows from whom it is for, with which keys, and where it is good.
fn ticket(caller: &Caller<'_>, dc: i32) -> Vec<u8> {
    let parts = [caller.account.user_id(), caller.device.user_id(), i64::from(dc)];
    caller.shared.world.seeded.block("authorization", &parts).to_vec()
}
