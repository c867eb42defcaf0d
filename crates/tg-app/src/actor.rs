//! Who asks.

use crate::permissions::Role;

/// Somebody who asks for something: every use case checks their role and records their name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Their name in the audit log.
    pub who: String,
    /// What they may do.
    pub role: Role,
}

impl Actor {
    /// Whoever can read the home's files at a terminal: they own it.
    #[must_use]
    pub fn local() -> Self {
        Self { who: "local".to_owned(), role: Role::Admin }
    }
}
