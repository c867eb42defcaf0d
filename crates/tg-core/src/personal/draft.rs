//! Where the text of one delivery stands. From the moment that a delivery is due its text is frozen:
//! nothing here changes any more, and the claim takes it as it is.

use super::Flaw;
use std::collections::BTreeMap;
use std::fmt;

/// A delivery's text, once it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Draft {
    /// Written; a person has to approve it.
    Written(String),
    /// Written, and approved: by a person, or because the campaign asks for none.
    Approved(String),
    /// The campaign's template is sent instead.
    Template(Fallback),
}

/// What a claim says of a campaign with personal texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Words {
    /// The campaign's template.
    #[default]
    Template,
    /// This text.
    Personal(String),
    /// Nothing yet: there is no text to send, and nobody decided against one.
    Awaited,
}

impl Draft {
    /// What a claim says.
    #[must_use]
    pub fn words(&self) -> Words {
        match self {
            Self::Written(_) => Words::Awaited,
            Self::Approved(text) => Words::Personal(text.clone()),
            Self::Template(_) => Words::Template,
        }
    }

    /// What becomes of it when a person decides; `None` if nobody is asked any more.
    #[must_use]
    pub fn decided(&self, approved: bool) -> Option<Self> {
        match self {
            Self::Written(text) if approved => Some(Self::Approved(text.clone())),
            Self::Written(_) => Some(Self::Template(Fallback::Rejected)),
            Self::Approved(_) | Self::Template(_) => None,
        }
    }

    /// The name of where it stands.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Written(_) => "written",
            Self::Approved(_) => "approved",
            Self::Template(_) => "fallback",
        }
    }
}

/// Why a recipient gets the campaign's template instead of a text of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fallback {
    /// The model could not be reached, or has trouble of its own, for longer than it is waited for.
    Unavailable,
    /// It did not answer in time.
    Timeout,
    /// It answers "later", for longer than it is waited for.
    Throttled,
    /// The day's quota at the provider is used up.
    Quota,
    /// It refuses the key, the model's name or the request.
    Refused,
    /// No key is set.
    NotConfigured,
    /// The campaign's budget is spent.
    Budget,
    /// The day's budget is spent.
    DailyBudget,
    /// The provider blocked the prompt.
    PromptBlocked,
    /// The provider blocked the answer, or ended it for a reason of its own.
    AnswerBlocked,
    /// The answer was longer than it may be, and cut.
    Cut,
    /// The answer says nothing.
    Empty,
    /// The answer is not what was asked for.
    Unreadable,
    /// The prompt could not be made for this person.
    Prompt,
    /// A person rejected the text.
    Rejected,
    /// The text did not pass a check.
    Flawed(Flaw),
}

impl Fallback {
    /// All reasons.
    pub const ALL: [Self; 23] = [
        Self::Unavailable,
        Self::Timeout,
        Self::Throttled,
        Self::Quota,
        Self::Refused,
        Self::NotConfigured,
        Self::Budget,
        Self::DailyBudget,
        Self::PromptBlocked,
        Self::AnswerBlocked,
        Self::Cut,
        Self::Empty,
        Self::Unreadable,
        Self::Prompt,
        Self::Rejected,
        Self::Flawed(Flaw::Length),
        Self::Flawed(Flaw::Characters),
        Self::Flawed(Flaw::Markup),
        Self::Flawed(Flaw::Placeholder),
        Self::Flawed(Flaw::Link),
        Self::Flawed(Flaw::Word),
        Self::Flawed(Flaw::Language),
        Self::Flawed(Flaw::Blank),
    ];

    /// The name under which it is stored and shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unavailable => "unavailable",
            Self::Timeout => "timeout",
            Self::Throttled => "throttled",
            Self::Quota => "quota",
            Self::Refused => "refused",
            Self::NotConfigured => "not_configured",
            Self::Budget => "budget",
            Self::DailyBudget => "daily_budget",
            Self::PromptBlocked => "prompt_blocked",
            Self::AnswerBlocked => "answer_blocked",
            Self::Cut => "cut",
            Self::Empty => "empty",
            Self::Unreadable => "unreadable",
            Self::Prompt => "prompt",
            Self::Rejected => "rejected",
            Self::Flawed(flaw) => flaw.as_str(),
        }
    }

    /// The inverse of [`Fallback::as_str`].
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == name)
    }
}

impl fmt::Display for Fallback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How many texts of a campaign stand where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// A person has to look at them.
    pub waiting: u64,
    /// Sent, or to be sent.
    pub approved: u64,
    /// Replaced by the template, by reason.
    pub fallback: BTreeMap<Fallback, u64>,
}
