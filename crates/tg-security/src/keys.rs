//! Keys of a home beside the master key.
//!
//! The random-id key lives sealed in the store, apart from the master key: it must stay the same
//! when the master key is replaced, or a repeated message would get a new id. So does the audit key,
//! or the log could no longer be verified; homes of the first version derived it from their master
//! key, and keep that value.

use crate::keyfile::MasterKey;
use crate::sealer::{Kind, SealError, Sealer, derive};
use ring::hmac;
use std::fmt;
use std::sync::OnceLock;
use tg_core::ports::{AuditKey, Entropy, IdKey, SealedRecord, SecretBlobs, StoreError};
use zeroize::Zeroizing;

/// The name of the secret that holds the random-id key.
pub const RANDOM_ID_KEY: &str = "random_id_key";

/// The name of the secret that holds the key of the audit log.
pub const AUDIT_KEY: &str = "audit_key";

/// Why a key of the home is not at hand.
#[derive(Debug, thiserror::Error)]
pub enum HomeKeyError {
    /// The store failed.
    #[error("a key of the home could not be read or written")]
    Store(#[from] StoreError),
    /// It cannot be opened or sealed.
    #[error("a key of the home cannot be unsealed or sealed")]
    Seal(#[from] SealError),
    /// It has another length than such a key has.
    #[error("a key of the home has {0} bytes instead of 32")]
    Length(usize),
    /// There is none, although the home should have one.
    #[error(
        "the home has no key \"{RANDOM_ID_KEY}\": without it a message sent before cannot be recognised"
    )]
    Missing,
    /// There is one, and a second would give repeated messages new ids.
    #[error("the home has a key \"{RANDOM_ID_KEY}\" already, and it is never replaced")]
    Exists,
}

/// HMAC-SHA-256 under the home's random-id key.
pub struct IdKeyHmac(hmac::Key);

impl IdKeyHmac {
    /// Draws the key of a new home; the record goes into the store under [`RANDOM_ID_KEY`].
    ///
    /// # Errors
    /// If it cannot be sealed.
    pub fn generate(
        sealer: &Sealer,
        entropy: &dyn Entropy,
    ) -> Result<(Self, SealedRecord), HomeKeyError> {
        let mut bytes = Zeroizing::new([0u8; 32]);
        entropy.fill(bytes.as_mut());
        let record = sealer.seal(Kind::Secret, RANDOM_ID_KEY, bytes.as_ref())?;
        Ok((Self::new(&bytes), record))
    }

    /// Opens the key as the store keeps it.
    ///
    /// # Errors
    /// If it does not open, or is no such key.
    pub fn from_sealed(sealer: &Sealer, record: &SealedRecord) -> Result<Self, HomeKeyError> {
        let bytes = sealer.open(Kind::Secret, RANDOM_ID_KEY, record)?;
        let key: &[u8; 32] =
            bytes.as_slice().try_into().map_err(|_| HomeKeyError::Length(bytes.len()))?;
        Ok(Self::new(key))
    }

    /// Draws the key of a new home and keeps it, in the caller's transaction.
    ///
    /// # Errors
    /// [`HomeKeyError::Exists`] if the home has one; those of the store and of sealing.
    pub fn create(
        secrets: &mut dyn SecretBlobs,
        sealer: &Sealer,
        entropy: &dyn Entropy,
    ) -> Result<Self, HomeKeyError> {
        if secrets.secret(RANDOM_ID_KEY)?.is_some() {
            return Err(HomeKeyError::Exists);
        }
        let (key, record) = Self::generate(sealer, entropy)?;
        secrets.put_secret(RANDOM_ID_KEY, &record)?;
        Ok(key)
    }

    /// Loads the key of a home.
    ///
    /// # Errors
    /// [`HomeKeyError::Missing`] if there is none; those of the store and of opening.
    pub fn load(secrets: &dyn SecretBlobs, sealer: &Sealer) -> Result<Self, HomeKeyError> {
        let record = secrets.secret(RANDOM_ID_KEY)?.ok_or(HomeKeyError::Missing)?;
        Self::from_sealed(sealer, &record)
    }

    fn new(bytes: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, bytes))
    }
}

impl IdKey for IdKeyHmac {
    fn tag(&self, message: &[u8]) -> [u8; 32] {
        tag_bytes(&hmac::sign(&self.0, message))
    }
}

impl fmt::Debug for IdKeyHmac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdKeyHmac([redacted])")
    }
}

/// HMAC-SHA-256 over the previous tag and the row.
pub struct AuditHmac(hmac::Key);

/// The key that homes of the first version derived from their master key.
#[must_use]
pub fn audit_key(master: &MasterKey) -> AuditHmac {
    let mut bytes = Zeroizing::new([0u8; 32]);
    derive(master, &["audit"], &mut bytes);
    AuditHmac(hmac::Key::new(hmac::HMAC_SHA256, bytes.as_ref()))
}

/// The key of a home's audit log, which a store is opened with before the key can be read from it.
#[derive(Debug, Default)]
pub struct HomeAuditKey(OnceLock<AuditHmac>);

impl HomeAuditKey {
    /// Not settled yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Draws the key of a new home and keeps it, in the caller's transaction. One that is there
    /// already stays.
    ///
    /// # Errors
    /// Those of the store and of sealing.
    pub fn create(
        secrets: &mut dyn SecretBlobs,
        sealer: &Sealer,
        entropy: &dyn Entropy,
    ) -> Result<(), HomeKeyError> {
        if secrets.secret(AUDIT_KEY)?.is_none() {
            let mut bytes = Zeroizing::new([0u8; 32]);
            entropy.fill(bytes.as_mut());
            let record = sealer.seal(Kind::Secret, AUDIT_KEY, bytes.as_ref())?;
            secrets.put_secret(AUDIT_KEY, &record)?;
        }
        Ok(())
    }

