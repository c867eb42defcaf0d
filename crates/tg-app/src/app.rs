//! What the use cases work with.

use std::fmt;
use std::sync::Arc;
use tg_core::ports::{AuditKey, Clock, Entropy, Store};
use tg_security::Sealer;

/// The ports and keys of one home. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Chance, for identifiers.
    pub entropy: Arc<dyn Entropy>,
    /// Seals sessions before the store sees them.
    pub sealer: Arc<Sealer>,
    /// The key under which the audit log is chained.
    pub audit_key: Arc<dyn AuditKey>,
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("sealer", &self.sealer).finish_non_exhaustive()
    }
}
