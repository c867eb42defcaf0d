//! Choices among people in the store: filters with a name, those of campaigns, and whom they choose.

use super::StoreError;
use crate::audience::Listed;
use crate::filter::Filter;
use crate::ids::{AudienceId, CampaignId, ContactId, Slug};
use crate::time::Timestamp;

/// A filter that somebody gave a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// Its name.
    pub name: Slug,
    /// Whom it chooses.
    pub filter: Filter,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Whom of its audience a campaign is for.
#[derive(Clone, Debug, PartialEq)]
pub struct CampaignFilter {
    /// The condition.
    pub filter: Filter,
    /// The segment that it was, when the campaign was made.
    pub segment: Option<Slug>,
}

/// Members of an audience whom a filter chooses. `now` is what "30d ago" counts from.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// The list.
    pub audience: AudienceId,
    /// The condition.
    pub filter: Filter,
    /// When it is asked.
    pub now: Timestamp,
}

/// What labelling a page of people did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tagged {
    /// People who were looked at.
    pub people: u64,
    /// Labels that were given or taken.
    pub changes: u64,
    /// The last of them, if there may be more.
    pub next: Option<ContactId>,
}

/// Filters.
pub trait SegmentStore {
    /// Gives a filter a name.
    ///
    /// # Errors
    /// [`StoreError::Taken`] if the name is there already.
    fn add_segment(
        &mut self,
        name: &Slug,
        filter: &Filter,
        at: Timestamp,
    ) -> Result<(), StoreError>;

    /// All segments, by name.
    ///
    /// # Errors
    /// If the store fails.
    fn segments(&self) -> Result<Vec<Segment>, StoreError>;

    /// Takes a segment away; whether there was one. Campaigns keep what they were made with.
    ///
    /// # Errors
    /// If the store fails.
    fn remove_segment(&mut self, name: &Slug) -> Result<bool, StoreError>;

    /// Says whom of its audience a campaign is for, before it is staged.
    ///
    /// # Errors
    /// If the store fails.
    fn set_campaign_filter(
        &mut self,
        campaign: CampaignId,
        filter: &CampaignFilter,
    ) -> Result<(), StoreError>;

    /// Whom of its audience a campaign is for; `None`: everybody.
    ///
    /// # Errors
    /// If the store fails.
    fn campaign_filter(&self, campaign: CampaignId) -> Result<Option<CampaignFilter>, StoreError>;

    /// How many people a choice has.
    ///
    /// # Errors
    /// If the store fails.
    fn count_chosen(&self, choice: &Choice) -> Result<u64, StoreError>;

    /// Chosen people after a row, in order of rows, at most `limit`.
    ///
    /// # Errors
    /// If the store fails.
    fn chosen(
        &self,
        choice: &Choice,
        after: Option<ContactId>,
        limit: usize,
    ) -> Result<Vec<Listed>, StoreError>;

    /// Gives chosen people after a row labels and takes others away, at most `limit` people.
    ///
    /// # Errors
    /// If the store fails.
    fn tag_chosen(
        &mut self,
        choice: &Choice,
        add: &[Slug],
        remove: &[Slug],
        after: Option<ContactId>,
        limit: usize,
    ) -> Result<Tagged, StoreError>;
}
