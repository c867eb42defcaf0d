//! Bots: core.telegram.org/method/auth.importBotAuthorization.

use grammers_tl_types as tl;
use tl::{enums, functions as f};

use super::super::caller::Caller;
use super::super::errors::RpcError;
use crate::account::Standing;

pub(crate) fn import(
    caller: &Caller<'_>,
    args: &f::auth::ImportBotAuthorization,
) -> Result<enums::auth::Authorization, RpcError> {
    if args.api_hash.is_empty() {
        return Err(RpcError::bad("API_ID_INVALID"));
    }
    let token = args.bot_auth_token.as_str();
    let mut accounts = caller.shared.accounts.iter();
    let bot = accounts.position(|a| a.identity.secrets.token.as_deref() == Some(token));
    let bot = bot.ok_or(RpcError::bad("ACCESS_TOKEN_INVALID"))?;
    let account = &caller.shared.accounts[bot];
    if account.standing() == Standing::Banned {
        return Err(RpcError::bad("ACCESS_TOKEN_EXPIRED"));
    }
    let home = account.home_dc();
    if home != caller.dc {
        return Err(RpcError { code: 303, text: format!("USER_MIGRATE_{home}").into() });
    }
    Ok(super::done::authorized(caller, bot))
}
