//! A new master key: everything that is sealed in a home is opened under the old one and sealed
//! under the new one, in the caller's transaction.

use crate::keyfile::MasterKey;
use crate::keys::AUDIT_KEY;
use crate::sealed_sessions;
use crate::sealer::{Kind, SealError, Sealer, derive};
use crate::vault;
use tg_core::ports::{SealedHome, SealedRecord, StoreError, Unit};
use zeroize::Zeroizing;

/// How much was sealed anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resealed {
    /// Sessions of accounts.
    pub sessions: usize,
    /// Versions of secrets that a person set.
    pub secrets: usize,
    /// Keys that the home drew for itself.
    pub keys: usize,
}

/// Why a home could not be sealed anew. Nothing was changed then.
#[derive(Debug, thiserror::Error)]
pub enum ResealError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A row does not open under the old key.
    #[error("{row} cannot be sealed under the new master key")]
    Seal {
        /// Which.
        row: String,
        /// Why.
        source: SealError,
    },
}

/// Seals everything under `new`. The keys that the home drew for itself keep their values: the key
/// of random ids, so that a repeated message keeps its id, and the key of the audit log, so that
/// its chain goes on.
///
/// # Errors
/// Names the row that does not open under `old`; those of the store.
pub fn reseal(
    unit: &mut dyn Unit,
    old: &MasterKey,
    new: &MasterKey,
) -> Result<Resealed, ResealError> {
    let mut home = unit.sealed_home()?;
    let turn = Turn { old: Sealer::new(old), new: Sealer::new(new) };
    for (name, record) in &mut home.secrets {
        *record = turn.over(Kind::Secret, name, record)?;
    }
    if !home.secrets.iter().any(|(name, _)| name == AUDIT_KEY) {
        // Homes of the first version derived it from their master key.
        let mut bytes = Zeroizing::new([0u8; 32]);
        derive(old, &["audit"], &mut bytes);
        let record = turn
            .new
            .seal(Kind::Secret, AUDIT_KEY, bytes.as_ref())
            .map_err(|source| ResealError::Seal { row: AUDIT_KEY.to_owned(), source })?;
        home.secrets.push((AUDIT_KEY.to_owned(), record));
    }
    for version in &mut home.versions {
        let row = vault::row(&version.name, version.version);
        version.sealed = turn.over(Kind::Vault, &row, &version.sealed)?;
    }
    for (account, record) in &mut home.sessions {
        *record = turn.over(Kind::Session, &sealed_sessions::row(*account), record)?;
    }
    for (phone, record) in &mut home.sign_ins {
        *record = turn.over(Kind::Session, &sealed_sessions::sign_in(phone), record)?;
    }
    unit.reseal_home(&home)?;
    Ok(counted(&home))
}

fn counted(home: &SealedHome) -> Resealed {
    Resealed {
        sessions: home.sessions.len(),
        secrets: home.versions.len(),
        keys: home.secrets.len(),
    }
}

struct Turn {
    old: Sealer,
    new: Sealer,
}

impl Turn {
    fn over(
        &self,
        kind: Kind,
        row: &str,
        record: &SealedRecord,
    ) -> Result<SealedRecord, ResealError> {
        self.old
            .open(kind, row, record)
            .and_then(|value| self.new.seal(kind, row, &value))
            .map_err(|source| ResealError::Seal { row: row.to_owned(), source })
    }
}
