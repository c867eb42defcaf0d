//! Who asks.

use crate::permissions::{Permission, Role};
use crate::scope::Scope;

/// Somebody who asks for something: every use case checks what they may do and records their name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Their name in the audit log.
    pub who: String,
    /// What they may do.
    pub role: Role,
    /// What the key they showed is limited to.
    pub scope: Scope,
    /// From where they ask, for the audit log.
    pub source: String,
}

impl Actor {
    /// The name of whoever owns the home's files.
    pub(crate) const LOCAL: &str = "local";

    /// Somebody who may do all that a role may.
    #[must_use]
    pub fn new(who: impl Into<String>, role: Role) -> Self {
        Self { who: who.into(), role, scope: Scope::whole(), source: String::new() }
    }

    /// Whoever can read the home's files at a terminal: they own it.
    #[must_use]
    pub fn local() -> Self {
        Self::new(Self::LOCAL, Role::Admin)
    }

    /// The same, asking from `source`.
    #[must_use]
    pub fn from_source(self, source: impl Into<String>) -> Self {
        Self { source: source.into(), ..self }
    }

    /// Whether they may do something: their role has it, and their key covers it.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        permission.is_for(self.role) && self.scope.allows(permission)
    }
}
