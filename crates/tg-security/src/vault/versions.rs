//! The versions of a secret: the current one, and one that is tried beside it.
//!
//! Each is sealed for its name and its number, so that an old one cannot be put back in the place
//! of a new one, nor one secret in the place of another.

use super::name::{BadSecret, SecretName};
use crate::sealer::{Kind, SealError, Sealer};
use secrecy::{ExposeSecret, SecretString};
use tg_core::ports::{SealedRecord, SealedVersion, StoreError, Unit, VersionState};
use tg_core::time::Timestamp;

/// Why a secret was not read or changed.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It does not open, or cannot be sealed.
    #[error("the secret {name} cannot be sealed or opened")]
    Seal {
        /// Which.
        name: String,
        /// Why.
        source: SealError,
    },
    /// It opens, and is no text.
    #[error("the secret {0} is not text")]
    NotText(String),
    /// The value cannot be this secret.
    #[error("the value for {name} was not taken: {problem}")]
    Bad {
        /// Which secret.
        name: String,
        /// What is wrong.
        problem: BadSecret,
    },
    /// There is none.
    #[error("there is no secret {0}")]
    Missing(String),
    /// Nothing is being tried.
    #[error("the secret {0} has no new value that waits to be confirmed")]
    NoPending(String),
    /// Something is being tried already.
    #[error("the secret {0} has a new value already that waits to be confirmed")]
    HasPending(String),
}

/// What is known about a secret without opening it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// The version that is used, and since when.
    pub current: Option<(u32, Timestamp)>,
    /// The version that waits to be confirmed, and since when.
    pub pending: Option<(u32, Timestamp)>,
}

/// Sets a secret: the value is used from now on, and no other is kept. Returns its version.
///
/// # Errors
/// If the value cannot be this secret; those of sealing and of the store.
pub fn set(
    unit: &mut dyn Unit,
    sealer: &Sealer,
    name: &SecretName,
    value: &SecretString,
    at: Timestamp,
) -> Result<u32, VaultError> {
    let old = unit.versions(&name.to_string())?;
    let version = next(&old);
    let row = sealed(sealer, name, value, (version, VersionState::Current), at)?;
    for row in &old {
        unit.remove_version(&row.name, row.version)?;
    }
    unit.put_version(&row)?;
    Ok(version)
}

/// Adds a new value beside the one that is used. Returns the versions, old and new.
///
/// # Errors
/// If there is no old one, or a new one already; if the value cannot be this secret; those of
/// sealing and of the store.
pub fn rotate(
    unit: &mut dyn Unit,
    sealer: &Sealer,
    name: &SecretName,
    value: &SecretString,
    at: Timestamp,
) -> Result<(u32, u32), VaultError> {
    let old = unit.versions(&name.to_string())?;
    let used = in_state(&old, VersionState::Current)
        .ok_or_else(|| VaultError::Missing(name.to_string()))?;
    if in_state(&old, VersionState::Pending).is_some() {
        return Err(VaultError::HasPending(name.to_string()));
    }
    let version = next(&old);
    let row = sealed(sealer, name, value, (version, VersionState::Pending), at)?;
    unit.put_version(&row)?;
    Ok((used.version, version))
}

/// Uses the new value from now on and forgets the old one. Returns the version that is used.
///
/// # Errors
/// If there is no new value; if it does not open; those of the store.
pub fn confirm(unit: &mut dyn Unit, sealer: &Sealer, name: &SecretName) -> Result<u32, VaultError> {
    let rows = unit.versions(&name.to_string())?;
    let new = in_state(&rows, VersionState::Pending)
        .ok_or_else(|| VaultError::NoPending(name.to_string()))?;
    // The old value goes only if the new one can be had.
    opened(sealer, name, new)?;
    if let Some(old) = in_state(&rows, VersionState::Current) {
        unit.remove_version(&old.name, old.version)?;
    }
    unit.put_version(&SealedVersion { state: VersionState::Current, ..new.clone() })?;
    Ok(new.version)
}

