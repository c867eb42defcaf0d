//! The lines of `journal.jsonl` and `events.jsonl`.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::entity::Entity;
use super::media::{Button, Media};

/// A line of `journal.jsonl`: a message that an account delivered.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Delivered<'a> {
    #[serde(borrow)]
    pub(crate) at: Cow<'a, str>,
    pub(crate) from_user_id: i64,
    pub(crate) to_user_id: i64,
    /// In the sender's mailbox.
    pub(crate) message_id: i32,
    /// A decimal string: JSON numbers lose digits of 64 bits in many readers.
    #[serde(serialize_with = "decimal", deserialize_with = "from_decimal")]
    pub(crate) random_id: i64,
    #[serde(borrow)]
    pub(crate) text: Cow<'a, str>,
    pub(crate) entities: Cow<'a, [Entity]>,
    pub(crate) media: Option<Media>,
    /// By row.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) buttons: Vec<Vec<Button>>,
    /// Its id in the recipient's mailbox, if the recipient is an account of this world too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) to_message_id: Option<i32>,
    /// The message of the sender's mailbox that it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reply_to: Option<i32>,
}

/// A message from a user to an account.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Said<'a> {
    #[serde(borrow)]
    pub(crate) at: Cow<'a, str>,
    pub(crate) from_user_id: i64,
    pub(crate) to_user_id: i64,
    /// In the account's mailbox.
    pub(crate) message_id: i32,
    #[serde(borrow)]
    pub(crate) text: Cow<'a, str>,
    /// The message of the account's mailbox that it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reply_to: Option<i32>,
}

/// A line of `events.jsonl`: everything else that has to survive a restart.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Event<'a> {
    /// A user wrote to an account.
    Said(#[serde(borrow)] Said<'a>),
    /// An account took a user into its contacts.
    Contact {
        account: i64,
        user_id: i64,
        #[serde(borrow)]
        first_name: Cow<'a, str>,
        #[serde(borrow)]
        last_name: Cow<'a, str>,
    },
    /// An account was banned.
    Banned { account: i64 },
    /// An account was frozen; times in Unix seconds.
    Frozen {
        account: i64,
        since: i64,
        until: i64,
        #[serde(borrow)]
        appeal_url: Cow<'a, str>,
    },
    /// An account lives at another data centre from now on.
    Moved { account: i64, dc: i32 },
    /// An account may be used again.
    Pardoned { account: i64 },
    /// An account's key of one data centre was logged out.
    LoggedOut { account: i64, dc: i32 },
    /// Somebody signed in with keys that were not theirs before.
    SignedIn { keys: i64, account: i64, dc: i32 },
    /// What an account missed before this step is not told any more.
    UpdatesForgotten { account: i64, pts: i32 },
    /// The random ids of the journal's first `journal_lines` lines were forgotten.
    RandomIdsForgotten { journal_lines: u64 },
}

fn decimal<S: Serializer>(number: &i64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(number)
}

fn from_decimal<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let text = Cow::<str>::deserialize(deserializer)?;
    text.parse().map_err(serde::de::Error::custom)
}
