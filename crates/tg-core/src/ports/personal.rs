//! Personal texts in the store: who waits for one, what was written, what a person decided.

use super::StoreError;
use crate::consent::Permission;
use crate::contact::Person;
use crate::ids::{CampaignId, ContactId, DeliveryId};
use crate::personal::{Draft, Personal, Tally, Usage};
use crate::time::Timestamp;

/// A delivery that waits for its text, with what decides whether there will be one.
#[derive(Clone, Debug)]
pub struct Unwritten {
    /// The row.
    pub delivery: DeliveryId,
    /// The person.
    pub contact: ContactId,
    /// Names and fields, for the prompt.
    pub person: Person,
    /// Whether they may be written to: nothing is spent on those who may not.
    pub permission: Permission,
}

/// A text to be kept.
#[derive(Clone, Debug)]
pub struct NewDraft {
    /// The row.
    pub delivery: DeliveryId,
    /// Its text, or why it has none.
    pub draft: Draft,
    /// By which the same question is recognised; only what a model wrote has one.
    pub tag: Option<[u8; 16]>,
    /// What this text cost. One that was written before costs nothing again.
    pub usage: Usage,
}

/// A text as a person reads it.
#[derive(Clone, Debug)]
pub struct DraftRecord {
    /// The row.
    pub delivery: DeliveryId,
    /// How the person is shown in tables.
    pub contact_label: String,
    /// Where the text stands.
    pub draft: Draft,
    /// When it was written.
    pub written_at: Timestamp,
}

/// Texts of campaigns.
pub trait PersonalStore {
    /// Makes a campaign one with personal texts; before its deliveries are staged, which then wait
    /// for them.
    ///
    /// # Errors
    /// If the store fails.
    fn set_personal(&mut self, campaign: CampaignId, personal: &Personal)
    -> Result<(), StoreError>;

    /// How a campaign's texts are written, if it has any.
    ///
    /// # Errors
    /// If the store fails.
    fn personal(&self, campaign: CampaignId) -> Result<Option<Personal>, StoreError>;

    /// Planned rows of a campaign that wait for a text, at most `limit`, of all of its accounts
    /// alike.
    ///
    /// # Errors
    /// If the store fails.
    fn unwritten(&self, campaign: CampaignId, limit: usize) -> Result<Vec<Unwritten>, StoreError>;

    /// Those of `rows` that still wait for a text while their campaign runs, with the same facts,
    /// read now.
    ///
    /// # Errors
    /// If the store fails.
    fn still_unwritten(&self, rows: &[DeliveryId]) -> Result<Vec<Unwritten>, StoreError>;

    /// Of the campaign's texts one that answers the same question, unless a person rejected it.
    ///
    /// # Errors
    /// If the store fails.
    fn reusable(&self, campaign: CampaignId, tag: [u8; 16]) -> Result<Option<String>, StoreError>;

    /// Keeps texts of deliveries that wait for one, and lets them fall due, or wait for a person.
    /// Rows that do not wait (any more) are left alone. Says how many were kept.
    ///
    /// # Errors
    /// If the store fails.
    fn put_drafts(&mut self, drafts: &[NewDraft], at: Timestamp) -> Result<u64, StoreError>;

    /// Texts of a campaign in order of rows, after one, at most `limit`; those that wait for a
    /// person only, if asked for.
    ///
    /// # Errors
    /// If the store fails.
    fn drafts(
        &self,
        campaign: CampaignId,
        waiting: bool,
        after: Option<DeliveryId>,
        limit: usize,
    ) -> Result<Vec<DraftRecord>, StoreError>;

    /// A person decides about texts that wait for them: approved, they are sent, else the template
    /// is. Rows that do not wait are left alone. Says how many were decided.
    ///
    /// # Errors
    /// If the store fails.
    fn decide_drafts(&mut self, rows: &[DeliveryId], approved: bool) -> Result<u64, StoreError>;

    /// How many texts of a campaign stand where.
    ///
    /// # Errors
    /// If the store fails.
    fn draft_tally(&self, campaign: CampaignId) -> Result<Tally, StoreError>;

    /// What the campaign's texts cost, and how many were paid for.
    ///
    /// # Errors
    /// If the store fails.
    fn draft_usage(&self, campaign: CampaignId) -> Result<(Usage, u64), StoreError>;
}