/// Forgets the new value. Returns the version that was forgotten.
///
/// # Errors
/// If there is no new value; those of the store.
pub fn abandon(unit: &mut dyn Unit, name: &SecretName) -> Result<u32, VaultError> {
    let rows = unit.versions(&name.to_string())?;
    let new = in_state(&rows, VersionState::Pending)
        .ok_or_else(|| VaultError::NoPending(name.to_string()))?;
    unit.remove_version(&new.name, new.version)?;
    Ok(new.version)
}

/// Forgets a secret in all its versions.
///
/// # Errors
/// If there is none; those of the store.
pub fn remove(unit: &mut dyn Unit, name: &SecretName) -> Result<(), VaultError> {
    let rows = unit.versions(&name.to_string())?;
    if rows.is_empty() {
        return Err(VaultError::Missing(name.to_string()));
    }
    for row in &rows {
        unit.remove_version(&row.name, row.version)?;
    }
    Ok(())
}

/// The value that is used.
///
/// # Errors
/// If it does not open; those of the store.
pub fn current(
    unit: &dyn Unit,
    sealer: &Sealer,
    name: &SecretName,
) -> Result<Option<SecretString>, VaultError> {
    value(unit, sealer, name, VersionState::Current)
}

/// The value that waits to be confirmed.
///
/// # Errors
/// If it does not open; those of the store.
pub fn pending(
    unit: &dyn Unit,
    sealer: &Sealer,
    name: &SecretName,
) -> Result<Option<SecretString>, VaultError> {
    value(unit, sealer, name, VersionState::Pending)
}

/// All secrets, by name.
///
/// # Errors
/// Those of the store.
pub fn list(unit: &dyn Unit) -> Result<Vec<Listed>, VaultError> {
    let mut out: Vec<Listed> = Vec::new();
    for row in unit.all_versions()? {
        let here = Some((row.version, row.set_at));
        if out.last().is_none_or(|last| last.name != row.name) {
            out.push(Listed { name: row.name, current: None, pending: None });
        }
        if let Some(last) = out.last_mut() {
            match row.state {
                VersionState::Current => last.current = here,
                VersionState::Pending => last.pending = here,
            }
        }
    }
    Ok(out)
}

fn value(
    unit: &dyn Unit,
    sealer: &Sealer,
    name: &SecretName,
    state: VersionState,
) -> Result<Option<SecretString>, VaultError> {
    let rows = unit.versions(&name.to_string())?;
    in_state(&rows, state).map(|row| opened(sealer, name, row)).transpose()
}

fn in_state(rows: &[SealedVersion], state: VersionState) -> Option<&SealedVersion> {
    rows.iter().find(|row| row.state == state)
}

fn next(rows: &[SealedVersion]) -> u32 {
    rows.iter().map(|row| row.version).max().unwrap_or(0).saturating_add(1)
}

/// The row that a version is sealed for. No name contains "@".
pub(crate) fn row(name: &str, version: u32) -> String {
    format!("{name}@{version}")
}

fn sealed(
    sealer: &Sealer,
    name: &SecretName,
    value: &SecretString,
    (version, state): (u32, VersionState),
    set_at: Timestamp,
) -> Result<SealedVersion, VaultError> {
    let text = name.to_string();
    let value = value.expose_secret();
    name.check(value).map_err(|problem| VaultError::Bad { name: text.clone(), problem })?;
    let sealed: SealedRecord = sealer
        .seal(Kind::Vault, &row(&text, version), value.as_bytes())
        .map_err(|source| VaultError::Seal { name: text.clone(), source })?;
    Ok(SealedVersion { name: text, version, state, sealed, set_at })
}

fn opened(
    sealer: &Sealer,
    name: &SecretName,
    version: &SealedVersion,
) -> Result<SecretString, VaultError> {
    let text = name.to_string();
    let bytes = sealer
        .open(Kind::Vault, &row(&text, version.version), &version.sealed)
        .map_err(|source| VaultError::Seal { name: text.clone(), source })?;
    let value = std::str::from_utf8(&bytes).map_err(|_| VaultError::NotText(text))?;
    // From a slice: the box has exactly its length, and no clear copy is left behind.
    Ok(SecretString::from(value))
}
