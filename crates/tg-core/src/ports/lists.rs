//! Accounts, contacts, audiences, templates and campaigns in the store.

use super::StoreError;
use crate::account::{Account, AccountState};
use crate::audience::{Audience, AudienceSummary, ImportRun, ImportVerdict, ListRow, Listed};
use crate::campaign::{Campaign, CampaignState, Pace, Variant};
use crate::consent::Consent;
use crate::contact::{Contact, ContactKey, Person};
use crate::ids::{
    AccessHash, AccountId, AudienceId, CampaignId, ContactId, Slug, TemplateId, UserId,
};
use crate::peer::{Peer, PhoneNumber};
use crate::template::Text;
use crate::time::Timestamp;
use uuid::Uuid;

/// An account to be added.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// The operator's name for it.
    pub name: Slug,
    /// Who it is on Telegram; unique in a home.
    pub user_id: UserId,
    /// Whether it is a bot.
    pub is_bot: bool,
    /// Its own number, if it has one.
    pub phone: Option<PhoneNumber>,
    /// Whether every data centre it knows is on a loopback address.
    pub loopback: bool,
}

/// That an account can address a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeerFact {
    /// The user.
    pub user: UserId,
    /// The account's hash for them.
    pub hash: AccessHash,
}

/// Accounts and whom they can address.
pub trait AccountStore {
    /// Adds an account in state `active`.
    ///
    /// # Errors
    /// [`StoreError::Taken`] if the name or the user id is there already.
    fn add_account(&mut self, account: &NewAccount, at: Timestamp)
    -> Result<AccountId, StoreError>;

    /// An account by name.
    ///
    /// # Errors
    /// If the store fails.
    fn account_named(&self, name: &Slug) -> Result<Option<Account>, StoreError>;

    /// All accounts, by name.
    ///
    /// # Errors
    /// If the store fails.
    fn accounts(&self) -> Result<Vec<Account>, StoreError>;

    /// Changes what an account can do.
    ///
    /// # Errors
    /// If there is no such account.
    fn set_account_state(
        &mut self,
        account: AccountId,
        state: &AccountState,
        at: Timestamp,
    ) -> Result<(), StoreError>;

    /// Replaces an account's labels.
    ///
    /// # Errors
    /// If the store fails.
    fn set_account_tags(&mut self, account: AccountId, tags: &[String]) -> Result<(), StoreError>;

    /// Records whom an account can address.
    ///
    /// # Errors
    /// If the store fails.
    fn put_peers(&mut self, account: AccountId, peers: &[PeerFact]) -> Result<(), StoreError>;

    /// How an account addresses a user, if it can.
    ///
    /// # Errors
    /// If the store fails.
    fn peer(&self, account: AccountId, user: UserId) -> Result<Option<Peer>, StoreError>;
}

/// People.
pub trait ContactStore {
    /// Records one row of a list: finds or makes the person, puts them on the audience, records
    /// the consent (an existing one is kept). The answer also says whether they had
    /// opted out, which no import undoes. A conflict changes nothing.
    ///
    /// # Errors
    /// If the store fails.
    fn import_person(
        &mut self,
        run: ImportRun,
        person: &Person,
        at: Timestamp,
    ) -> Result<(ImportVerdict, bool), StoreError>;

    /// The same for a row that says more; an opt-out that it brings is recorded.
    ///
    /// # Errors
    /// If the store fails.
    fn import_row(
        &mut self,
        run: ImportRun,
        row: &ListRow,
        at: Timestamp,
    ) -> Result<(ImportVerdict, bool), StoreError>;

    /// Gives a person labels and takes others away; whether anything changed.
    ///
    /// # Errors
    /// If the store fails.
    fn tag_contact(
        &mut self,
        id: ContactId,
        add: &[Slug],
        remove: &[Slug],
    ) -> Result<bool, StoreError>;

    /// A person's labels, sorted.
    ///
    /// # Errors
    /// If the store fails.
    fn contact_tags(&self, id: ContactId) -> Result<Vec<String>, StoreError>;

    /// A person by one of their names.
    ///
    /// # Errors
    /// If the store fails.
    fn find_contact(&self, key: &ContactKey) -> Result<Option<Contact>, StoreError>;

    /// A person by row.
    ///
    /// # Errors
    /// If the store fails.
    fn contact(&self, id: ContactId) -> Result<Option<Contact>, StoreError>;

    /// A person's consents, oldest first, with the audience's name.
    ///
    /// # Errors
    /// If the store fails.
    fn consents(&self, id: ContactId) -> Result<Vec<(Slug, Consent)>, StoreError>;

    /// Audiences that a person is on without a consent, by name.
    ///
    /// # Errors
    /// If the store fails.
    fn waiting_on(&self, id: ContactId) -> Result<Vec<Slug>, StoreError>;

    /// Audiences on which a person is suppressed; `None` stands for the whole home.
    ///
    /// # Errors
    /// If the store fails.
    fn suppressions(&self, id: ContactId) -> Result<Vec<Option<Slug>>, StoreError>;

    /// Learns a person's Telegram user id, unless another contact has it already.
    ///
    /// # Errors
    /// If the store fails.
    fn learn_user_id(&mut self, id: ContactId, user: UserId) -> Result<(), StoreError>;

    /// Records an opt-out, by contact and by user id. The first one is kept.
    ///
    /// # Errors
    /// If the store fails.
    fn opt_out(&mut self, id: ContactId, how: &str, at: Timestamp) -> Result<(), StoreError>;

    /// Suppresses a person on one audience, or everywhere. Returns whether that was new.
    ///
    /// # Errors
    /// If the store fails.
    fn suppress(
        &mut self,
        id: ContactId,
        audience: Option<AudienceId>,
        at: Timestamp,
    ) -> Result<bool, StoreError>;
}

