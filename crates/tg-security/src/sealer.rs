//! Seals values under the master key, so that a record opens only in the row it was made for.
//!
//! ChaCha20-Poly1305 (RFC 8439) with a random nonce per record. Each kind of record has a key of
//! its own, derived by HKDF-SHA-256 (RFC 5869). The associated data names kind, row and key
//! version: a record that is moved, or answered for another version, does not open.

use crate::keyfile::MasterKey;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use ring::rand::{SecureRandom, SystemRandom};
use std::fmt;
use tg_core::ports::SealedRecord;
use zeroize::Zeroizing;

/// The first byte of a record.
const FORMAT: u8 = 1;
const HEADER: usize = 1 + NONCE_LEN;
const TAG: usize = 16;

/// What is sealed: each kind has its own key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A Telegram session, named by its account.
    Session,
    /// A key that the home drew for itself, named by what it is.
    Secret,
    /// A secret that a person set, named by what it is and its version.
    Vault,
}

impl Kind {
    const fn label(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Secret => "secret",
            Self::Vault => "vault",
        }
    }
}

/// Why a value could not be sealed or opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The operating system has no random bytes.
    #[error("the operating system gave no random bytes for a nonce")]
    Entropy,
    /// Sealed under another master key.
    #[error("it is sealed under master key {found}, and this is master key {have}")]
    OtherKey {
        /// The version that the record names.
        found: u32,
        /// The version at hand.
        have: u32,
    },
    /// Written by another version of the program.
    #[error("its format {0} is not known to this version of the program")]
    Format(u8),
    /// Shorter than a record can be.
    #[error("the record is cut off ({0} bytes)")]
    Truncated(usize),
    /// The tag does not match.
    #[error(
        "it does not open: the master key is another one, or the record was altered or moved from another row"
    )]
    Tampered,
    /// The cipher refused its input; only values of many gigabytes can cause that.
    #[error("the value is too large to be sealed")]
    TooLarge,
}

/// Seals and opens under one master key.
pub struct Sealer {
    sessions: LessSafeKey,
    secrets: LessSafeKey,
    vault: LessSafeKey,
    version: u32,
    random: SystemRandom,
}

impl Sealer {
    /// Derives the keys of all kinds.
    #[must_use]
    pub fn new(master: &MasterKey) -> Self {
        Self {
            sessions: aead_key(master, Kind::Session),
            secrets: aead_key(master, Kind::Secret),
            vault: aead_key(master, Kind::Vault),
            version: master.version(),
            random: SystemRandom::new(),
        }
    }

    /// The version of the master key that new records are sealed under.
    #[must_use]
    pub const fn key_version(&self) -> u32 {
        self.version
    }

    /// Seals a value for the row `name`.
    ///
    /// # Errors
    /// If the operating system has no random bytes.
    pub fn seal(&self, kind: Kind, name: &str, value: &[u8]) -> Result<SealedRecord, SealError> {
        let mut nonce = [0u8; NONCE_LEN];
        self.random.fill(&mut nonce).map_err(|_| SealError::Entropy)?;
        let mut bytes = Vec::with_capacity(HEADER + value.len() + TAG);
        bytes.push(FORMAT);
        bytes.extend_from_slice(&nonce);
        // The value is encrypted where it stands: no second clear copy is left behind.
        bytes.extend_from_slice(value);
        let aad = Aad::from(associated(kind, name, self.version));
        let tag = self
            .key(kind)
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                aad,
                &mut bytes[HEADER..],
            )
            .map_err(|_| SealError::TooLarge)?;
        bytes.extend_from_slice(tag.as_ref());
        Ok(SealedRecord { bytes, key_version: self.version })
    }

    /// Opens what was sealed for the row `name`.
    ///
    /// # Errors
    /// If the record is of another key, another row, cut off or altered.
    pub fn open(
        &self,
        kind: Kind,
        name: &str,
        record: &SealedRecord,
    ) -> Result<Zeroizing<Vec<u8>>, SealError> {
        if record.key_version != self.version {
            return Err(SealError::OtherKey { found: record.key_version, have: self.version });
        }
        let (format, rest) = record.bytes.split_first().ok_or(SealError::Truncated(0))?;
        if *format != FORMAT {
            return Err(SealError::Format(*format));
        }
        let (nonce, sealed) = rest
            .split_first_chunk::<NONCE_LEN>()
            .filter(|(_, sealed)| sealed.len() >= TAG)
            .ok_or(SealError::Truncated(record.bytes.len()))?;
        let mut value = Zeroizing::new(sealed.to_vec());
        let length = self
            .key(kind)
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                Aad::from(associated(kind, name, self.version)),
                &mut value,
            )
            .map_err(|_| SealError::Tampered)?
            .len();
        value.truncate(length);
        Ok(value)
    }

    const fn key(&self, kind: Kind) -> &LessSafeKey {
        match kind {
            Kind::Session => &self.sessions,
            Kind::Secret => &self.secrets,
            Kind::Vault => &self.vault,
        }
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealer").field("key_version", &self.version).finish_non_exhaustive()
    }
}

/// What a record is bound to. The name comes last, so that no two rows share an encoding.
fn associated(kind: Kind, name: &str, version: u32) -> Vec<u8> {
    let mut out = format!("tg.seal/{FORMAT}\0{}\0{version}\0", kind.label()).into_bytes();
    out.extend_from_slice(name.as_bytes());
    out
}

