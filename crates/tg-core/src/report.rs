//! What became of a campaign's recipients. The sum always holds: every recipient is counted once.

use crate::campaign::CampaignState;
use crate::delivery::{DeliveryState, Outcome, Reason};
use crate::ids::{AccountId, Slug};
use crate::time::Timestamp;
use std::collections::BTreeMap;

/// Counts per outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Not final, and due now or in somebody's hands.
    pub pending: u64,
    /// Not final, and due later because of a wait or a window.
    pub deferred: u64,
    /// Confirmed by Telegram.
    pub sent: u64,
    /// Refused, by reason.
    pub failed: BTreeMap<Reason, u64>,
    /// Never attempted, by reason.
    pub skipped: BTreeMap<Reason, u64>,
    /// For a person to decide, by reason.
    pub unknown: BTreeMap<Reason, u64>,
    /// Canceled before an attempt.
    pub canceled: u64,
}

/// What one account did in a campaign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountTally {
    /// The account.
    pub account: AccountId,
    /// Its name.
    pub name: Slug,
    /// What ended in its hands; nothing in it is open.
    pub ended: Tally,
    /// Waits that Telegram imposed on it since the campaign began.
    pub waits: u64,
}

/// What one campaign came to in one account's hands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CampaignTally {
    /// The campaign's name.
    pub campaign: Slug,
    /// Where it stands.
    pub state: CampaignState,
    /// What ended in the account's hands; nothing in it is open.
    pub ended: Tally,
}

/// What happened in a campaign within one span of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slice {
    /// Where the span begins.
    pub from: Timestamp,
    /// Deliveries that Telegram confirmed.
    pub sent: u64,
    /// Deliveries that Telegram refused. One that is tried again counts each time.
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

/// What one of a campaign's variants came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VariantTally {
    /// The operator's name for it.
    pub name: String,
    /// What it says.
    pub template: Slug,
    /// Its share, beside the weights of the others.
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

impl Tally {
    /// Counts `n` deliveries in `state`; `later` says that a wait or window holds them back.
    pub fn add(&mut self, state: &DeliveryState, later: bool, n: u64) {
        match state {
            DeliveryState::Planned | DeliveryState::Claimed(_) if later => self.deferred += n,
            DeliveryState::Planned | DeliveryState::Claimed(_) => self.pending += n,
            DeliveryState::Done(Outcome::Sent) => self.sent += n,
            DeliveryState::Done(Outcome::Failed(r)) => {
                *self.failed.entry(r.clone()).or_default() += n
            }
            DeliveryState::Done(Outcome::Skipped(r)) => {
                *self.skipped.entry(r.clone()).or_default() += n;
            }
            DeliveryState::Done(Outcome::Unknown(r)) => {
                *self.unknown.entry(r.clone()).or_default() += n;
            }
            DeliveryState::Done(Outcome::Canceled) => self.canceled += n,
        }
    }

    /// Refused by Telegram.
    #[must_use]
    pub fn failed_total(&self) -> u64 {
        self.failed.values().sum()
    }

    /// Never attempted.
    #[must_use]
    pub fn skipped_total(&self) -> u64 {
        self.skipped.values().sum()
    }

    /// For a person to decide.
    #[must_use]
    pub fn unknown_total(&self) -> u64 {
        self.unknown.values().sum()
    }

    /// Not final.
    #[must_use]
    pub const fn open(&self) -> u64 {
        self.pending + self.deferred
    }

    /// Everybody: the sum of all of the above.
    #[must_use]
    pub fn recipients(&self) -> u64 {
        self.open()
            + self.sent
            + self.failed_total()
            + self.skipped_total()
            + self.unknown_total()
            + self.canceled
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::Exposure;
    use proptest::prelude::*;

    fn any_state() -> impl Strategy<Value = DeliveryState> {
        let reason = prop::sample::select(vec!["USER_IS_BLOCKED", "opted_out", "template"]);
        (0usize..7, reason).prop_map(|(kind, name)| {
            let reason = Reason::named(name);
            match kind {
                0 => DeliveryState::Planned,
                1 => DeliveryState::Claimed(Exposure::fresh(1)),
                2 => DeliveryState::Done(Outcome::Sent),
                3 => DeliveryState::Done(Outcome::Failed(reason)),
                4 => DeliveryState::Done(Outcome::Skipped(reason)),
                5 => DeliveryState::Done(Outcome::Unknown(reason)),
                _ => DeliveryState::Done(Outcome::Canceled),
            }
        })
    }

    proptest! {
        /// Whoever is counted is counted once, and what has no outcome yet is open.
        #[test]
        fn the_sum_always_holds(
            counted in prop::collection::vec((any_state(), any::<bool>(), 0u64..1_000), 0..60),
        ) {
            let mut tally = Tally::default();
            let (mut all, mut open) = (0, 0);
            for (state, later, n) in &counted {
                let before = tally.clone();
                tally.add(state, *later, *n);
                prop_assert_eq!(tally.recipients(), before.recipients() + n);
                all += n;
                open += if matches!(state, DeliveryState::Done(_)) { 0 } else { *n };
            }
            prop_assert_eq!((tally.recipients(), tally.open()), (all, open));
        }
    }
}
