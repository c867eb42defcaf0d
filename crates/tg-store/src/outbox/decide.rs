//! What a person decides about deliveries that ended, through the machine and no other way.

use super::totals::{Changes, Whose};
use crate::rows::{self, state_columns};
use crate::unit::{SqliteUnit, limit, missing};
use rusqlite::params;
use tg_core::delivery::{Event, Moved, Reason, Step};
use tg_core::ids::{CampaignId, DeliveryId};
use tg_core::ports::{Decision, StoreError};
use tg_core::time::Timestamp;

/// Failed rows in order, read off `deliveries_failed`. What arrived in part is not sent again; an
/// attempt is part of a random id and must not come round.
pub(crate) const FAILED: &str = "SELECT id FROM deliveries INDEXED BY deliveries_failed
     WHERE campaign_id = ?1 AND id > ?2 AND state = 3 AND reason <> ?5 AND attempt < 65535
         AND (?3 IS NULL OR reason = ?3)
     ORDER BY id LIMIT ?4";

/// Unknown rows in order, read off `deliveries_unknown`.
pub(crate) const UNKNOWN: &str = "SELECT id FROM deliveries INDEXED BY deliveries_unknown
     WHERE campaign_id = ?1 AND id > ?2 AND state = 5 AND (?3 IS NULL OR reason = ?3)
     ORDER BY id LIMIT ?4";

impl SqliteUnit<'_> {
    pub(super) fn list_decidable(
        &self,
        campaign: CampaignId,
        decision: Decision,
        reason: Option<&Reason>,
        after: Option<DeliveryId>,
        most: usize,
    ) -> Result<Vec<DeliveryId>, StoreError> {
        let doing = "looking for rows that a person may decide about";
        let after = after.map_or(i64::MIN, |id| id.0);
        let (reason, most) = (reason.map(Reason::as_str), limit(most));
        let id = |row: &rusqlite::Row<'_>| row.get(0).map(DeliveryId);
        match decision {
            Decision::Retry => {
                let partial = Reason::PARTIAL;
                let row = params![campaign.0, after, reason, most, partial.as_str()];
                self.all(doing, FAILED, row, id)
            }
            Decision::Delivered | Decision::NotDelivered => {
                self.all(doing, UNKNOWN, params![campaign.0, after, reason, most], id)
            }
        }
    }

    /// The caller holds a savepoint: a refusal leaves nothing.
    pub(super) fn write_decisions(
        &self,
        rows: &[DeliveryId],
        decision: Decision,
        at: Timestamp,
    ) -> Result<Vec<Moved>, StoreError> {
        let mut changes = Changes::default();
        let moved = rows
            .iter()
            .map(|row| self.write_decision(*row, decision, at, &mut changes))
            .collect::<Result<_, _>>()?;
        self.write_totals(&changes, at)?;
        Ok(moved)
    }

    fn write_decision(
        &self,
        delivery: DeliveryId,
        decision: Decision,
        at: Timestamp,
        changes: &mut Changes,
    ) -> Result<Moved, StoreError> {
        let doing = "reading a delivery";
        let (whose, state, part) = self
            .optional(
                doing,
                concat!(
                    "SELECT ",
                    state_columns!(),
                    ", d.campaign_id, coalesce(d.account_id, 0), d.part, d.variant
                       FROM deliveries d
                       WHERE d.id = ?1"
                ),
                [delivery.0],
                |row| {
                    let whose = Whose {
                        campaign: CampaignId(row.get(rows::STATE_COLUMNS)?),
                        account: row.get(rows::STATE_COLUMNS + 1)?,
                        variant: row.get(rows::STATE_COLUMNS + 3)?,
                    };
                    let part: u16 = row.get(rows::STATE_COLUMNS + 2)?;
                    Ok((whose, rows::state(row, 0)?, part))
                },
            )?
            .ok_or_else(|| missing("delivery", delivery))?;
        // A row that ended keeps the number of its part in doubt: parts before it were delivered.
        let event = match decision {
            Decision::Retry => Event::Retry,
            Decision::Delivered => Event::Resolved { delivered: true, earlier: part > 0 },
            Decision::NotDelivered => Event::Resolved { delivered: false, earlier: part > 0 },
        };
        let next = state.next(&event)?;
        if next.step() == Step::Requeue {
            self.write_retry(delivery, at)?;
        } else {
            self.write_done(delivery, &next, at)?;
        }
        changes.moved(whose, &state, &next);
        Ok(Moved { delivery, campaign: whose.campaign, state: next })
    }

    /// Free for a new attempt: bodies and ids go, the next claim makes others.
    fn write_retry(&self, delivery: DeliveryId, at: Timestamp) -> Result<(), StoreError> {
        let doing = "retrying a delivery";
        self.execute(
            doing,
            "UPDATE deliveries SET state = 0, attempt = attempt + 1, due_at = ?2, parts = 0,
                part = 0, ambiguous = 0, in_flight = 0, check_kind = 0, reason = NULL,
                epoch = NULL, claimed_at = NULL, settled_at = NULL
             WHERE id = ?1",
            [delivery.0, at.0],
        )?;
        self.execute(doing, "DELETE FROM parts WHERE delivery_id = ?1", [delivery.0]).map(|_| ())
    }
}
