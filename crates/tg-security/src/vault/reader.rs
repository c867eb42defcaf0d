//! Secrets in clear, for the side that uses them.

use super::name::SecretName;
use super::versions::{self, VaultError};
use crate::sealer::Sealer;
use secrecy::SecretString;
use std::fmt;
use std::sync::Arc;
use tg_core::ports::Store;

/// The vault of an open home. Cheap to clone.
#[derive(Clone)]
pub struct Vault {
    store: Arc<dyn Store>,
    sealer: Arc<Sealer>,
}

impl Vault {
    /// The vault in `store` under the key of `sealer`.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, sealer: Arc<Sealer>) -> Self {
        Self { store, sealer }
    }

    /// The value of a secret that is used now; `None` if it was never set.
    ///
    /// # Errors
    /// If it does not open; those of the store.
    pub async fn get(&self, name: &SecretName) -> Result<Option<SecretString>, VaultError> {
        let (sealer, name) = (Arc::clone(&self.sealer), name.clone());
        self.store.read(move |unit| versions::current(unit, &sealer, &name)).await
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").field("sealer", &self.sealer).finish_non_exhaustive()
    }
}
