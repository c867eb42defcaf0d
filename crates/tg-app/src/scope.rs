//! What a key is limited to, within what its operator's role may do.

use crate::permissions::Permission;
use std::fmt;

/// Permissions that concern nobody but whoever asks: no key is without them.
const OWN: [Permission; 3] =
    [Permission::AuthLogin, Permission::AuthLogout, Permission::AuthWhoami];

/// A limit of a key: nouns ("campaign") or single permissions ("campaign.report"). A noun also
/// covers verbs that it gets later.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope(Vec<String>);

/// A pattern that covers nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is neither a noun nor a permission")]
pub struct ScopeError(String);

impl Scope {
    /// No limit but the role's.
    #[must_use]
    pub const fn whole() -> Self {
        Self(Vec::new())
    }

    /// Reads patterns, separated by commas, as a person typed them; nothing means no limit.
    ///
    /// # Errors
    /// Names the first pattern that covers no permission.
    pub fn parse(text: &str) -> Result<Self, ScopeError> {
        let mut patterns = Vec::new();
        for pattern in text.split(',').map(str::trim).filter(|pattern| !pattern.is_empty()) {
            if !Permission::ALL.iter().any(|permission| covers(pattern, permission.as_str())) {
                return Err(ScopeError(pattern.chars().take(64).collect()));
            }
            patterns.push(pattern.to_owned());
        }
        patterns.sort();
        patterns.dedup();
        Ok(Self(patterns))
    }

    /// Reads what was stored. A pattern that this version does not know covers nothing.
    pub(crate) fn stored(text: &str) -> Self {
        Self(text.split(',').filter(|pattern| !pattern.is_empty()).map(str::to_owned).collect())
    }

    /// Whether there is no limit.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a permission is within it.
    #[must_use]
    pub fn allows(&self, permission: Permission) -> bool {
        self.is_whole()
            || OWN.contains(&permission)
            || self.0.iter().any(|pattern| covers(pattern, permission.as_str()))
    }

    /// Whether everything in it is also in `other`: then who has `other` may hand it out.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        other.is_whole()
            || (!self.is_whole()
                && self.0.iter().all(|mine| other.0.iter().any(|theirs| covers(theirs, mine))))
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.join(","))
    }
}

fn covers(pattern: &str, name: &str) -> bool {
    name.strip_prefix(pattern).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn nouns_and_permissions() {
        let scope = Scope::parse(" campaign, audience.list,campaign ").unwrap();
        assert_eq!(scope.to_string(), "audience.list,campaign");
        assert_eq!(Scope::stored(&scope.to_string()), scope);
        assert!(scope.allows(Permission::CampaignStart) && scope.allows(Permission::AudienceList));
        assert!(!scope.allows(Permission::AudienceShow) && !scope.allows(Permission::AccountList));
        assert!(scope.allows(Permission::AuthLogout), "what is one's own");
        assert!(Scope::parse("").unwrap().allows(Permission::AccountImport));
        for bad in ["camp", "campaign.", "campaign.start.now", "*", "campaign;account"] {
            assert!(Scope::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_limit_can_only_shrink() {
        let of = |text| Scope::parse(text).unwrap();
        assert!(of("campaign.start").is_within(&of("campaign")));
        assert!(of("campaign").is_within(&of("")));
        assert!(of("").is_within(&of("")));
        assert!(!of("campaign").is_within(&of("campaign.start")));
        assert!(!of("").is_within(&of("campaign")), "no limit is more than any");
        assert!(!of("campaign,account.list").is_within(&of("campaign")));
    }
}
