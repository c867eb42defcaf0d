//! API keys and sign-in tokens: drawn, shown once, kept as a hash, compared in constant time.
//!
//! `tgk_ID_SECRET_CHECK`, in hexadecimal: 8 bytes that are no secret and find the row, 32 random
//! bytes, and the first 4 bytes of a hash over what comes before. The check tells a slip of the
//! hand from a wrong key without asking the database, and lets scanners of source code recognise a
//! key for certain. The secret has 256 bits of entropy: a fast hash is right for it, a slow one
//! (for passwords that people choose) would cost every command and protect nothing more.

use ring::{digest, hmac};
use secrecy::{ExposeSecret, SecretString};
use std::fmt;
use tg_core::ports::Entropy;
use zeroize::Zeroizing;

const ID: usize = 8;
const SECRET: usize = 32;
const CHECK: usize = 4;
/// Separates this use of the hash from every other; no secret.
const PURPOSE: &[u8] = b"tg.token/1";

/// What a token is for. One kind is never taken for the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// An operator's API key.
    ApiKey,
    /// A sign-in.
    SignIn,
}

impl TokenKind {
    const fn prefix(self) -> &'static str {
        match self {
            Self::ApiKey => "tgk",
            Self::SignIn => "tgs",
        }
    }
}

/// Why a text is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It does not look like one.
    #[error("it does not look like one")]
    Shape,
    /// It looks like one, with a letter changed.
    #[error("its check digits do not match: it was mistyped or cut off")]
    Check,
}

/// A token in clear. Wiped when dropped; `Debug` shows the part that is no secret.
pub struct Token {
    id: String,
    text: SecretString,
}

impl Token {
    /// Draws one.
    #[must_use]
    pub fn draw(kind: TokenKind, entropy: &dyn Entropy) -> Self {
        let mut id = [0; ID];
        let mut secret = Zeroizing::new([0; SECRET]);
        entropy.fill(&mut id);
        entropy.fill(secret.as_mut());
        let secret = Zeroizing::new(hex::encode(secret.as_ref()));
        let id = hex::encode(id);
        let mut text = format!("{}_{id}_{}_", kind.prefix(), *secret);
        let check = check(&text);
        text.push_str(&check);
        Self { id, text: SecretString::from(text) }
    }

    /// Reads one as somebody showed it.
    ///
    /// # Errors
    /// Says whether it looks like one at all; never quotes it.
    pub fn parse(kind: TokenKind, text: &str) -> Result<Self, TokenError> {
        let text = text.trim();
        let parts: Vec<&str> = text.split('_').take(5).collect();
        let [prefix, id, secret, given] = parts.as_slice() else { return Err(TokenError::Shape) };
        let is_hex = |part: &str, length: usize| {
            part.len() == 2 * length && part.bytes().all(|b| b.is_ascii_hexdigit())
        };
        let fits = *prefix == kind.prefix()
            && is_hex(id, ID)
            && is_hex(secret, SECRET)
            && is_hex(given, CHECK);
        if !fits {
            return Err(TokenError::Shape);
        }
        // The check is no secret: whoever knows the rest can compute it.
        if check(&text[..text.len() - given.len()]) != *given {
            return Err(TokenError::Check);
        }
        Ok(Self { id: (*id).to_owned(), text: SecretString::from(text.to_owned()) })
    }

    /// The part that is no secret, by which its row is found.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The text, to be shown once or kept in a file of its owner's.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.text.expose_secret()
    }

    /// What is kept of it.
    #[must_use]
    pub fn proof(&self) -> [u8; 32] {
        let mut proof = [0; 32];
        proof.copy_from_slice(hmac::sign(&key(), self.expose().as_bytes()).as_ref());
        proof
    }

    /// Whether it is the one that `proof` was kept of, compared in constant time.
    #[must_use]
    pub fn proves(&self, proof: &[u8; 32]) -> bool {
        hmac::verify(&key(), self.expose().as_bytes(), proof).is_ok()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("id", &self.id).finish_non_exhaustive()
    }
}

fn key() -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, PURPOSE)
}

/// The check digits of what comes before them.
fn check(body: &str) -> String {
    hex::encode(&digest::digest(&digest::SHA256, body.as_bytes()).as_ref()[..CHECK])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::entropy::SystemEntropy;
    use proptest::prelude::*;
    use tg_core::testing::SeededEntropy;

    fn draw(seed: u64) -> Token {
        Token::draw(TokenKind::ApiKey, &SeededEntropy::new(seed))
    }

    #[test]
    fn what_is_drawn_can_be_read_and_proves_itself_alone() {
        let (one, other) = (draw(1), draw(2));
        let read = Token::parse(TokenKind::ApiKey, &format!("  {}\n", one.expose())).unwrap();
        assert_eq!((read.id(), read.proof()), (one.id(), one.proof()));
        assert!(read.proves(&one.proof()) && !read.proves(&other.proof()));
        assert_eq!(one.expose().len(), 3 + 1 + 16 + 1 + 64 + 1 + 8);
        let drawn = Token::draw(TokenKind::ApiKey, &SystemEntropy::new());
        assert_ne!(drawn.expose(), Token::draw(TokenKind::ApiKey, &SystemEntropy::new()).expose());
    }

    #[test]
    fn neither_the_secret_nor_its_kind_slips() {
        let key = draw(1);
        let secret = key.expose().split('_').nth(2).unwrap();
        assert!(!format!("{key:?}").contains(secret));
        assert!(!hex::encode(key.proof()).contains(secret));
        let taken = Token::parse(TokenKind::SignIn, key.expose());
        assert_eq!(taken.unwrap_err(), TokenError::Shape, "a key is no sign-in");
    }

    #[test]
    fn a_slip_of_the_hand_is_told_from_nonsense() {
        let text = draw(1).expose().to_owned();
        let swapped =
            text.replacen(&text[30..32], if &text[30..32] == "00" { "11" } else { "00" }, 1);
        let read = |text: &str| Token::parse(TokenKind::ApiKey, text).unwrap_err();
        assert_eq!(read(&swapped), TokenError::Check);
        for nonsense in [
            "",
            "tgk",
            "tgk___",
            "password",
            &text[..text.len() - 1],
            &format!("{text}_"),
            &format!("{text}0"),
            &text.to_uppercase(),
            &"_".repeat(10_000),
        ] {
            assert_eq!(read(nonsense), TokenError::Shape, "{nonsense}");
        }
    }

    proptest! {
        #[test]
        fn nothing_that_people_paste_panics(text in ".{0,200}") {
            let _ = Token::parse(TokenKind::ApiKey, &text);
        }

        #[test]
        fn one_changed_letter_is_never_the_same_key(at in 0usize..94, digit in 0u32..16) {
            let key = draw(7);
            let mut text: Vec<char> = key.expose().chars().collect();
            let new = char::from_digit(digit, 16).unwrap();
            prop_assume!(text[at] != new);
            text[at] = new;
            let text: String = text.into_iter().collect();
            prop_assert!(Token::parse(TokenKind::ApiKey, &text).is_err());
        }
    }
}
