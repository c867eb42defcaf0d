//! How many deliveries of a campaign ended, and how: counted in the transaction that ends them, so
//! that nobody counts a million rows to say it.

use super::claim::Stored;
use crate::rows::StateColumns;
use crate::unit::{SqliteUnit, limit};
use rusqlite::params;
use std::collections::BTreeMap;
use tg_core::delivery::{DeliveryState, Reason};
use tg_core::ids::CampaignId;
use tg_core::ports::StoreError;
use tg_core::time::Timestamp;

/// Campaign, account (0: nobody's), number of state, reason.
type Key = (CampaignId, i64, u8, Option<Reason>);

/// What a batch of moves changes.
#[derive(Default)]
pub(super) struct Changes {
    outcomes: BTreeMap<Key, i64>,
    /// By campaign, variant and number of state.
    variants: BTreeMap<(CampaignId, u16, u8), i64>,
}

/// What a delivery is counted for.
#[derive(Clone, Copy)]
pub(super) struct Whose {
    pub(super) campaign: CampaignId,
    /// 0: nobody's.
    pub(super) account: i64,
    pub(super) variant: Option<u16>,
}

impl Whose {
    pub(super) const fn of(stored: &Stored) -> Self {
        let Stored { campaign, account, variant, .. } = stored;
        Self { campaign: *campaign, account: *account, variant: *variant }
    }
}

impl Changes {
    /// A delivery moved.
    pub(super) fn moved(&mut self, whose: Whose, from: &DeliveryState, to: &DeliveryState) {
        let Whose { campaign, account, variant } = whose;
        for (state, n) in [(from, -1), (to, 1)] {
            if matches!(state, DeliveryState::Done(_)) {
                let StateColumns { state, reason, .. } = StateColumns::of(state);
                *self.outcomes.entry((campaign, account, state, reason)).or_default() += n;
                if let Some(variant) = variant {
                    *self.variants.entry((campaign, variant, state)).or_default() += n;
                }
            }
        }
    }
}

impl SqliteUnit<'_> {
    /// Writes what moves changed `at` some time; for the transaction in which they moved.
    pub(super) fn write_totals(&self, changes: &Changes, at: Timestamp) -> Result<(), StoreError> {
        let mut ended: BTreeMap<(CampaignId, u8), i64> = BTreeMap::new();
        for ((campaign, account, state, reason), n) in &changes.outcomes {
            let reason = reason.as_ref().map_or("", Reason::as_str);
            self.execute(
                "counting outcomes",
                "INSERT INTO totals (campaign_id, account_id, state, reason, n)
                 VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (campaign_id, account_id, state, reason)
                 DO UPDATE SET n = n + excluded.n",
                params![campaign.0, account, state, reason, n],
            )?;
            if *n > 0 {
                *ended.entry((*campaign, *state)).or_default() += n;
            }
        }
        for ((campaign, variant, state), n) in &changes.variants {
            self.execute(
                "counting outcomes of variants",
                "INSERT INTO variant_totals (campaign_id, variant, state, n)
                 VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (campaign_id, variant, state) DO UPDATE SET n = n + excluded.n",
                params![campaign.0, variant, state, n],
            )?;
        }
        self.write_timeline(&ended, at)
    }

    /// Deliveries were made of members.
    pub(super) fn add_recipients(
        &self,
        campaign: CampaignId,
        staged: usize,
    ) -> Result<(), StoreError> {
        self.execute(
            "counting recipients",
            "UPDATE campaigns SET recipients = recipients + ?2 WHERE id = ?1",
            [campaign.0, limit(staged)],
        )
        .map(|_| ())
    }
}
