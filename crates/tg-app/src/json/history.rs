//! What an account did, by campaign, as a result.

use super::ByReason;
use serde::Serialize;
use tg_core::ids::Slug;
use tg_core::report::CampaignTally;

/// What an account did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AccountHistory {
    /// `tg.account_report/1`
    pub schema: &'static str,
    /// The account.
    pub account: String,
    /// Deliveries that Telegram confirmed to it, in the campaigns below.
    pub sent: u64,
    /// Deliveries that Telegram refused it, in the campaigns below.
    pub failed: u64,
    /// By campaign, the newest first.
    pub campaigns: Vec<CampaignHistory>,
}

/// What an account did in one campaign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CampaignHistory {
    /// The campaign.
    pub campaign: String,
    /// Where it stands.
    pub state: &'static str,
    /// Deliveries that Telegram confirmed.
    pub sent: u64,
    /// Deliveries that Telegram refused.
    pub failed: ByReason,
    /// Deliveries that it met and did not attempt.
    pub skipped: ByReason,
    /// Deliveries that a person decides.
    pub unknown: ByReason,
    /// Deliveries that were to be its own when the campaign was canceled.
    pub canceled: u64,
}

impl AccountHistory {
    pub(crate) fn new(account: &Slug, tallies: &[CampaignTally]) -> Self {
        let campaigns: Vec<_> = tallies.iter().map(CampaignHistory::from).collect();
        Self {
            schema: "tg.account_report/1",
            account: account.to_string(),
            sent: campaigns.iter().map(|campaign| campaign.sent).sum(),
            failed: campaigns.iter().map(|campaign| campaign.failed.total).sum(),
            campaigns,
        }
    }
}

impl From<&CampaignTally> for CampaignHistory {
    fn from(tally: &CampaignTally) -> Self {
        Self {
            campaign: tally.campaign.to_string(),
            state: tally.state.as_str(),
            sent: tally.ended.sent,
            failed: ByReason::of(&tally.ended.failed),
            skipped: ByReason::of(&tally.ended.skipped),
            unknown: ByReason::of(&tally.ended.unknown),
            canceled: tally.ended.canceled,
        }
    }
}
