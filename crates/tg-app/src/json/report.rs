//! What became of a campaign's recipients, as a result.

use super::rfc3339;
use serde::Serialize;
use std::collections::BTreeMap;
use tg_core::campaign::Campaign;
use tg_core::delivery::Reason;
use tg_core::ports::Echo;
use tg_core::report::{AccountTally, Tally};

/// A count, and how it comes about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ByReason {
    /// The sum.
    pub total: u64,
    /// Its parts.
    pub by_reason: BTreeMap<String, u64>,
}

impl ByReason {
    pub(crate) fn new<'a>(counts: impl IntoIterator<Item = (&'a Reason, u64)>) -> Self {
        let mut sum = Self::default();
        for (reason, count) in counts {
            sum.total += count;
            *sum.by_reason.entry(reason.to_string()).or_default() += count;
        }
        sum
    }
}

/// A campaign's report: recipients = pending + sent + failed.total + skipped.total + unknown +
/// deferred + canceled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// `tg.report/1`
    pub schema: &'static str,
    /// The campaign.
    pub campaign: String,
    /// Where it stands.
    pub state: &'static str,
    /// Why it stands there, if not because a person said so.
    pub note: Option<String>,
    /// Everybody.
    pub recipients: u64,
    /// Not final, and due now or in somebody's hands.
    pub pending: u64,
    /// Confirmed by Telegram.
    pub sent: u64,
    /// Refused.
    pub failed: ByReason,
    /// Never attempted.
    pub skipped: ByReason,
    /// For a person to decide.
    pub unknown: u64,
    /// Why they are, which sums to `unknown`.
    pub unknown_by_reason: BTreeMap<String, u64>,
    /// Not final, and due later because of a wait or a window.
    pub deferred: u64,
    /// Canceled before an attempt.
    pub canceled: u64,
    /// People who answered it.
    pub replied: u64,
    /// People who opted out in answer to it.
    pub opted_out: u64,
    /// What each account did, by name.
    pub accounts: Vec<AccountReport>,
    /// When it was first started.
    pub started_at: Option<String>,
    /// When it ended.
    pub finished_at: Option<String>,
}

impl Report {
    pub(crate) fn new(
        campaign: &Campaign,
        tally: &Tally,
        accounts: &[AccountTally],
        echo: &Echo,
    ) -> Self {
        let by_reason =
            |counts: &BTreeMap<Reason, u64>| ByReason::new(counts.iter().map(|(r, n)| (r, *n)));
        let unknown = by_reason(&tally.unknown);
        Self {
            schema: "tg.report/1",
            campaign: campaign.name.to_string(),
            state: campaign.state.as_str(),
            note: campaign.note.clone(),
            recipients: tally.recipients(),
            pending: tally.pending,
            sent: tally.sent,
            failed: by_reason(&tally.failed),
            skipped: by_reason(&tally.skipped),
            unknown: unknown.total,
            unknown_by_reason: unknown.by_reason,
            deferred: tally.deferred,
            canceled: tally.canceled,
            replied: echo.replied,
            opted_out: echo.opted_out,
            accounts: accounts.iter().map(AccountReport::from).collect(),
            started_at: campaign.started_at.map(rfc3339),
            finished_at: campaign.finished_at.map(rfc3339),
        }
    }

    /// What the outcomes add up to: always [`Report::recipients`].
    #[must_use]
    pub const fn sum(&self) -> u64 {
        self.pending
            + self.sent
            + self.failed.total
            + self.skipped.total
            + self.unknown
            + self.deferred
            + self.canceled
    }
}

/// What one account did in a campaign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AccountReport {
    /// The account.
    pub name: String,
    /// Deliveries that Telegram confirmed to it.
    pub sent: u64,
    /// Deliveries that Telegram refused it.
    pub failed: u64,
    /// Waits that Telegram imposed on it since the campaign began.
    pub waits: u64,
}

impl From<&AccountTally> for AccountReport {
    fn from(tally: &AccountTally) -> Self {
        Self {
            name: tally.name.to_string(),
            sent: tally.sent,
            failed: tally.failed,
            waits: tally.waits,
        }
    }
}

/// Where a campaign stands, in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Status {
    /// `tg.status/1`
    pub schema: &'static str,
    /// The campaign.
    pub campaign: String,
    /// Where it stands.
    pub state: &'static str,
    /// Why it stands there, if not because a person said so.
    pub note: Option<String>,
    /// Everybody.
    pub recipients: u64,
    /// Not final, and due now or in somebody's hands.
    pub pending: u64,
    /// Not final, and due later.
    pub deferred: u64,
    /// Confirmed by Telegram.
    pub sent: u64,
    /// Refused.
    pub failed: u64,
    /// Never attempted.
    pub skipped: u64,
    /// For a person to decide.
    pub unknown: u64,
    /// Canceled before an attempt.
    pub canceled: u64,
    /// When it was first started.
    pub started_at: Option<String>,
    /// When it ended.
    pub finished_at: Option<String>,
}

impl Status {
    pub(crate) fn new(campaign: &Campaign, tally: &Tally) -> Self {
        Self {
            schema: "tg.status/1",
            campaign: campaign.name.to_string(),
            state: campaign.state.as_str(),
            note: campaign.note.clone(),
            recipients: tally.recipients(),
            pending: tally.pending,
            deferred: tally.deferred,
            sent: tally.sent,
            failed: tally.failed_total(),
            skipped: tally.skipped_total(),
            unknown: tally.unknown_total(),
            canceled: tally.canceled,
            started_at: campaign.started_at.map(rfc3339),
            finished_at: campaign.finished_at.map(rfc3339),
        }
    }
}
