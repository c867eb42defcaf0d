//! The key itself.

use super::error::KeyError;
use super::file;
use ring::rand::{SecureRandom, SystemRandom};
use secrecy::{ExposeSecret, SecretBox};
use std::fmt;
use zeroize::Zeroizing;

/// 32 random bytes. Wiped when dropped; `Debug` does not show them.
pub struct MasterKey {
    bytes: SecretBox<[u8; 32]>,
    version: u32,
}

impl MasterKey {
    /// Length of the key, in bytes.
    pub const LENGTH: usize = 32;

    /// Draws a key, for a new home (`version` 1) or to replace an older one.
    ///
    /// # Errors
    /// If the operating system has no random bytes.
    pub fn generate(version: u32) -> Result<Self, KeyError> {
        let mut bytes = Zeroizing::new([0u8; Self::LENGTH]);
        SystemRandom::new().fill(bytes.as_mut()).map_err(|_| KeyError::Entropy)?;
        Ok(Self::from_bytes(&bytes, version))
    }

    /// Takes key material as it is.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; Self::LENGTH], version: u32) -> Self {
        Self { bytes: SecretBox::init_with_mut(|held: &mut [u8; 32]| *held = *bytes), version }
    }

    /// Which of the home's master keys this is: sealed values name the version they need.
    #[must_use]
    pub const fn version(&self) -> u32 {
        self.version
    }

    /// Whether this is the same key, of the same version.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.version == other.version && self.expose() == other.expose()
    }

    pub(crate) fn expose(&self) -> &[u8; Self::LENGTH] {
        self.bytes.expose_secret()
    }

    /// Reads the value of an environment variable: 64 hex digits, or the whole line of a key file
    /// (which also says the version; it is 1 otherwise). `name` is used in errors.
    ///
    /// # Errors
    /// If the value is no key, or one that needs a passphrase.
    pub fn from_env_value(name: &str, value: &str) -> Result<Self, KeyError> {
        file::parse_env(name, value)
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MasterKey")
            .field("bytes", &"[redacted]")
            .field("version", &self.version)
            .finish()
    }
}
