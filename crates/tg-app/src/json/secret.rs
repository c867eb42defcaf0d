//! Secrets as results: names, versions and origins, never values.

use super::rfc3339;
use serde::Serialize;
use tg_security::vault::Listed;

/// What a change did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SecretChange {
    /// `tg.secret/1`
    pub schema: &'static str,
    /// Which secret.
    pub name: String,
    /// `set`, `rotated`, `confirmed`, `abandoned` or `removed`.
    pub change: &'static str,
    /// The version that is used now.
    pub version: Option<u32>,
    /// The version that waits to be confirmed.
    pub pending: Option<u32>,
}

/// All secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Secrets {
    /// `tg.secrets/1`
    pub schema: &'static str,
    /// By name.
    pub secrets: Vec<Secret>,
}

/// One secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Secret {
    /// Its name.
    pub name: String,
    /// Where the value that is used comes from: `vault`, or the variable that overrides it.
    pub origin: String,
    /// The version in the vault that is used, if nothing overrides it.
    pub version: Option<u32>,
    /// Since when.
    pub set_at: Option<String>,
    /// The version that waits to be confirmed.
    pub pending: Option<u32>,
    /// Since when.
    pub pending_since: Option<String>,
}

impl Secret {
    /// One that is not in the vault.
    pub(crate) fn unset(name: String) -> Self {
        Self {
            name,
            origin: "vault".to_owned(),
            version: None,
            set_at: None,
            pending: None,
            pending_since: None,
        }
    }
}

impl From<Listed> for Secret {
    fn from(listed: Listed) -> Self {
        Self {
            version: listed.current.map(|(version, _)| version),
            set_at: listed.current.map(|(_, at)| rfc3339(at)),
            pending: listed.pending.map(|(version, _)| version),
            pending_since: listed.pending.map(|(_, at)| rfc3339(at)),
            ..Self::unset(listed.name)
        }
    }
}