    /// The key as the store keeps it; `None` in homes of the first version.
    ///
    /// # Errors
    /// If it does not open; those of the store.
    pub fn sealed(
        secrets: &dyn SecretBlobs,
        sealer: &Sealer,
    ) -> Result<Option<AuditHmac>, HomeKeyError> {
        let Some(record) = secrets.secret(AUDIT_KEY)? else { return Ok(None) };
        let bytes = sealer.open(Kind::Secret, AUDIT_KEY, &record)?;
        if bytes.len() != 32 {
            return Err(HomeKeyError::Length(bytes.len()));
        }
        Ok(Some(AuditHmac(hmac::Key::new(hmac::HMAC_SHA256, &bytes))))
    }

    /// Settles it, once: what the store keeps, else what follows from the master key.
    pub fn settle(&self, sealed: Option<AuditHmac>, master: &MasterKey) {
        let _ = self.0.get_or_init(|| sealed.unwrap_or_else(|| audit_key(master)));
    }
}

impl AuditKey for HomeAuditKey {
    /// # Panics
    /// If it was not settled: a row under a guessed key would break the chain.
    fn chain(&self, previous: &[u8; 32], row: &[u8]) -> [u8; 32] {
        self.0.get().expect("a home is unlocked before anything is recorded").chain(previous, row)
    }
}

impl AuditKey for AuditHmac {
    fn chain(&self, previous: &[u8; 32], row: &[u8]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(previous);
        context.update(row);
        tag_bytes(&context.sign())
    }
}

impl fmt::Debug for AuditHmac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuditHmac([redacted])")
    }
}

fn tag_bytes(tag: &hmac::Tag) -> [u8; 32] {
    let mut out = [0u8; 32];
    out.copy_from_slice(tag.as_ref());
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::entropy::SystemEntropy;
    use std::collections::BTreeMap;

    #[derive(Default)]
    struct Shelf(BTreeMap<String, SealedRecord>);

    impl SecretBlobs for Shelf {
        fn put_secret(&mut self, name: &str, sealed: &SealedRecord) -> Result<(), StoreError> {
            self.0.insert(name.to_owned(), sealed.clone());
            Ok(())
        }

        fn secret(&self, name: &str) -> Result<Option<SealedRecord>, StoreError> {
            Ok(self.0.get(name).cloned())
        }
    }

    fn master(seed: u8) -> MasterKey {
        MasterKey::from_bytes(&[seed; 32], 1)
    }

    #[test]
    fn the_random_id_key_is_made_once_and_stays() {
        let (mut shelf, sealer) = (Shelf::default(), Sealer::new(&master(1)));
        assert!(matches!(IdKeyHmac::load(&shelf, &sealer), Err(HomeKeyError::Missing)));
        let made = IdKeyHmac::create(&mut shelf, &sealer, &SystemEntropy::new()).unwrap();
        let again = IdKeyHmac::create(&mut shelf, &sealer, &SystemEntropy::new());
        assert!(matches!(again, Err(HomeKeyError::Exists)));
        let read = IdKeyHmac::load(&shelf, &sealer).unwrap();
        assert_eq!(made.tag(b"m"), read.tag(b"m"));
        assert_ne!(made.tag(b"m"), made.tag(b"n"));
        let foreign = IdKeyHmac::load(&shelf, &Sealer::new(&master(2)));
        assert!(matches!(foreign, Err(HomeKeyError::Seal(SealError::Tampered))));
    }

    #[test]
    fn a_new_master_key_can_carry_the_same_random_id_key() {
        let (old, new) = (Sealer::new(&master(1)), Sealer::new(&master(2)));
        let (key, record) = IdKeyHmac::generate(&old, &SystemEntropy::new()).unwrap();
        let clear = old.open(Kind::Secret, RANDOM_ID_KEY, &record).unwrap();
        let moved = new.seal(Kind::Secret, RANDOM_ID_KEY, &clear).unwrap();
        assert_eq!(key.tag(b"m"), IdKeyHmac::from_sealed(&new, &moved).unwrap().tag(b"m"));
    }

    #[test]
    fn the_wrong_length_is_no_key() {
        let sealer = Sealer::new(&master(1));
        let record = sealer.seal(Kind::Secret, RANDOM_ID_KEY, &[1; 31]).unwrap();
        let opened = IdKeyHmac::from_sealed(&sealer, &record);
        assert!(matches!(opened, Err(HomeKeyError::Length(31))));
    }

    #[test]
    fn hmac_of_rfc_4231() {
        // Test case 2 of RFC 4231 has the key "Jefe", too short for a key of ours: test case 1,
        // padded with the zero bytes that HMAC adds itself.
        let mut key = [0u8; 32];
        key[..20].fill(0x0b);
        assert_eq!(
            hex::encode(IdKeyHmac::new(&key).tag(b"Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        );
    }

    #[test]
    fn the_chain_depends_on_key_previous_tag_and_row() {
        let key = audit_key(&master(1));
        let base = key.chain(&[0; 32], b"row");
        assert_eq!(base, audit_key(&master(1)).chain(&[0; 32], b"row"));
        assert_ne!(base, audit_key(&master(2)).chain(&[0; 32], b"row"));
        assert_ne!(base, key.chain(&[1; 32], b"row"));
        assert_ne!(base, key.chain(&[0; 32], b"other"));
        assert_eq!(format!("{key:?}"), "AuditHmac([redacted])");
    }
}
