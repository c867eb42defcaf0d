//! Campaigns as results.

use super::{ByReason, PersonalCost, Reply};
use serde::Serialize;

/// All campaigns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Campaigns {
    /// `tg.campaigns/1`
    pub schema: &'static str,
    /// The oldest first.
    pub campaigns: Vec<Campaign>,
}

/// One campaign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Campaign {
    /// The operator's name for it.
    pub name: String,
    /// Where it stands.
    pub state: &'static str,
    /// Why it stands there, if not because a person said so.
    pub note: Option<String>,
    /// Who hears it.
    pub audience: String,
    /// What it says; with variants, the first of them.
    pub template: String,
    /// What it compares, in order; empty if it says one thing.
    pub variants: Vec<CampaignVariant>,
    /// Who says it, by name.
    pub accounts: Vec<String>,
    /// How fast.
    pub pace: &'static str,
    /// Whom of the audience, if not everybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// The segment that the filter was, when the campaign was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub segment: Option<String>,
    /// When it was created.
    pub created_at: String,
    /// When it was first started.
    pub started_at: Option<String>,
    /// When it ended.
    pub finished_at: Option<String>,
}

/// One of the templates that a campaign compares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CampaignVariant {
    /// The operator's name for it.
    pub name: String,
    /// What it says.
    pub template: String,
    /// Its share of the recipients, beside the weights of the others.
    pub weight: u32,
}

/// One campaign, by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CampaignDetail {
    /// `tg.campaign/1`
    pub schema: &'static str,
    /// The campaign.
    #[serde(flatten)]
    pub campaign: Campaign,
}

/// What a campaign would do: recipients = eligible + skipped.total, eligible = known + to_resolve.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// `tg.plan/1`
    pub schema: &'static str,
    /// The campaign.
    pub campaign: String,
    /// Where it stands.
    pub state: &'static str,
    /// Who hears it.
    pub audience: String,
    /// What it says.
    pub template: String,
    /// What it compares, in order; empty if it says one thing.
    pub variants: Vec<CampaignVariant>,
    /// How fast.
    pub pace: &'static str,
    /// People on the list.
    pub recipients: u64,
    /// Of these, may be written to and can be addressed.
    pub eligible: u64,
    /// Of these, known to an account already.
    pub known: u64,
    /// Of these, to be asked for first, which is limited far more tightly than sending.
    pub to_resolve: u64,
    /// Who would be skipped, and why.
    pub skipped: ByReason,
    /// When the last message would leave if the campaign were started now, nothing else were sent,
    /// and Telegram imposed nothing more.
    pub ends_at: Option<String>,
    /// Why there is no such time.
    pub no_end_because: Option<&'static str>,
    /// What its personal texts would cost, if it has any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub personal: Option<PersonalCost>,
    /// Who does what, by name.
    pub accounts: Vec<PlannedAccount>,
}

/// One account's part in a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlannedAccount {
    /// The account.
    pub name: String,
    /// What it can do now: only `active` accounts send.
    pub state: &'static str,
    /// Deliveries it would have.
    pub deliveries: u64,
    /// Of these, to be resolved first.
    pub to_resolve: u64,
    /// When it would be done, what it takes over from accounts that cannot send included.
    pub ends_at: Option<String>,
    /// What keeps it from being done earlier: `sending`, `resolving`, `wait` or `nothing`.
    pub limited_by: Option<&'static str>,
}

/// A campaign that was started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Started {
    /// `tg.campaign_start/1`
    pub schema: &'static str,
    /// The campaign.
    pub campaign: String,
    /// Where it stands now.
    pub state: &'static str,
    /// Recipients with a delivery.
    pub recipients: u64,
}

/// A campaign that was paused, resumed or canceled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CampaignChange {
    /// `tg.campaign_change/1`
    pub schema: &'static str,
    /// The campaign.
    pub campaign: String,
    /// Where it stood.
    pub was: &'static str,
    /// Where it stands now.
    pub state: &'static str,
    /// Deliveries that this ended before they were attempted.
    pub canceled: u64,
}

/// A message of a campaign that was sent to the sending account itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TestSend {
    /// `tg.campaign_test/1`
    pub schema: &'static str,
    /// The campaign.
    pub campaign: String,
    /// As whom it reads, as tables show them.
    pub contact: String,
    /// The variant that they would get, if the campaign has any.
    pub variant: Option<String>,
    /// The language that they would read; null if it was not named.
    pub lang: Option<String>,
    /// Through which account, to itself.
    pub account: String,
    /// Where each of its messages stands.
    pub messages: Vec<Reply>,
}
