//! What a filter says, free of how it was written.

use crate::contact::STANDARD_FIELDS;
use crate::ids::Slug;
use crate::time::Timestamp;
use std::collections::BTreeSet;
use std::time::Duration;

/// The longest filter, in bytes.
pub const MAX_FILTER: usize = 4_096;

/// A condition on one person. Whatever is not known of somebody meets no condition, and so the
/// opposite of every condition.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// All of these hold.
    All(Vec<Filter>),
    /// One of these holds.
    Any(Vec<Filter>),
    /// This does not hold.
    Not(Box<Filter>),
    /// One condition.
    Test(Test),
}

/// One condition.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// A field is one of these texts; an empty text is a field that is not known. Usernames are
    /// compared without case.
    Equals {
        /// Standard or not.
        field: String,
        /// At least one.
        values: Vec<String>,
    },
    /// A field has this text somewhere; ASCII letters are compared without case.
    Contains {
        /// Standard or not.
        field: String,
        /// What is looked for.
        value: String,
    },
    /// A field begins with this text.
    Begins {
        /// Standard or not.
        field: String,
        /// What is looked for.
        value: String,
    },
    /// A field is a number that compares so.
    Number {
        /// Standard or not.
        field: String,
        /// How.
        comparison: Comparison,
        /// With what.
        value: f64,
    },
    /// They have one of these labels.
    Tag(Vec<Slug>),
    /// They are on one of these lists.
    Audience(Vec<Slug>),
    /// Something happened before or after a moment.
    Time {
        /// What.
        when: When,
        /// How it compares.
        comparison: Comparison,
        /// With what.
        moment: Moment,
    },
    /// Something holds.
    Is(Flag),
}

/// How numbers and times compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

impl Comparison {
    /// As it is written, here and in SQL.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
        }
    }
}

/// Something with a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// The consent for the list in question.
    ConsentedAt,
    /// The last message of any campaign that reached them.
    LastSent,
    /// The last thing they wrote to any account.
    LastAnswer,
}

/// A moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// A time of the calendar.
    At(Timestamp),
    /// So long before it is asked.
    Ago(Duration),
}

impl Moment {
    /// The time, if it is asked at `now`.
    #[must_use]
    pub fn at(self, now: Timestamp) -> Timestamp {
        match self {
            Self::At(at) => at,
            Self::Ago(span) => now - span,
        }
    }
}

/// Something that holds of somebody, or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flag {
    /// A message of a campaign reached them.
    Sent,
    /// They wrote to an account.
    Replied,
    /// They consented to the list in question.
    Consented,
    /// They said no.
    OptedOut,
    /// They are suppressed on the list in question, or everywhere.
    Suppressed,
}

impl Filter {
    /// Fields beyond the standard ones that it asks for.
    #[must_use]
    pub fn fields(&self) -> BTreeSet<&str> {
        let mut fields = BTreeSet::new();
        self.each(&mut |test| match test {
            Test::Equals { field, .. }
            | Test::Contains { field, .. }
            | Test::Begins { field, .. }
            | Test::Number { field, .. }
                if !STANDARD_FIELDS.contains(&field.as_str()) =>
            {
                fields.insert(field.as_str());
            }
            _ => {}
        });
        fields
    }

    /// Other lists that it asks for.
    #[must_use]
    pub fn audiences(&self) -> BTreeSet<&Slug> {
        let mut names = BTreeSet::new();
        self.each(&mut |test| {
            if let Test::Audience(list) = test {
                names.extend(list);
            }
        });
        names
    }

    fn each<'a>(&'a self, look: &mut impl FnMut(&'a Test)) {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.each(look)),
            Self::Not(inner) => inner.each(look),
            Self::Test(test) => look(test),
        }
    }
}