/// Lists of people.
pub trait AudienceStore {
    /// Finds or makes an audience and adds the columns of a list to its fields.
    ///
    /// # Errors
    /// If the store fails.
    fn ensure_audience(
        &mut self,
        name: &Slug,
        fields: &[String],
        at: Timestamp,
    ) -> Result<Audience, StoreError>;

    /// Begins an import into an audience; `consent` says where the consent came from of rows that do
    /// not say it.
    ///
    /// # Errors
    /// If the store fails.
    fn begin_import(
        &mut self,
        audience: AudienceId,
        consent: Option<&str>,
    ) -> Result<ImportRun, StoreError>;

    /// An audience by name.
    ///
    /// # Errors
    /// If the store fails.
    fn audience_named(&self, name: &Slug) -> Result<Option<Audience>, StoreError>;

    /// An audience by row.
    ///
    /// # Errors
    /// If there is none.
    fn audience(&self, id: AudienceId) -> Result<Audience, StoreError>;

    /// How many people are on an audience.
    ///
    /// # Errors
    /// If the store fails.
    fn member_count(&self, audience: AudienceId) -> Result<u64, StoreError>;

    /// All audiences with their counts, by name.
    ///
    /// # Errors
    /// If the store fails.
    fn audience_summaries(&self) -> Result<Vec<AudienceSummary>, StoreError>;

    /// Members after a row, in order of rows, at most `limit`.
    ///
    /// # Errors
    /// If the store fails.
    fn members(
        &self,
        audience: AudienceId,
        after: Option<ContactId>,
        limit: usize,
    ) -> Result<Vec<Contact>, StoreError>;

    /// The same with what says whether they may be written to.
    ///
    /// # Errors
    /// If the store fails.
    fn listed(
        &self,
        audience: AudienceId,
        after: Option<ContactId>,
        limit: usize,
    ) -> Result<Vec<Listed>, StoreError>;
}

/// A template as it is stored: never changed after it was added, but for further languages while no
/// campaign that began uses it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredTemplate {
    /// Row.
    pub id: TemplateId,
    /// The operator's name for it.
    pub name: Slug,
    /// What it says to everybody whose language is not among the others.
    pub text: Text,
    /// Further languages, by tag.
    pub others: Vec<Text>,
    /// When it was added.
    pub created_at: Timestamp,
}

/// Templates.
pub trait TemplateStore {
    /// Adds a template.
    ///
    /// # Errors
    /// [`StoreError::Taken`] if the name is there already.
    fn add_template(
        &mut self,
        name: &Slug,
        text: &Text,
        at: Timestamp,
    ) -> Result<TemplateId, StoreError>;

    /// Adds a language to a template.
    ///
    /// # Errors
    /// [`StoreError::Taken`] if it has that language already.
    fn add_template_text(
        &mut self,
        template: TemplateId,
        text: &Text,
        at: Timestamp,
    ) -> Result<(), StoreError>;

    /// A template by name.
    ///
    /// # Errors
    /// If the store fails.
    fn template_named(&self, name: &Slug) -> Result<Option<StoredTemplate>, StoreError>;

    /// A template by row.
    ///
    /// # Errors
    /// If there is none.
    fn template(&self, id: TemplateId) -> Result<StoredTemplate, StoreError>;

    /// Keeps a file's content under its hash; one that is there already is left alone.
    ///
    /// # Errors
    /// If the store fails.
    fn put_media(&mut self, hash: &str, bytes: &[u8], at: Timestamp) -> Result<(), StoreError>;

    /// A file's content.
    ///
    /// # Errors
    /// If there is none under this hash.
    fn media(&self, hash: &str) -> Result<Vec<u8>, StoreError>;

    /// All templates, by name.
    ///
    /// # Errors
    /// If the store fails.
    fn templates(&self) -> Result<Vec<StoredTemplate>, StoreError>;
}

/// A campaign to be made.
#[derive(Clone, Debug)]
pub struct NewCampaign {
    /// The operator's name for it.
    pub name: Slug,
    /// Unique beyond this home.
    pub uuid: Uuid,
    /// Who hears it.
    pub audience: AudienceId,
    /// What it says.
    pub template: TemplateId,
    /// What it says to whom instead, if anything.
    pub variants: Vec<Variant>,
    /// Who says it.
    pub accounts: Vec<AccountId>,
    /// How fast.
    pub pace: Pace,
}

/// Campaigns.
pub trait CampaignStore {
    /// Makes a campaign in state `draft`.
    ///
    /// # Errors
    /// [`StoreError::Taken`] if the name is there already.
    fn create_campaign(
        &mut self,
        campaign: &NewCampaign,
        at: Timestamp,
    ) -> Result<CampaignId, StoreError>;

    /// A campaign by name.
    ///
    /// # Errors
    /// If the store fails.
    fn campaign_named(&self, name: &Slug) -> Result<Option<Campaign>, StoreError>;

    /// All campaigns in any of `states` (all if empty), oldest first.
    ///
    /// # Errors
    /// If the store fails.
    fn campaigns(&self, states: &[CampaignState]) -> Result<Vec<Campaign>, StoreError>;

    /// Changes where a campaign stands. The first `running` sets `started_at`; an end sets
    /// `finished_at`.
    ///
    /// # Errors
    /// If there is no such campaign.
    fn set_campaign_state(
        &mut self,
        campaign: CampaignId,
        state: CampaignState,
        note: Option<&str>,
        at: Timestamp,
    ) -> Result<(), StoreError>;
}
