//! A master key under a passphrase: Argon2id (RFC 9106) makes the key that the master key is sealed
//! under (ChaCha20-Poly1305). The cost and the salt stand beside it and are bound to it.

use super::error::KeyError;
use super::master::MasterKey;
use argon2::{Algorithm, Argon2, Params, Version};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

/// Fewest characters of a passphrase.
pub const MIN_PASSPHRASE: usize = 12;
/// Longest passphrase, in bytes: what a person types.
const MAX_PASSPHRASE: usize = 1024;

const SALT: usize = 16;
const TAG: usize = 16;
const SEALED: usize = NONCE_LEN + MasterKey::LENGTH + TAG;
/// What stands between the version and the parameters.
pub(super) const KDF: &str = "argon2id";

/// What a guess costs: memory in KiB, passes over it, and lanes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    memory: u32,
    passes: u32,
    lanes: u32,
}

impl Cost {
    /// What new key files are made with: the second choice of RFC 9106, section 4, 64 MiB.
    pub const NOW: Self = Self { memory: 64 * 1024, passes: 3, lanes: 4 };

    /// As little as the algorithm takes, for tests.
    #[cfg(test)]
    pub(super) const LEAST: Self = Self { memory: 8, passes: 1, lanes: 1 };

    /// At least as much as both: a new key is never cheaper to guess than the one before.
    #[must_use]
    pub fn raised(self, other: Self) -> Self {
        Self {
            memory: self.memory.max(other.memory),
            passes: self.passes.max(other.passes),
            lanes: self.lanes.max(other.lanes),
        }
    }

    /// Reads `memory:passes:lanes`. A file that somebody else wrote cannot ask for all of the
    /// machine: 1 GiB, 64 passes and 16 lanes are the most.
    fn parse(memory: &str, passes: &str, lanes: &str) -> Option<Self> {
        let number = |text: &str, most: u32| {
            text.bytes()
                .all(|b| b.is_ascii_digit())
                .then(|| text.parse::<u32>().ok())
                .flatten()
                .filter(|n| (1..=most).contains(n))
        };
        let cost = Self {
            memory: number(memory, 1024 * 1024)?,
            passes: number(passes, 64)?,
            lanes: number(lanes, 16)?,
        };
        cost.params().ok().map(|_| cost)
    }

    fn params(self) -> Result<Params, argon2::Error> {
        Params::new(self.memory, self.passes, self.lanes, Some(MasterKey::LENGTH))
    }
}

/// A master key that its passphrase opens.
#[derive(Clone, Debug)]
pub struct WrappedKey {
    version: u32,
    cost: Cost,
    salt: [u8; SALT],
    sealed: [u8; SEALED],
}

/// Whether a passphrase is good enough to be set.
///
/// # Errors
/// [`KeyError::WeakPassphrase`] if not.
pub fn check_passphrase(passphrase: &SecretString) -> Result<(), KeyError> {
    let text = passphrase.expose_secret();
    if text.chars().count() < MIN_PASSPHRASE || text.len() > MAX_PASSPHRASE {
        return Err(KeyError::WeakPassphrase);
    }
    Ok(())
}

impl WrappedKey {
    /// Puts a key under a passphrase.
    pub(super) fn new(
        key: &MasterKey,
        passphrase: &SecretString,
        cost: Cost,
    ) -> Result<Self, KeyError> {
        let random = SystemRandom::new();
        let (mut salt, mut sealed) = ([0u8; SALT], [0u8; SEALED]);
        random.fill(&mut salt).map_err(|_| KeyError::Entropy)?;
        let (nonce, rest) = sealed.split_at_mut(NONCE_LEN);
        random.fill(nonce).map_err(|_| KeyError::Entropy)?;
        let (body, tag) = rest.split_at_mut(MasterKey::LENGTH);
        body.copy_from_slice(key.expose());
        let nonce = Nonce::try_assume_unique_for_key(nonce).expect("a nonce has its length");
        let made = wrapping(passphrase, cost, &salt)?
            .seal_in_place_separate_tag(nonce, Aad::from(bound(key.version(), cost, &salt)), body)
            .expect("32 bytes are not too many for the cipher");
        tag.copy_from_slice(made.as_ref());
        Ok(Self { version: key.version(), cost, salt, sealed })
    }

