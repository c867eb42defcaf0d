//! Identifiers as types, so that a contact's number can never be handed over as a campaign's.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id!(
    /// Row of an account of the operator's.
    AccountId(i64)
);
id!(
    /// Row of a proxy.
    ProxyId(i64)
);
id!(
    /// Row of a person that may be written to.
    ContactId(i64)
);
id!(
    /// Row of an audience.
    AudienceId(i64)
);
id!(
    /// Row of a sentence that says where consents came from.
    ConsentSourceId(i64)
);
id!(
    /// Row of a template.
    TemplateId(i64)
);
id!(
    /// Row of a campaign.
    CampaignId(i64)
);
id!(
    /// Row of one recipient's place in one campaign.
    DeliveryId(i64)
);
id!(
    /// Row of an answer that was written at the keyboard.
    ReplyId(i64)
);
id!(
    /// Row of somebody who may use the home.
    OperatorId(i64)
);
id!(
    /// A Telegram user id: the person, not the account's view of them
    /// (core.telegram.org/api/bots/ids).
    UserId(i64)
);
id!(
    /// What an account needs, beside the id, to address a peer. Valid for the account that
    /// received it and for no other (core.telegram.org/api/peers).
    AccessHash(i64)
);
id!(
    /// A message's number within the sender's box. Never 0 for a delivered message.
    MessageId(i32)
);
id!(
    /// The number by which Telegram recognises a repeated `messages.sendMessage`, per account and
    /// peer (core.telegram.org/method/messages.sendMessage). Never 0.
    RandomId(i64)
);
id!(
    /// One run of an engine over a home. A claim or settlement of an older run is refused.
    Epoch(i64)
);

/// The name of an account, audience, template or campaign: what a person types.
///
/// Lower-case letters, digits, `-`, `_` and `.`; begins with a letter or digit; 1 to 64 bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(String);

/// Why a name is no [`Slug`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{name}\" is not a valid name: {problem}")]
pub struct SlugError {
    name: String,
    problem: &'static str,
}

impl Slug {
    /// Longest name, in bytes.
    pub const MAX: usize = 64;

    /// Reads a name as a person typed it.
    ///
    /// # Errors
    /// Says which rule the name breaks.
    pub fn parse(name: &str) -> Result<Self, SlugError> {
        let problem = |problem| SlugError { name: name.chars().take(Self::MAX).collect(), problem };
        if name.is_empty() {
            return Err(problem("it is empty"));
        }
        if name.len() > Self::MAX {
            return Err(problem("it is longer than 64 characters"));
        }
        if !name.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit()) {
            return Err(problem("it must begin with a lower-case letter or a digit"));
        }
        if !name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_.".contains(&b))
        {
            return Err(problem(
                "only lower-case letters, digits, \"-\", \"_\" and \".\" are allowed",
            ));
        }
        Ok(Self(name.to_owned()))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl TryFrom<String> for Slug {
    type Error = SlugError;

    fn try_from(name: String) -> Result<Self, SlugError> {
        Self::parse(&name)
    }
}

impl From<Slug> for String {
    fn from(slug: Slug) -> Self {
        slug.0
    }
}

impl std::str::FromStr for Slug {
    type Err = SlugError;

    fn from_str(name: &str) -> Result<Self, SlugError> {
        Self::parse(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_people_type() {
        for good in ["spring", "a", "7", "acc-01", "v1.2_b", &"x".repeat(64)] {
            assert!(Slug::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "Spring", "-x", ".x", "a b", "a/b", "ü", &"x".repeat(65), "a\0"] {
            assert!(Slug::parse(bad).is_err(), "{bad}");
        }
    }
}
