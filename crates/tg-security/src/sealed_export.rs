//! A session to be carried to another home: sealed under a passphrase.
//!
//! One line of text, `tg-session/1.` and base64 (URL alphabet) of salt (16), nonce (12) and the
//! ChaCha20-Poly1305 ciphertext (RFC 8439), whose key Argon2id (RFC 9106) makes of the passphrase.
//! Inside: the account's name and number, each with its length, and the session.

use crate::keyfile::{MIN_PASSPHRASE, check_passphrase};
use crate::session_codec;
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use secrecy::{ExposeSecret, SecretString};
use tg_core::ids::Slug;
use tg_core::peer::PhoneNumber;
use tg_core::ports::{Entropy, Session};
use zeroize::Zeroizing;

/// How such a text begins.
pub const SEALED_EXPORT: &str = "tg-session/1.";

const SALT: usize = 16;
/// RFC 9106, section 4, the second recommended option: 64 MiB, 3 passes, 4 lanes.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
const LANES: u32 = 4;

/// An account that was carried over.
#[derive(Debug)]
pub struct CarriedAccount {
    /// How it was called there.
    pub name: Slug,
    /// Its own number, if it has one.
    pub phone: Option<PhoneNumber>,
    /// What a connection starts from.
    pub session: Session,
}

/// Why an export could not be made or opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealedExportError {
    /// The passphrase is too short.
    #[error("the passphrase should have at least {MIN_PASSPHRASE} characters")]
    Short,
    /// The session cannot be written down.
    #[error("the session cannot be written down")]
    Session,
    /// It is no export.
    #[error("it is no sealed session")]
    Form,
    /// It does not open.
    #[error("it does not open: another passphrase, or the text was altered")]
    Passphrase,
}

/// Seals an account's session under a passphrase.
///
/// # Errors
/// If the passphrase is too short, or the session cannot be written down.
pub fn seal_export(
    account: &CarriedAccount,
    passphrase: &SecretString,
    entropy: &dyn Entropy,
) -> Result<String, SealedExportError> {
    check_passphrase(passphrase).map_err(|_| SealedExportError::Short)?;
    let session =
        session_codec::encode(&account.session).map_err(|_| SealedExportError::Session)?;
    let mut inside = Zeroizing::new(Vec::with_capacity(128 + session.len() + 16));
    let phone = account.phone.as_ref().map_or("", PhoneNumber::e164);
    for text in [account.name.as_str(), phone] {
        // A name has at most 64 bytes, a number 16.
        inside.push(u8::try_from(text.len()).map_err(|_| SealedExportError::Session)?);
        inside.extend_from_slice(text.as_bytes());
    }
    inside.extend_from_slice(&session);
    let mut head = [0; SALT + NONCE_LEN];
    entropy.fill(&mut head);
    let (salt, nonce) = head.split_at(SALT);
    key(passphrase, salt)?
        .seal_in_place_append_tag(nonce_of(nonce)?, Aad::from(SEALED_EXPORT), &mut *inside)
        .map_err(|_| SealedExportError::Session)?;
    let mut out = head.to_vec();
    out.extend_from_slice(&inside);
    Ok(format!("{SEALED_EXPORT}{}", URL_SAFE_NO_PAD.encode(out)))
}

/// Opens a sealed session.
///
/// # Errors
/// If it is none, or does not open.
pub fn open_export(
    text: &str,
    passphrase: &SecretString,
) -> Result<CarriedAccount, SealedExportError> {
    let body = text.trim().strip_prefix(SEALED_EXPORT).ok_or(SealedExportError::Form)?;
    let bytes = URL_SAFE_NO_PAD.decode(body).map_err(|_| SealedExportError::Form)?;
    let (salt, rest) = bytes.split_at_checked(SALT).ok_or(SealedExportError::Form)?;
    let (nonce, sealed) = rest.split_at_checked(NONCE_LEN).ok_or(SealedExportError::Form)?;
    let mut inside = Zeroizing::new(sealed.to_vec());
    let inside = key(passphrase, salt)?
        .open_in_place(nonce_of(nonce)?, Aad::from(SEALED_EXPORT), &mut inside)
        .map_err(|_| SealedExportError::Passphrase)?;
    let (name, rest) = text_of(inside)?;
    let (phone, rest) = text_of(rest)?;
    let phone = (!phone.is_empty()).then(|| PhoneNumber::from_e164(phone)).transpose();
    Ok(CarriedAccount {
        name: Slug::parse(name).map_err(|_| SealedExportError::Form)?,
        phone: phone.map_err(|_| SealedExportError::Form)?,
        session: session_codec::decode(rest).map_err(|_| SealedExportError::Form)?,
    })
}

fn text_of(bytes: &[u8]) -> Result<(&str, &[u8]), SealedExportError> {
    let (length, rest) = bytes.split_first().ok_or(SealedExportError::Form)?;
    let (text, rest) =
        rest.split_at_checked(usize::from(*length)).ok_or(SealedExportError::Form)?;
    Ok((std::str::from_utf8(text).map_err(|_| SealedExportError::Form)?, rest))
}

fn nonce_of(bytes: &[u8]) -> Result<Nonce, SealedExportError> {
    Nonce::try_assume_unique_for_key(bytes).map_err(|_| SealedExportError::Form)
}

fn key(passphrase: &SecretString, salt: &[u8]) -> Result<LessSafeKey, SealedExportError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, Some(32))
        .expect("RFC 9106 recommends these numbers");
    let mut bytes = Zeroizing::new([0u8; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.expose_secret().as_bytes(), salt, bytes.as_mut())
        .map_err(|_| SealedExportError::Passphrase)?;
    let key = UnboundKey::new(&CHACHA20_POLY1305, bytes.as_ref())
        .expect("a key of ChaCha20-Poly1305 has 32 bytes");
    Ok(LessSafeKey::new(key))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::entropy::SystemEntropy;
    use tg_core::ids::UserId;
    use tg_core::ports::DcAuth;

    #[test]
    fn opens_with_its_passphrase_and_no_other() {
        let addr = "127.0.0.1:443".parse().unwrap();
        let session = Session {
            user_id: UserId(7),
            is_bot: false,
            home_dc: 2,
            dcs: vec![DcAuth { dc: 2, addr, key: Some([0xab; 256]) }],
            updates: None,
        };
        let account = CarriedAccount {
            name: Slug::parse("anna").unwrap(),
            phone: PhoneNumber::from_e164("+4915112345678").ok(),
            session,
        };
        let secret = |text: &str| SecretString::from(text);
        let made = seal_export(&account, &secret("correct horse"), &SystemEntropy::new()).unwrap();
        let opened = open_export(&made, &secret("correct horse")).unwrap();
        assert_eq!((opened.name, opened.phone), (account.name.clone(), account.phone.clone()));
        assert_eq!(opened.session, account.session);
        let wrong = open_export(&made, &secret("wrong horse")).unwrap_err();
        assert_eq!(wrong, SealedExportError::Passphrase);
        let short = seal_export(&account, &secret("short"), &SystemEntropy::new());
        assert_eq!(short.unwrap_err(), SealedExportError::Short);
        for text in ["", "tg-session/1.", "tg-session/1.AAAA", "tg-session/1.§"] {
            assert_eq!(open_export(text, &secret("x")).unwrap_err(), SealedExportError::Form);
        }
    }
}
