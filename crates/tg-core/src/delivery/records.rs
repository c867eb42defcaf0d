//! The plain data that passes between the store, the judging core and the wire.

use super::{Button, DeliveryState, Event, Exposure, Media};
use crate::consent::Permission;
use crate::contact::Person;
use crate::ids::{
    AccountId, AudienceId, CampaignId, ContactId, DeliveryId, MessageId, RandomId, Slug, UserId,
};
use crate::peer::Peer;
use crate::personal::{Fallback, Words};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What one part says, as Telegram takes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// Plain text; 1 to 4,096 UTF-16 code units (core.telegram.org/method/messages.sendMessage), or up
    /// to 1,024 below files (core.telegram.org/api/config#caption-length-limit-default).
    pub text: String,
    /// Formatting over it, in order of `offset`.
    pub entities: Vec<Entity>,
    /// Files that it is sent with; several are an album.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub media: Vec<Media>,
    /// A bot's buttons below it, by row.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<Vec<Button>>,
}

impl Body {
    /// A text without anything else.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }
}

/// Formatting of a stretch of text (core.telegram.org/api/entities).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entity {
    /// Where it begins, in UTF-16 code units.
    pub offset: u32,
    /// How long it is, in UTF-16 code units.
    pub length: u32,
    /// What it does.
    #[serde(flatten)]
    pub kind: EntityKind,
}

/// Kinds of formatting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EntityKind {
    /// `messageEntityBold`
    Bold,
    /// `messageEntityItalic`
    Italic,
    /// `messageEntityUnderline`
    Underline,
    /// `messageEntityStrike`
    Strike,
    /// `messageEntitySpoiler`
    Spoiler,
    /// `messageEntityCode`
    Code,
    /// `messageEntityPre`
    Pre {
        /// Language of the block; may be empty.
        language: String,
    },
    /// `messageEntityBlockquote`
    Quote,
    /// `messageEntityTextUrl`
    Link {
        /// Where it leads.
        url: String,
    },
}

/// A due delivery with every fact that the claim is judged by, read in the claiming transaction.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The row.
    pub delivery: DeliveryId,
    /// Its campaign.
    pub campaign: CampaignId,
    /// The person.
    pub contact: ContactId,
    /// Names and fields, for the template.
    pub person: Person,
    /// Whether they may be written to.
    pub permission: Permission,
    /// How this account addresses them, if it knows them.
    pub peer: Option<Peer>,
    /// Raised by `campaign retry` only; part of the random id.
    pub attempt: u16,
    /// Another row of the campaign that was claimed or ended for the same Telegram user.
    pub twin: Option<DeliveryId>,
    /// Whether it says a text of its own.
    pub words: Words,
}

/// What a claim commits before the first byte may leave.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The row.
    pub delivery: DeliveryId,
    /// Its campaign.
    pub campaign: CampaignId,
    /// Whom it goes to.
    pub peer: Peer,
    /// Which of the campaign's variants it says, if it has any.
    pub variant: Option<u16>,
    /// Body and id of each part, in order.
    pub parts: Vec<ClaimedPart>,
}

/// One part of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimedPart {
    /// What it says.
    pub body: Body,
    /// By which Telegram recognises a repetition.
    pub random_id: RandomId,
    /// The same for the second and further files of an album, in order: one call delivers them all.
    pub album: Vec<RandomId>,
}

/// A claimed delivery that is due again, with every fact that repeating it is judged by.
#[derive(Clone, Debug)]
pub struct Repeat {
    /// The row.
    pub delivery: DeliveryId,
    /// Its campaign.
    pub campaign: CampaignId,
    /// What is known about its transmissions.
    pub exposure: Exposure,
    /// Whether the person may (still) be written to.
    pub permission: Permission,
    /// Whom it goes to.
    pub peer: Peer,
    /// The part that is to be repeated or looked for.
    pub part: ClaimedPart,
    /// Parts after it, in order.
    pub rest: Vec<ClaimedPart>,
    /// When it was claimed: the history is not asked about anything older.
    pub claimed_at: Timestamp,
}

/// An event that happened to a delivery, to be written through the machine.
#[derive(Clone, Debug)]
pub struct Move {
    /// The row.
    pub delivery: DeliveryId,
    /// What happened.
    pub event: Event,
    /// When it is due again, where the next state waits.
    pub due_at: Option<Timestamp>,
    /// What a delivered part became.
    pub message_id: Option<MessageId>,
}

/// What the store made of a [`Move`].
#[derive(Clone, Debug)]
pub struct Moved {
    /// The row.
    pub delivery: DeliveryId,
    /// Its campaign.
    pub campaign: CampaignId,
    /// Where it stands now.
    pub state: DeliveryState,
}

/// A delivery as an operator sees it.
#[derive(Clone, Debug)]
pub struct DeliveryRecord {
    /// The row.
    pub delivery: DeliveryId,
    /// Its campaign.
    pub campaign: CampaignId,
    /// Audience of the campaign.
    pub audience: AudienceId,
    /// The person.
    pub contact: ContactId,
    /// How the person is shown in tables.
    pub contact_label: String,
    /// The account that has it (or prefers to), if any.
    pub account: Option<(AccountId, Slug)>,
    /// The Telegram user it was claimed for.
    pub user_id: Option<UserId>,
    /// What the first part became.
    pub message_id: Option<MessageId>,
    /// The id of the first part.
    pub random_id: Option<RandomId>,
    /// Name of the variant that it was claimed with, if the campaign has any.
    pub variant: Option<String>,
    /// Where its personal text stands, if it has one (`written`, `approved`, `fallback`), and why the
    /// template is sent instead.
    pub text: Option<(&'static str, Option<Fallback>)>,
    /// Where it stands.
    pub state: DeliveryState,
    /// When it is due, while it waits; not while it waits for its text.
    pub due_at: Option<Timestamp>,
    /// When it was planned.
    pub planned_at: Timestamp,
    /// When it was claimed.
    pub claimed_at: Option<Timestamp>,
    /// When it ended.
    pub settled_at: Option<Timestamp>,
}
