//! When deliveries ended: counted by slots of ten seconds in the transaction that ends them, read in
//! slices of any length.

use crate::rows::{count, time};
use crate::unit::{SqliteUnit, limit};
use rusqlite::params;
use std::collections::BTreeMap;
use std::time::Duration;
use tg_core::ids::CampaignId;
use tg_core::ports::StoreError;
use tg_core::report::Slice;
use tg_core::time::Timestamp;

/// The length of a slot, in milliseconds.
const SLOT: i64 = 10_000;

/// Slots, answers and waits, each off an index that begins with what is asked for.
pub(crate) const SLICES: &str = "WITH
     ended (at, sent, failed, skipped, unknown, canceled, waits, replies, opt_outs) AS (
         SELECT slot - slot % ?2, sum((state = 2) * n), sum((state = 3) * n),
             sum((state = 4) * n), sum((state = 5) * n), sum((state = 6) * n), 0, 0, 0
         FROM timeline WHERE campaign_id = ?1 GROUP BY 1),
     answered AS (
         SELECT at - at % ?2, 0, 0, 0, 0, 0, 0, count(*), sum(opt_out)
         FROM messages INDEXED BY messages_of_campaign_by_time
         WHERE campaign_id = ?1 AND campaign_id IS NOT NULL GROUP BY 1),
     waited AS (
         SELECT w.at - w.at % ?2, 0, 0, 0, 0, 0, count(*), 0, 0
         FROM campaigns k
         JOIN campaign_accounts c ON c.campaign_id = k.id
         JOIN wait_log w ON w.account_id = c.account_id AND w.at >= k.started_at
             AND w.at <= coalesce(k.finished_at, w.at)
         WHERE k.id = ?1 GROUP BY 1)
     SELECT at, sum(sent), sum(failed), sum(skipped), sum(unknown), sum(canceled), sum(waits),
         sum(replies), sum(opt_outs)
     FROM (SELECT * FROM ended UNION ALL SELECT * FROM answered UNION ALL SELECT * FROM waited)
     GROUP BY at ORDER BY at LIMIT ?3";

impl SqliteUnit<'_> {
    /// Writes how many deliveries of which campaign came to which state `at` some time.
    pub(super) fn write_timeline(
        &self,
        ended: &BTreeMap<(CampaignId, u8), i64>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        for ((campaign, state), n) in ended {
            self.execute(
                "counting when deliveries end",
                "INSERT INTO timeline (campaign_id, slot, state, n) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (campaign_id, slot, state) DO UPDATE SET n = n + excluded.n",
                params![campaign.0, at.0 - at.0.rem_euclid(SLOT), state, n],
            )?;
        }
        Ok(())
    }

    pub(super) fn read_timeline(
        &self,
        campaign: CampaignId,
        span: Duration,
        most: usize,
    ) -> Result<Vec<Slice>, StoreError> {
        let slots = i64::try_from(span.as_millis()).unwrap_or(i64::MAX) / SLOT;
        let span = slots.max(1).saturating_mul(SLOT);
        self.all("reading a timeline", SLICES, [campaign.0, span, limit(most)], |row| {
            Ok(Slice {
                from: time(row, 0)?.unwrap_or_default(),
                sent: count(row, 1)?,
                failed: count(row, 2)?,
                skipped: count(row, 3)?,
                unknown: count(row, 4)?,
                canceled: count(row, 5)?,
                waits: count(row, 6)?,
                replies: count(row, 7)?,
                opt_outs: count(row, 8)?,
            })
        })
    }
}
