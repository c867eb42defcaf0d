//! Operators, their keys and sign-ins as results.

use super::rfc3339;
use serde::Serialize;
use std::fmt;
use tg_core::operator::{self, ApiKey};
use tg_core::time::Timestamp;
use tg_security::Token;

/// Everybody who may use the home.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Operators {
    /// `tg.operators/1`
    pub schema: &'static str,
    /// By name.
    pub operators: Vec<Operator>,
}

/// Somebody who may use the home.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Operator {
    /// `tg.operator/1`
    pub schema: &'static str,
    /// Their name.
    pub name: String,
    /// What they may do.
    pub role: &'static str,
    /// Since when.
    pub created_at: String,
    /// Since when they are shut out.
    pub disabled_at: Option<String>,
    /// Keys that are not revoked.
    pub keys: u64,
}

impl Operator {
    pub(crate) fn new(operator: &operator::Operator, keys: usize) -> Self {
        Self {
            schema: "tg.operator/1",
            name: operator.name.to_string(),
            role: operator.role.as_str(),
            created_at: rfc3339(operator.created_at),
            disabled_at: operator.disabled_at.map(rfc3339),
            keys: u64::try_from(keys).unwrap_or(u64::MAX),
        }
    }
}

/// A key that was just made. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct NewKey {
    /// `tg.key_created/1`
    pub schema: &'static str,
    /// The part that is no secret.
    pub id: String,
    /// Whose.
    pub operator: String,
    /// What it is limited to; empty: nothing but the role.
    pub scope: String,
    /// Until when.
    pub expires_at: Option<String>,
    /// The key: shown this once.
    pub key: String,
}

impl NewKey {
    pub(crate) fn new(key: &ApiKey, operator: &operator::Operator, token: &Token) -> Self {
        Self {
            schema: "tg.key_created/1",
            id: key.id.clone(),
            operator: operator.name.to_string(),
            scope: key.scope.clone(),
            expires_at: key.expires_at.map(rfc3339),
            key: token.expose().to_owned(),
        }
    }
}

impl fmt::Debug for NewKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewKey").field("id", &self.id).finish_non_exhaustive()
    }
}

/// All keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Keys {
    /// `tg.keys/1`
    pub schema: &'static str,
    /// Oldest first.
    pub keys: Vec<Key>,
}

/// A key, without what proves it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Key {
    /// `tg.key/1`
    pub schema: &'static str,
    /// The part that is no secret.
    pub id: String,
    /// Whose.
    pub operator: String,
    /// What it is limited to; empty: nothing but the role.
    pub scope: String,
    /// `live`, `expired` or `revoked`.
    pub state: &'static str,
    /// Since when.
    pub created_at: String,
    /// Until when.
    pub expires_at: Option<String>,
    /// When it was shown last, to the minute.
    pub used_at: Option<String>,
    /// Since when it is refused.
    pub revoked_at: Option<String>,
}

impl Key {
    pub(crate) fn new(key: &ApiKey, operator: &str, now: Timestamp) -> Self {
        Self {
            schema: "tg.key/1",
            id: key.id.clone(),
            operator: operator.to_owned(),
            scope: key.scope.clone(),
            state: match key.ended(now) {
                None => "live",
                Some(operator::KeyEnd::Expired) => "expired",
                Some(operator::KeyEnd::Revoked) => "revoked",
            },
            created_at: rfc3339(key.created_at),
            expires_at: key.expires_at.map(rfc3339),
            used_at: key.used_at.map(rfc3339),
            revoked_at: key.revoked_at.map(rfc3339),
        }
    }
}

/// Somebody has signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SignedIn {
    /// `tg.sign_in/1`
    pub schema: &'static str,
    /// Who.
    pub who: String,
    /// Until when, however much it is used.
    pub expires_at: String,
    /// After how many seconds without a command it ends.
    pub idle_seconds: u64,
}

/// Who one is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Whoami {
    /// `tg.whoami/1`
    pub schema: &'static str,
    /// The name in the audit log.
    pub who: String,
    /// What one may do.
    pub role: &'static str,
    /// What the key is limited to; empty: nothing but the role.
    pub scope: String,
    /// From where one asks.
    pub source: String,
    /// Whether this home asks everybody who they are.
    pub required: bool,
    /// Everything that one may do.
    pub permissions: Vec<&'static str>,
}

/// Whether every command needs a key or a sign-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuthRequired {
    /// `tg.auth_required/1`
    pub schema: &'static str,
    /// Whether.
    pub required: bool,
}