fn aead_key(master: &MasterKey, kind: Kind) -> LessSafeKey {
    let mut bytes = Zeroizing::new([0u8; 32]);
    derive(master, &["seal", kind.label()], &mut bytes);
    UnboundKey::new(&CHACHA20_POLY1305, bytes.as_ref())
        .map(LessSafeKey::new)
        .expect("the cipher takes keys of 32 bytes")
}

struct Bytes32;

impl KeyType for Bytes32 {
    fn len(&self) -> usize {
        32
    }
}

/// Derives 32 bytes for one purpose from the master key.
pub(crate) fn derive(master: &MasterKey, purpose: &[&str], out: &mut [u8; 32]) {
    let prk: Prk = Salt::new(HKDF_SHA256, b"tg.master-key/1").extract(master.expose());
    let parts: Vec<&[u8]> =
        purpose.iter().flat_map(|part| [part.as_bytes(), b"\0".as_slice()]).collect();
    prk.expand(&parts, Bytes32)
        .and_then(|okm| okm.fill(out))
        .expect("HKDF-SHA-256 gives up to 8160 bytes");
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn sealer(seed: u8, version: u32) -> Sealer {
        Sealer::new(&MasterKey::from_bytes(&[seed; 32], version))
    }

    #[test]
    fn opens_only_where_it_was_sealed() {
        let home = sealer(1, 1);
        let record = home.seal(Kind::Session, "account/7", b"keys").unwrap();
        assert_eq!(*home.open(Kind::Session, "account/7", &record).unwrap(), b"keys");
        for (kind, name) in [
            (Kind::Session, "account/8"),
            (Kind::Session, "account/"),
            (Kind::Session, ""),
            (Kind::Secret, "account/7"),
        ] {
            let opened = home.open(kind, name, &record);
            assert_eq!(opened.unwrap_err(), SealError::Tampered, "{kind:?} {name}");
        }
    }

    #[test]
    fn another_master_key_is_told_apart_by_its_version_else_by_the_tag() {
        let record = sealer(1, 1).seal(Kind::Secret, "a", b"x").unwrap();
        let opened = sealer(2, 2).open(Kind::Secret, "a", &record);
        assert_eq!(opened.unwrap_err(), SealError::OtherKey { found: 1, have: 2 });
        let relabelled = SealedRecord { key_version: 2, ..record.clone() };
        let opened = sealer(1, 2).open(Kind::Secret, "a", &relabelled);
        assert_eq!(opened.unwrap_err(), SealError::Tampered, "the version is bound too");
        let opened = sealer(2, 1).open(Kind::Secret, "a", &record);
        assert_eq!(opened.unwrap_err(), SealError::Tampered);
    }

    #[test]
    fn nonces_differ_and_the_clear_text_does_not_show() {
        let home = sealer(1, 1);
        let a = home.seal(Kind::Secret, "a", &[b'A'; 64]).unwrap();
        let b = home.seal(Kind::Secret, "a", &[b'A'; 64]).unwrap();
        assert_ne!(a.bytes, b.bytes);
        assert!(!a.bytes.windows(8).any(|w| w == [b'A'; 8]));
        assert!(!format!("{home:?}").contains("sessions"));
    }

    #[test]
    fn cut_off_and_foreign_records() {
        let home = sealer(1, 1);
        let record = home.seal(Kind::Secret, "a", b"").unwrap();
        for length in 0..record.bytes.len() {
            let cut = SealedRecord { bytes: record.bytes[..length].to_vec(), key_version: 1 };
            let opened = home.open(Kind::Secret, "a", &cut);
            assert_eq!(opened.unwrap_err(), SealError::Truncated(length));
        }
        let mut foreign = record;
        foreign.bytes[0] = 9;
        assert_eq!(home.open(Kind::Secret, "a", &foreign).unwrap_err(), SealError::Format(9));
    }

    #[test]
    fn purposes_give_unrelated_keys() {
        let master = MasterKey::from_bytes(&[1; 32], 1);
        let of = |purpose: &[&str]| {
            let mut out = [0; 32];
            derive(&master, purpose, &mut out);
            out
        };
        assert_eq!(of(&["a", "b"]), of(&["a", "b"]));
        assert_ne!(of(&["a", "b"]), of(&["ab"]));
        assert_ne!(of(&["a"]), of(&["b"]));
    }

    proptest! {
        #[test]
        fn round_trip(
            value in prop::collection::vec(any::<u8>(), 0..600),
            name in ".{0,40}",
            version in 1u32..,
        ) {
            let home = sealer(3, version);
            let record = home.seal(Kind::Session, &name, &value).unwrap();
            prop_assert_eq!(&*home.open(Kind::Session, &name, &record).unwrap(), &value);
        }

        #[test]
        fn any_flipped_bit_is_noticed(
            value in prop::collection::vec(any::<u8>(), 0..64),
            at in any::<prop::sample::Index>(),
            bit in 0u8..8,
        ) {
            let home = sealer(3, 1);
            let mut record = home.seal(Kind::Secret, "a", &value).unwrap();
            let at = at.index(record.bytes.len());
            record.bytes[at] ^= 1 << bit;
            prop_assert!(home.open(Kind::Secret, "a", &record).is_err());
        }
    }
}
