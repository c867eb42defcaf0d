//! Two-step verification by SRP (core.telegram.org/api/srp): the password never leaves.

use crate::telegram::errors;
use grammers_client::tl::{enums, types};
use grammers_crypto::two_factor_auth::{calculate_2fa, check_p_and_g};
use secrecy::{ExposeSecret, SecretString};
use tg_core::ports::LoginError;

const SIZE: usize = 256;
/// What the documentation allows as a generator.
const GENERATORS: std::ops::RangeInclusive<i32> = 2..=7;

/// The answer to the question in `asked`. Takes a second of computing: not for an async thread.
///
/// # Errors
/// If the account has no password, or the question is not one that is safe to answer.
pub(super) fn answer(
    asked: types::account::Password,
    password: &SecretString,
    secret: Vec<u8>,
) -> Result<enums::InputCheckPasswordSrp, LoginError> {
    let unsafe_question =
        || LoginError::from(errors::unreadable("its password question is not safe to answer"));
    let (Some(algorithm), Some(b), Some(srp_id)) = (asked.current_algo, asked.srp_b, asked.srp_id)
    else {
        return Ok(enums::InputCheckPasswordSrp::InputCheckPasswordEmpty);
    };
    let enums::PasswordKdfAlgo::Sha256Sha256Pbkdf2Hmacsha512iter100000Sha256ModPow(algorithm) =
        algorithm
    else {
        return Err(
            errors::unreadable("it asks for the password in a way that is not known").into()
        );
    };
    let types::PasswordKdfAlgoSha256Sha256Pbkdf2Hmacsha512iter100000Sha256ModPow {
        salt1,
        salt2,
        g,
        p,
    } = algorithm;
    // The library panics on other sizes and generators.
    if p.len() != SIZE || !GENERATORS.contains(&g) || !below(&b, &p) || !check_p_and_g(&p, &g) {
        return Err(unsafe_question());
    }
    let (m1, a) = calculate_2fa(&salt1, &salt2, &p, &g, b, secret, password.expose_secret());
    Ok(types::InputCheckPasswordSrp { srp_id, a: a.to_vec(), m1: m1.to_vec() }.into())
}

/// Whether 0 < number < bound, both big-endian.
fn below(number: &[u8], bound: &[u8]) -> bool {
    let strip =
        |bytes: &[u8]| -> Vec<u8> { bytes.iter().copied().skip_while(|byte| *byte == 0).collect() };
    let (number, bound) = (strip(number), strip(bound));
    !number.is_empty()
        && (number.len() < bound.len() || (number.len() == bound.len() && number < bound))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(p: Vec<u8>, g: i32, b: Vec<u8>) -> types::account::Password {
        let algorithm = types::PasswordKdfAlgoSha256Sha256Pbkdf2Hmacsha512iter100000Sha256ModPow {
            salt1: vec![1],
            salt2: vec![2],
            g,
            p,
        };
        types::account::Password {
            has_recovery: false,
            has_secure_values: false,
            has_password: true,
            current_algo: Some(algorithm.into()),
            srp_b: Some(b),
            srp_id: Some(7),
            hint: None,
            email_unconfirmed_pattern: None,
            new_algo: enums::PasswordKdfAlgo::Unknown,
            new_secure_algo: enums::SecurePasswordKdfAlgo::Unknown,
            secure_random: vec![],
            pending_reset_date: None,
            login_email_pattern: None,
        }
    }

    #[test]
    fn questions_that_would_give_the_password_away_are_not_answered() {
        let password = SecretString::from("x");
        let odd = vec![0xff; SIZE];
        for bad in [
            question(vec![7], 3, vec![5]),
            question(odd.clone(), 9, vec![5]),
            question(odd.clone(), 3, vec![0]),
            question(odd.clone(), 3, vec![0xff; 300]),
            question(odd.clone(), 3, odd.clone()),
            // Not a prime.
            question(odd.clone(), 3, vec![5]),
        ] {
            assert!(answer(bad, &password, vec![1; SIZE]).is_err());
        }
    }

    #[test]
    fn order_of_big_numbers() {
        assert!(below(&[0, 5], &[6]));
        assert!(!below(&[6], &[0, 6]));
        assert!(!below(&[0, 0], &[6]));
        assert!(!below(&[1, 0], &[6]));
    }
}