    pub(super) const fn version(&self) -> u32 {
        self.version
    }

    pub(super) const fn cost(&self) -> Cost {
        self.cost
    }

    /// Opens the key. `origin` is used in errors.
    pub(super) fn open(
        &self,
        passphrase: &SecretString,
        origin: &str,
    ) -> Result<MasterKey, KeyError> {
        let wrong = || KeyError::WrongPassphrase { origin: origin.to_owned() };
        if passphrase.expose_secret().len() > MAX_PASSPHRASE {
            return Err(wrong());
        }
        let (nonce, sealed) = self.sealed.split_at(NONCE_LEN);
        let nonce = Nonce::try_assume_unique_for_key(nonce).expect("a nonce has its length");
        let mut body = Zeroizing::new([0u8; MasterKey::LENGTH + TAG]);
        body.copy_from_slice(sealed);
        let opened = wrapping(passphrase, self.cost, &self.salt)?
            .open_in_place(
                nonce,
                Aad::from(bound(self.version, self.cost, &self.salt)),
                body.as_mut_slice(),
            )
            .map_err(|_| wrong())?;
        let bytes: &[u8; MasterKey::LENGTH] = (&*opened).try_into().map_err(|_| wrong())?;
        Ok(MasterKey::from_bytes(bytes, self.version))
    }

    /// What stands in the file after the version: `argon2id:65536:3:4:SALT:SEALED`.
    pub(super) fn text(&self) -> String {
        let Cost { memory, passes, lanes } = self.cost;
        let (salt, sealed) = (hex::encode(self.salt), hex::encode(self.sealed));
        format!("{KDF}:{memory}:{passes}:{lanes}:{salt}:{sealed}")
    }

    /// The inverse of [`WrappedKey::text`].
    pub(super) fn parse(version: u32, text: &str) -> Result<Self, &'static str> {
        let parts: Vec<&str> = text.split(':').collect();
        let [KDF, memory, passes, lanes, salt, sealed] = parts[..] else {
            return Err("what follows the version is not understood");
        };
        let cost = Cost::parse(memory, passes, lanes)
            .ok_or("the cost of its passphrase is out of range")?;
        let mut key = Self { version, cost, salt: [0; SALT], sealed: [0; SEALED] };
        hex::decode_to_slice(salt, &mut key.salt).map_err(|_| "its salt is not 32 hex digits")?;
        hex::decode_to_slice(sealed, &mut key.sealed)
            .map_err(|_| "its sealed key is not 120 hex digits")?;
        Ok(key)
    }
}

/// What the sealed key is bound to: a cheaper cost cannot be slipped in.
fn bound(version: u32, cost: Cost, salt: &[u8; SALT]) -> Vec<u8> {
    let Cost { memory, passes, lanes } = cost;
    let mut out =
        format!("tg.master-key/{version}\0{KDF}\0{memory}\0{passes}\0{lanes}\0").into_bytes();
    out.extend_from_slice(salt);
    out
}

fn wrapping(
    passphrase: &SecretString,
    cost: Cost,
    salt: &[u8; SALT],
) -> Result<LessSafeKey, KeyError> {
    let failed = |error: argon2::Error| KeyError::Derivation(error.to_string());
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, cost.params().map_err(failed)?);
    let mut bytes = Zeroizing::new([0u8; MasterKey::LENGTH]);
    argon
        .hash_password_into(passphrase.expose_secret().as_bytes(), salt, bytes.as_mut())
        .map_err(failed)?;
    let key = UnboundKey::new(&CHACHA20_POLY1305, bytes.as_ref())
        .expect("the cipher takes keys of 32 bytes");
    Ok(LessSafeKey::new(key))
}
