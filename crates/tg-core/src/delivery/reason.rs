//! Why a delivery ended as it did: Telegram's error name where there is one, else one of ours.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;

/// A stable, machine-readable reason.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Reason(Cow<'static, str>);

impl Reason {
    /// No consent is recorded for the campaign's audience.
    pub const NO_CONSENT: Self = Self(Cow::Borrowed("no_consent"));
    /// The person opted out.
    pub const OPTED_OUT: Self = Self(Cow::Borrowed("opted_out"));
    /// The operator suppressed the person.
    pub const SUPPRESSED: Self = Self(Cow::Borrowed("suppressed"));
    /// Another row of the campaign is for the same Telegram user.
    pub const DUPLICATE_PERSON: Self = Self(Cow::Borrowed("duplicate_person"));
    /// The address now belongs to another Telegram user than recorded.
    pub const IDENTITY_CHANGED: Self = Self(Cow::Borrowed("identity_changed"));
    /// No account of the campaign can address the person.
    pub const UNREACHABLE: Self = Self(Cow::Borrowed("unreachable"));
    /// The template could not be rendered for the person.
    pub const TEMPLATE: Self = Self(Cow::Borrowed("template"));
    /// Some parts were delivered, the rest never will be.
    pub const PARTIAL: Self = Self(Cow::Borrowed("partial"));
    /// The only account that may repeat the message is gone.
    pub const ACCOUNT_GONE: Self = Self(Cow::Borrowed("account_gone"));
    /// The database is an older copy: what was sent after it was made is not known.
    pub const RESTORED: Self = Self(Cow::Borrowed("restored"));
    /// The answer was lost and it is too late to repeat the message safely.
    pub const EXPIRED: Self = Self(Cow::Borrowed("expired"));
    /// Telegram kept answering that the message is being sent.
    pub const IN_FLIGHT: Self = Self(Cow::Borrowed("in_flight"));
    /// The campaign was cancelled while a copy was possibly under way.
    pub const CANCELED: Self = Self(Cow::Borrowed("canceled"));

    /// A person found out that nothing was delivered.
    pub const RESOLVED_NOT_DELIVERED: Self = Self(Cow::Borrowed("resolved_not_delivered"));

    /// A reason that the remote side named.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self(Cow::Owned(name.to_owned()))
    }

    /// The reason as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
