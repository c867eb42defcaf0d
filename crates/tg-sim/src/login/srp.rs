//! Two-step verification, the server's side (core.telegram.org/api/srp).

use num_bigint::BigUint;
use ring::pbkdf2;
use sha2::{Digest, Sha256};
use std::num::NonZeroU32;

use crate::seeded::Seeded;

/// The prime of 2048 bits that Telegram uses, and the generator that goes with it.
const PRIME: &str = "c71caeb9c6b1c9048e6c522f70f13f73980d40238e3e21c14934d037563d930f\
48198a0aa7c14058229493d22530f4dbfa336f6e0ac925139543aed44cce7c37\
20fd51f69458705ac68cd4fe6b6b13abdc9746512969328454f18faf8c595f64\
2477fe96bb2a941d5bcd1d4ac8cc49880708fa9b378e3c4f3a9060bee67cf9a4\
a4a695811051907e162753b56b0f6b410dba74d8a84b2a14b3144e0ef1284754\
fd17ed950d5965b4b9dd46582db1178d169c6bc465b0d6ff9ca3928fef5b9ae4\
e418fc15e83ebea0f87fa9ff5eed70050ded2849f47bf959d956850ce929851f\
0d8115f635b105ee2e4e15d04b2454bf6f4fadf034b10403119cd8e3b92fcc5b";
pub(crate) const GENERATOR: i32 = 3;
const SIZE: usize = 256;
const ROUNDS: NonZeroU32 = match NonZeroU32::new(100_000) {
    Some(rounds) => rounds,
    None => NonZeroU32::MIN,
};

/// What is kept of a password: enough to check it, not to know it.
#[derive(Debug)]
pub(crate) struct Verifier {
    pub(crate) salt1: Vec<u8>,
    pub(crate) salt2: Vec<u8>,
    v: BigUint,
}

/// A question that only somebody with the password can answer, once.
#[derive(Debug)]
pub(crate) struct Challenge {
    pub(crate) id: i64,
    secret: BigUint,
    pub(crate) b_public: Vec<u8>,
}

pub(crate) fn prime() -> Vec<u8> {
    hex::decode(PRIME).expect("the constant is hexadecimal")
}

impl Verifier {
    pub(crate) fn new(seeded: Seeded, user_id: i64, password: &str) -> Self {
        let salt1 = seeded.block("salt 1", &[user_id]).to_vec();
        let salt2 = seeded.block("salt 2", &[user_id])[..16].to_vec();
        let x = BigUint::from_bytes_be(&stretched(password.as_bytes(), &salt1, &salt2));
        let p = BigUint::from_bytes_be(&prime());
        Self { v: generator().modpow(&x, &p), salt1, salt2 }
    }

    pub(crate) fn challenge(&self, seeded: Seeded, draw: &[i64]) -> Challenge {
        let p = BigUint::from_bytes_be(&prime());
        let blocks = (0..8_i64).flat_map(|n| {
            let parts = [draw, &[n]].concat();
            seeded.block("srp b", &parts)
        });
        let secret = BigUint::from_bytes_be(&blocks.collect::<Vec<u8>>());
        let b = (multiplier() * &self.v + generator().modpow(&secret, &p)) % &p;
        let id = seeded.number("srp id", draw).cast_signed();
        Challenge { id, secret, b_public: padded(&b) }
    }

    /// Whether the answer shows knowledge of the password.
    pub(crate) fn proves(&self, challenge: &Challenge, a_public: &[u8], m1: &[u8]) -> bool {
        let p = BigUint::from_bytes_be(&prime());
        let a = BigUint::from_bytes_be(a_public);
        if a_public.len() > SIZE || &a % &p == BigUint::ZERO || a >= p {
            return false;
        }
        let a_bytes = padded(&a);
        let u = BigUint::from_bytes_be(&hash(&[&a_bytes, &challenge.b_public]));
        let s = (a * self.v.modpow(&u, &p)).modpow(&challenge.secret, &p);
        let key = hash(&[&padded(&s)]);
        let p_hash = hash(&[&prime()]);
        let g_hash = hash(&[&padded(&generator())]);
        let mixed: Vec<u8> = p_hash.iter().zip(g_hash).map(|(p, g)| p ^ g).collect();
        let salts = (hash(&[&self.salt1]), hash(&[&self.salt2]));
        let wanted = hash(&[&mixed, &salts.0, &salts.1, &a_bytes, &challenge.b_public, &key]);
        wanted == m1
    }
}

fn generator() -> BigUint {
    BigUint::from(GENERATOR.unsigned_abs())
}

/// `k = H(p | g)`
fn multiplier() -> BigUint {
    BigUint::from_bytes_be(&hash(&[&prime(), &padded(&generator())]))
}

/// `PH2` of the documentation.
fn stretched(password: &[u8], salt1: &[u8], salt2: &[u8]) -> [u8; 32] {
    let salted = |data: &[u8], salt: &[u8]| hash(&[salt, data, salt]);
    let first = salted(&salted(password, salt1), salt2);
    let mut long = [0; 64];
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA512, ROUNDS, salt1, &first, &mut long);
    salted(&long, salt2)
}

fn hash(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().into()
}

fn padded(number: &BigUint) -> Vec<u8> {
    let bytes = number.to_bytes_be();
    let mut out = vec![0; SIZE.saturating_sub(bytes.len())];
    out.extend(bytes);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use grammers_crypto::two_factor_auth::calculate_2fa;

    fn answer(verifier: &Verifier, challenge: &Challenge, password: &str) -> (Vec<u8>, Vec<u8>) {
        let (m1, a) = calculate_2fa(
            &verifier.salt1,
            &verifier.salt2,
            &prime(),
            &GENERATOR,
            challenge.b_public.clone(),
            vec![7; 256],
            password,
        );
        (a.to_vec(), m1.to_vec())
    }

    #[test]
    fn only_the_password_proves_the_password() {
        let seeded = Seeded::new(4);
        let verifier = Verifier::new(seeded, 9, "correct horse");
        let challenge = verifier.challenge(seeded, &[1]);
        let (a, m1) = answer(&verifier, &challenge, "correct horse");
        assert!(verifier.proves(&challenge, &a, &m1));
        assert!(!verifier.proves(&verifier.challenge(seeded, &[2]), &a, &m1));
        let (a, m1) = answer(&verifier, &challenge, "wrong horse");
        assert!(!verifier.proves(&challenge, &a, &m1));
        assert!(!verifier.proves(&challenge, &prime(), &m1));
        assert!(!verifier.proves(&challenge, &[0; 256], &m1));
    }
}
