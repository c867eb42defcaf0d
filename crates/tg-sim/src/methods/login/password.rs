//! Two-step verification: core.telegram.org/api/srp.

use grammers_tl_types as tl;
use tl::{enums, functions as f, types as t};

use super::super::caller::Caller;
use super::super::errors::RpcError;
use crate::login::{GENERATOR, prime};

/// Whose password is meant: of whom the keys are about to be, or are.
fn asked(caller: &Caller<'_>) -> Result<usize, RpcError> {
    match caller.shared.desk.halfway(caller.device_index) {
        Some(account) => Ok(account),
        None if caller.device.is_signed_in(caller.dc) => Ok(caller.index),
        None => Err(RpcError::new(401, "AUTH_KEY_UNREGISTERED")),
    }
}

/// core.telegram.org/method/account.getPassword. Every call makes a new challenge.
pub(crate) fn get(caller: &Caller<'_>) -> Result<enums::account::Password, RpcError> {
    let account = asked(caller)?;
    let secrets = &caller.shared.accounts[account].identity.secrets;
    let desk = &caller.shared.desk;
    let mut password = t::account::Password {
        has_recovery: false,
        has_secure_values: false,
        has_password: false,
        current_algo: None,
        srp_b: None,
        srp_id: None,
        hint: None,
        email_unconfirmed_pattern: None,
        new_algo: enums::PasswordKdfAlgo::Unknown,
        new_secure_algo: enums::SecurePasswordKdfAlgo::Unknown,
        secure_random: Vec::new(),
        pending_reset_date: None,
        login_email_pattern: None,
    };
    if let Some(verifier) = caller.shared.verifier(account) {
        let challenge = verifier.challenge(caller.shared.world.seeded, &desk.draw());
        password.has_password = true;
        password.hint =
            secrets.password.as_deref().and_then(|p| p.split(' ').next_back()).map(str::to_owned);
        password.srp_id = Some(challenge.id);
        password.srp_b = Some(challenge.b_public.clone());
        let algo = t::PasswordKdfAlgoSha256Sha256Pbkdf2Hmacsha512iter100000Sha256ModPow {
            salt1: verifier.salt1.clone(),
            salt2: verifier.salt2.clone(),
            g: GENERATOR,
            p: prime(),
        };
        password.current_algo = Some(algo.into());
        desk.challenge(caller.device_index, challenge);
    }
    Ok(password.into())
}

/// core.telegram.org/method/auth.checkPassword.
pub(crate) fn check(
    caller: &Caller<'_>,
    args: &f::auth::CheckPassword,
) -> Result<enums::auth::Authorization, RpcError> {
    let account = asked(caller)?;
    let enums::InputCheckPasswordSrp::Srp(answer) = &args.password else {
        return Err(RpcError::bad("PASSWORD_HASH_INVALID"));
    };
    let challenge = caller.shared.desk.take_challenge(caller.device_index);
    let challenge = challenge.filter(|challenge| challenge.id == answer.srp_id);
    let challenge = challenge.ok_or(RpcError::bad("SRP_ID_INVALID"))?;
    let verifier = caller.shared.verifier(account);
    if verifier.is_some_and(|v| v.proves(&challenge, &answer.a, &answer.m1)) {
        Ok(super::done::authorized(caller, account))
    } else {
        Err(RpcError::bad("PASSWORD_HASH_INVALID"))
    }
}
