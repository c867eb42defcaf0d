//! Who may use a home: operators, the keys they show, and the sign-ins they make with them.

use crate::ids::{OperatorId, Slug};
use crate::time::Timestamp;
use std::fmt;
use std::time::Duration;

/// What somebody may do, from little to all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Looks at lists, plans and reports.
    Viewer,
    /// Imports audiences, writes templates, runs campaigns, looks people up.
    Operator,
    /// All of it, and what touches accounts, their sessions, operators and secrets.
    Admin,
}

impl Role {
    /// All roles, from little to all.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Operator, Self::Admin];

    /// The name under which it is stored and typed.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Admin => "admin",
        }
    }

    /// The inverse of [`Role::as_str`].
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Somebody with a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    /// Row.
    pub id: OperatorId,
    /// Their name, also in the audit log.
    pub name: Slug,
    /// What they may do.
    pub role: Role,
    /// Since when.
    pub created_at: Timestamp,
    /// Since when they may do nothing any more.
    pub disabled_at: Option<Timestamp>,
}

/// An API key as it is kept: what proves it, not the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// The part of the key that is no secret.
    pub id: String,
    /// Whose it is.
    pub operator: OperatorId,
    /// A hash of the whole key.
    pub proof: [u8; 32],
    /// What it is limited to, as the application layer writes it; empty: nothing but the role.
    pub scope: String,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when; `None`: until it is revoked.
    pub expires_at: Option<Timestamp>,
    /// Since when it is refused.
    pub revoked_at: Option<Timestamp>,
    /// When it was shown last, to the minute.
    pub used_at: Option<Timestamp>,
}

/// Why a key is refused although it is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyEnd {
    /// Somebody took it back.
    #[error("it was revoked")]
    Revoked,
    /// Its time is over.
    #[error("it has expired")]
    Expired,
}

impl ApiKey {
    /// Why it is refused at `now`, if it is.
    #[must_use]
    pub fn ended(&self, now: Timestamp) -> Option<KeyEnd> {
        if self.revoked_at.is_some() {
            return Some(KeyEnd::Revoked);
        }
        self.expires_at.is_some_and(|end| end <= now).then_some(KeyEnd::Expired)
    }
}

/// A sign-in as it is kept: it ends after a while, and sooner if nobody uses it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// The part of the token that is no secret.
    pub id: String,
    /// The key that was shown for it: it ends with that key.
    pub key: String,
    /// A hash of the whole token.
    pub proof: [u8; 32],
    /// Since when.
    pub created_at: Timestamp,
    /// The end, however much it is used.
    pub expires_at: Timestamp,
    /// How long it may lie unused.
    pub idle: Duration,
    /// When it was used last, as far as that was written down.
    pub seen_at: Timestamp,
}

impl SignIn {
    /// Whether it is over at `now`.
    #[must_use]
    pub fn is_over(&self, now: Timestamp) -> bool {
        now >= self.expires_at || now.since(self.seen_at) >= self.idle
    }

    /// Whether its use at `now` is to be written down: often enough for `idle` to mean something,
    /// and at most once a minute.
    #[must_use]
    pub fn is_stale(&self, now: Timestamp) -> bool {
        now.since(self.seen_at) >= (self.idle / 4).min(Duration::from_secs(60))
    }
}

/// Failed attempts to prove who one is, from one source or with one key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Failures {
    /// How many, less those that were forgiven since.
    pub count: u32,
    /// When the last was.
    pub last_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_in_ends_by_age_and_by_disuse() {
        let minute = Duration::from_secs(60);
        let begun = SignIn {
            id: "1".into(),
            key: "2".into(),
            proof: [0; 32],
            created_at: Timestamp(0),
            expires_at: Timestamp(0) + 60 * minute,
            idle: 10 * minute,
            seen_at: Timestamp(0),
        };
        assert!(!begun.is_over(Timestamp(0) + 10 * minute - Duration::from_millis(1)));
        assert!(begun.is_over(Timestamp(0) + 10 * minute));
        let used = SignIn { seen_at: Timestamp(0) + 59 * minute, ..begun.clone() };
        assert!(!used.is_over(Timestamp(0) + 59 * minute));
        assert!(used.is_over(Timestamp(0) + 60 * minute), "however much it is used");
        assert!(!begun.is_stale(Timestamp(0) + Duration::from_secs(59)));
        assert!(begun.is_stale(Timestamp(0) + minute));
        let short = SignIn { idle: Duration::from_secs(8), ..begun };
        assert!(short.is_stale(Timestamp(0) + Duration::from_secs(2)));
    }

    #[test]
    fn a_key_ends_when_it_is_revoked_or_old() {
        let key = ApiKey {
            id: "1".into(),
            operator: OperatorId(1),
            proof: [0; 32],
            scope: String::new(),
            created_at: Timestamp(0),
            expires_at: Some(Timestamp(10)),
            revoked_at: None,
            used_at: None,
        };
        assert_eq!(key.ended(Timestamp(9)), None);
        assert_eq!(key.ended(Timestamp(10)), Some(KeyEnd::Expired));
        let revoked = ApiKey { revoked_at: Some(Timestamp(1)), ..key.clone() };
        assert_eq!(revoked.ended(Timestamp(2)), Some(KeyEnd::Revoked));
        assert_eq!(ApiKey { expires_at: None, ..key }.ended(Timestamp::NEVER), None);
    }
}
