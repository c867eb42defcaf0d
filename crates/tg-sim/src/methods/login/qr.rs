//! Signing in by QR code: core.telegram.org/api/qr-login.

use grammers_tl_types as tl;
use tl::{Serializable, enums, functions as f, types as t};

use super::super::caller::{Caller, Effects};
use super::super::errors::RpcError;
use crate::clock;
use crate::shared::Shared;

/// core.telegram.org/method/auth.exportLoginToken.
pub(crate) fn export(
    caller: &Caller<'_>,
    args: &f::auth::ExportLoginToken,
) -> Result<enums::auth::LoginToken, RpcError> {
    if args.api_hash.is_empty() {
        return Err(RpcError::bad("API_ID_INVALID"));
    }
    let desk = &caller.shared.desk;
    if let Some((token, account)) = desk.accepted(caller.device_index) {
        let dc_id = caller.shared.accounts[account].home_dc();
        if dc_id != caller.dc {
            return Ok(t::auth::LoginTokenMigrateTo { dc_id, token }.into());
        }
        return success(caller, &token, account);
    }
    let (token, until) = desk.show_token(caller.device_index);
    let expires = clock::date_of(until);
    Ok(t::auth::LoginToken { expires, token }.into())
}

/// core.telegram.org/method/auth.importLoginToken, at the data centre of who accepted it.
pub(crate) fn import(
    caller: &Caller<'_>,
    args: &f::auth::ImportLoginToken,
) -> Result<enums::auth::LoginToken, RpcError> {
    match caller.shared.desk.accepted(caller.device_index) {
        Some((token, account)) if token == args.token => success(caller, &token, account),
        _ => Err(RpcError::bad("AUTH_TOKEN_EXPIRED")),
    }
}

fn success(
    caller: &Caller<'_>,
    token: &[u8],
    account: usize,
) -> Result<enums::auth::LoginToken, RpcError> {
    caller.shared.desk.end_token(token);
    if caller.shared.accounts[account].identity.secrets.password.is_some() {
        caller.shared.desk.needs_password(caller.device_index, account);
        return Err(RpcError::new(401, "SESSION_PASSWORD_NEEDED"));
    }
    let authorization = super::done::authorized(caller, account);
    Ok(t::auth::LoginTokenSuccess { authorization }.into())
}

/// core.telegram.org/method/auth.acceptLoginToken, from a session that is in already.
pub(crate) fn accept(
    caller: &Caller<'_>,
    args: &f::auth::AcceptLoginToken,
    effects: &mut Effects,
) -> Result<enums::Authorization, RpcError> {
    let pushes = token_accepted(caller.shared, &args.token, caller.index);
    effects.pushes.push(pushes.ok_or(RpcError::bad("AUTH_TOKEN_INVALID"))?);
    let now = clock::date();
    Ok(t::Authorization {
        current: false,
        official_app: false,
        password_pending: false,
        encrypted_requests_disabled: false,
        call_requests_disabled: false,
        unconfirmed: false,
        hash: 1,
        device_model: "unknown".to_owned(),
        platform: "unknown".to_owned(),
        system_version: String::new(),
        api_id: 1,
        app_name: "unknown".to_owned(),
        app_version: String::new(),
        date_created: now,
        date_active: now,
        ip: "127.0.0.1".to_owned(),
        country: String::new(),
        region: String::new(),
    }
    .into())
}

/// An account accepts a token: whoever shows it is told (core.telegram.org/constructor/updateLoginToken).
pub(crate) fn token_accepted(
    shared: &Shared,
    token: &[u8],
    account: usize,
) -> Option<(usize, Vec<u8>)> {
    let keys = shared.desk.accept_token(token, account)?;
    let update = enums::Update::LoginToken;
    let update: enums::Updates = t::UpdateShort { update, date: clock::date() }.into();
    Some((keys, update.to_bytes()))
}
