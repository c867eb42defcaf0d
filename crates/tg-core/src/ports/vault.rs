//! Secrets that a person sets, sealed, in versions: for the side that stores.

use super::{SealedRecord, StoreError};
use crate::ids::AccountId;
use crate::peer::PhoneNumber;
use crate::time::Timestamp;

/// Which of a secret's versions is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VersionState {
    /// This one.
    Current,
    /// Not yet: a person is trying it, and the current one stays until they say so.
    Pending,
}

impl VersionState {
    /// The name under which it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Pending => "pending",
        }
    }

    /// The inverse of [`VersionState::as_str`].
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Current, Self::Pending].into_iter().find(|state| state.as_str() == name)
    }
}

/// One version of a secret, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedVersion {
    /// The secret's name.
    pub name: String,
    /// The version's number, from 1.
    pub version: u32,
    /// Whether it is used.
    pub state: VersionState,
    /// Ciphertext.
    pub sealed: SealedRecord,
    /// When a person gave it.
    pub set_at: Timestamp,
}

/// The vault, for the side that stores: it sees ciphertext only.
pub trait VaultBlobs {
    /// Adds a version, or replaces the one of that name and number. A secret has at most one
    /// version in each state.
    ///
    /// # Errors
    /// If the store fails, or the secret has another version in that state.
    fn put_version(&mut self, version: &SealedVersion) -> Result<(), StoreError>;

    /// All versions of one secret, oldest first.
    ///
    /// # Errors
    /// If the store fails.
    fn versions(&self, name: &str) -> Result<Vec<SealedVersion>, StoreError>;

    /// All versions of all secrets, by name and number.
    ///
    /// # Errors
    /// If the store fails.
    fn all_versions(&self) -> Result<Vec<SealedVersion>, StoreError>;

    /// Removes a version; says whether there was one.
    ///
    /// # Errors
    /// If the store fails.
    fn remove_version(&mut self, name: &str, version: u32) -> Result<bool, StoreError>;
}

/// Everything in a home that is sealed under its master key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SealedHome {
    /// Keys that the home drew for itself, by name.
    pub secrets: Vec<(String, SealedRecord)>,
    /// Secrets that a person set.
    pub versions: Vec<SealedVersion>,
    /// Sessions of accounts.
    pub sessions: Vec<(AccountId, SealedRecord)>,
    /// Keys of sign-ins that were begun, by number.
    pub sign_ins: Vec<(PhoneNumber, SealedRecord)>,
}

/// All sealed values at once, for a new master key.
pub trait SealedBlobs {
    /// All of them.
    ///
    /// # Errors
    /// If the store fails.
    fn sealed_home(&self) -> Result<SealedHome, StoreError>;

    /// Replaces all of them by the same values under another master key. Afterwards the store
    /// takes values under that key only ([`StoreError::KeyReplaced`]).
    ///
    /// # Errors
    /// If the store fails.
    fn reseal_home(&mut self, home: &SealedHome) -> Result<(), StoreError>;
}
