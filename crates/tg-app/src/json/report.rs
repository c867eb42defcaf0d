//! What became of a campaign's recipients, as a result.

use super::{PersonalReport, rfc3339};
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;
use tg_core::campaign::Campaign;
use tg_core::delivery::Reason;
use tg_core::ports::Echo;
use tg_core::report::{AccountTally, Slice, Tally, VariantTally};

/// A count, and how it comes about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ByReason {
    /// The sum.
    pub total: u64,
    /// Its parts.
    pub by_reason: BTreeMap<String, u64>,
}

impl ByReason {
    pub(super) fn of(counts: &BTreeMap<Reason, u64>) -> Self {
        Self::new(counts.iter().map(|(reason, n)| (reason, *n)))
    }

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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
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
    /// What became of its personal texts, if it has any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub personal: Option<PersonalReport>,
    /// What each account did, by name.
    pub accounts: Vec<AccountReport>,
    /// What each variant came to, in order; empty if the campaign says one thing.
    pub variants: Vec<VariantReport>,
    /// When it was first started.
    pub started_at: Option<String>,
    /// When it ended.
    pub finished_at: Option<String>,
    /// What happened when.
    pub timeline: Timeline,
}

impl Report {
    pub(crate) fn new(
        campaign: &Campaign,
        tally: &Tally,
        accounts: &[AccountTally],
        variants: &[VariantTally],
        echo: &Echo,
        timeline: Timeline,
    ) -> Self {
        let unknown = ByReason::of(&tally.unknown);
        Self {
            schema: "tg.report/1",
            campaign: campaign.name.to_string(),
            state: campaign.state.as_str(),
            note: campaign.note.clone(),
            recipients: tally.recipients(),
            pending: tally.pending,
            sent: tally.sent,
            failed: ByReason::of(&tally.failed),
            skipped: ByReason::of(&tally.skipped),
            unknown: unknown.total,
            unknown_by_reason: unknown.by_reason,
            deferred: tally.deferred,
            canceled: tally.canceled,
            replied: echo.replied,
            opted_out: echo.opted_out,
            personal: None,
            accounts: accounts.iter().map(AccountReport::from).collect(),
            variants: variants.iter().map(VariantReport::from).collect(),
            started_at: campaign.started_at.map(rfc3339),
            finished_at: campaign.finished_at.map(rfc3339),
            timeline,
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

/// What happened when, in slices of equal length: some hundred for the campaign's own time, then
/// those in which it was answered, 500 at most.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Timeline {
    /// The length of a slice, in seconds.
    pub span_seconds: u64,
    /// Those in which something happened, oldest first.
    pub slices: Vec<TimelineSlice>,
}

/// What happened in one slice of time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TimelineSlice {
    /// Where it begins.
    pub from: String,
    /// Deliveries that Telegram confirmed.
    pub sent: u64,
    /// Deliveries that Telegram refused; one that is tried again counts each time.
    pub failed: u64,
    /// Deliveries that were never attempted.
    pub skipped: u64,
    /// Deliveries that were left for a person to decide.
    pub unknown: u64,
    /// Deliveries that were canceled.
    pub canceled: u64,
    /// Waits that Telegram imposed on the campaign's accounts.
    pub waits: u64,
    /// Messages that answered it.
    pub replies: u64,
    /// Those of them that were opt-outs.
    pub opt_outs: u64,
}

impl Timeline {
    /// As many slices as a plot shows well.
    const SLICES: u64 = 120;
    /// Lengths that people think in, in seconds.
    const SPANS: [u64; 13] =
        [10, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400];

    /// The length of the slices for what took `whole`: the shortest that makes few of them.
    pub(crate) fn span(whole: Duration) -> Duration {
        let days = whole.as_secs().div_ceil(Self::SLICES).next_multiple_of(86_400);
        let fits = |span: &u64| whole.as_secs() <= span * Self::SLICES;
        Duration::from_secs(Self::SPANS.into_iter().find(fits).unwrap_or(days))
    }

    pub(crate) fn new(span: Duration, slices: &[Slice]) -> Self {
        Self {
            span_seconds: span.as_secs(),
            slices: slices.iter().map(TimelineSlice::from).collect(),
        }
    }
}

impl From<&Slice> for TimelineSlice {
    fn from(slice: &Slice) -> Self {
        Self {
            from: rfc3339(slice.from),
            sent: slice.sent,
            failed: slice.failed,
            skipped: slice.skipped,
            unknown: slice.unknown,
            canceled: slice.canceled,
            waits: slice.waits,
            replies: slice.replies,
            opt_outs: slice.opt_outs,
        }
    }
}

/// What one account did in a campaign.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AccountReport {
    /// The account.
    pub name: String,
    /// Deliveries that Telegram confirmed to it.
    pub sent: u64,
    /// Deliveries that Telegram refused it.
    pub failed: u64,
    /// Why, which sums to `failed`.
    pub failed_by_reason: BTreeMap<String, u64>,
    /// Deliveries that it met and did not attempt.
    pub skipped: ByReason,
    /// Deliveries of its that a person decides.
    pub unknown: ByReason,
    /// Deliveries that were to be its own when the campaign was canceled.
    pub canceled: u64,
    /// Waits that Telegram imposed on it since the campaign began.
    pub waits: u64,
}

impl From<&AccountTally> for AccountReport {
    fn from(tally: &AccountTally) -> Self {
        let failed = ByReason::of(&tally.ended.failed);
        Self {
            name: tally.name.to_string(),
            sent: tally.ended.sent,
            failed: failed.total,
            failed_by_reason: failed.by_reason,
            skipped: ByReason::of(&tally.ended.skipped),
            unknown: ByReason::of(&tally.ended.unknown),
            canceled: tally.ended.canceled,
            waits: tally.waits,
        }
    }
}

/// What one of a campaign's variants came to. Who was skipped never got that far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct VariantReport {
    /// The operator's name for it.
    pub name: String,
    /// What it says.
    pub template: String,
    /// Its share of the recipients, beside the weights of the others.
    pub weight: u32,
    /// Confirmed by Telegram.
    pub sent: u64,
    /// Refused by Telegram.
    pub failed: u64,
    /// For a person to decide.
    pub unknown: u64,
    /// People who answered it.
    pub replied: u64,
    /// People who opted out in answer to it.
    pub opted_out: u64,
}

impl From<&VariantTally> for VariantReport {
    fn from(tally: &VariantTally) -> Self {
        Self {
            name: tally.name.clone(),
            template: tally.template.to_string(),
            weight: tally.weight,
            sent: tally.sent,
            failed: tally.failed,
            unknown: tally.unknown,
            replied: tally.replied,
            opted_out: tally.opted_out,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeline_is_neither_crowded_nor_empty() {
        let day = 86_400;
        for whole in [0, 1, 1_199, 1_200, 1_201, 3_600, day, 7 * day, 120 * day, 3_000 * day] {
            let span = Timeline::span(Duration::from_secs(whole)).as_secs();
            assert_eq!(span % 10, 0, "{whole}");
            let slices = whole.div_ceil(span);
            assert!(slices <= Timeline::SLICES, "{whole}: {slices} of {span}");
            assert!(whole < 1_200 || slices > 30, "{whole}: {slices} of {span}");
        }
    }
}
