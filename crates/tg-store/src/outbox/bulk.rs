//! Moves of many rows in one statement. Each has the effect of the machine's move on every row that
//! it touches; a test compares the two over every kind of row.

use super::totals::{Changes, Whose};
use crate::unit::{SqliteUnit, limit};
use rusqlite::{Params, Row, params};
use tg_core::delivery::{DeliveryState, Outcome, Reason};
use tg_core::ids::{AccountId, CampaignId, Epoch};
use tg_core::ports::StoreError;
use tg_core::time::Timestamp;

impl SqliteUnit<'_> {
    fn bulk(&self, doing: &'static str, sql: &str, params: impl Params) -> Result<u64, StoreError> {
        let rows = self.execute(doing, sql, params)?;
        Ok(u64::try_from(rows).unwrap_or(u64::MAX))
    }

    /// A move that ends open rows; the statement returns campaign, account and variant of each.
    fn bulk_end(
        &self,
        doing: &'static str,
        sql: &str,
        params: impl Params,
        outcome: Outcome,
        at: Timestamp,
    ) -> Result<u64, StoreError> {
        let row = |row: &Row<'_>| {
            Ok(Whose {
                campaign: CampaignId(row.get(0)?),
                account: row.get(1)?,
                variant: row.get(2)?,
            })
        };
        let ended = self.all(doing, sql, params, row)?;
        let (from, to) = (DeliveryState::Planned, DeliveryState::Done(outcome));
        let mut changes = Changes::default();
        for whose in &ended {
            changes.moved(*whose, &from, &to);
        }
        self.write_totals(&changes, at)?;
        Ok(u64::try_from(ended.len()).unwrap_or(u64::MAX))
    }

    /// `Event::Interrupted`.
    pub(super) fn bulk_interrupt(
        &self,
        epoch: Epoch,
        now: Timestamp,
        most: usize,
    ) -> Result<u64, StoreError> {
        self.bulk(
            "counting claims of an earlier run as possibly sent",
            "UPDATE deliveries SET ambiguous = 1, due_at = ?2, epoch = ?1
             WHERE id IN (SELECT id FROM deliveries INDEXED BY deliveries_claimed
                 WHERE state = 1 AND epoch < ?1 LIMIT ?3)",
            [epoch.0, now.0, limit(most)],
        )
    }

    /// `Event::Interrupted` for what one account's task had in hand.
    pub(super) fn bulk_interrupt_account(
        &self,
        epoch: Epoch,
        account: AccountId,
        now: Timestamp,
        most: usize,
    ) -> Result<u64, StoreError> {
        self.bulk(
            "counting claims of a crashed task as possibly sent",
            "UPDATE deliveries SET ambiguous = 1, due_at = ?3, epoch = ?1
             WHERE id IN (SELECT id FROM deliveries
                 WHERE state = 1 AND account_id = ?2 AND due_at IS NULL LIMIT ?4)",
            [epoch.0, account.0, now.0, limit(most)],
        )
    }

    /// `Event::Restored`.
    pub(super) fn bulk_hold(&self, now: Timestamp, most: usize) -> Result<u64, StoreError> {
        self.bulk_end(
            "holding rows of a restored database",
            "UPDATE deliveries SET state = 5, reason = ?2, check_kind = 0, due_at = NULL,
                settled_at = ?1
             WHERE id IN (
                 SELECT d.id FROM campaigns k
                 CROSS JOIN deliveries d INDEXED BY deliveries_planned
                     ON d.campaign_id = k.id AND d.state = 0
                 WHERE k.started_at IS NOT NULL
                 UNION ALL
                 SELECT d.id FROM deliveries d INDEXED BY deliveries_claimed
                 CROSS JOIN campaigns k ON k.id = d.campaign_id
                 WHERE d.state = 1 AND k.started_at IS NOT NULL
                 LIMIT ?3)
             RETURNING campaign_id, coalesce(account_id, 0), variant",
            params![now.0, Reason::RESTORED.as_str(), limit(most)],
            Outcome::Unknown(Reason::RESTORED),
            now,
        )
    }

    /// `Event::Cancel` for planned rows.
    pub(super) fn bulk_cancel(
        &self,
        campaign: CampaignId,
        now: Timestamp,
        most: usize,
    ) -> Result<u64, StoreError> {
        self.bulk_end(
            "canceling planned rows",
            "UPDATE deliveries SET state = 6, due_at = NULL, settled_at = ?2
             WHERE id IN (
                 SELECT d.id FROM campaigns k
                 CROSS JOIN deliveries d INDEXED BY deliveries_planned
                     ON d.campaign_id = ?1 AND d.state = 0
                 WHERE k.id = ?1 AND k.state = 'canceled' LIMIT ?3)
             RETURNING campaign_id, coalesce(account_id, 0), variant",
            [campaign.0, now.0, limit(most)],
            Outcome::Canceled,
            now,
        )
    }

    /// `Event::AccountGone`.
    pub(super) fn bulk_abandon(
        &self,
        account: AccountId,
        now: Timestamp,
        most: usize,
    ) -> Result<u64, StoreError> {
        self.bulk_end(
            "giving up claims of an account that is gone",
            "UPDATE deliveries SET state = 5, reason = ?3, check_kind = 0, due_at = NULL,
                settled_at = ?2
             WHERE id IN (SELECT id FROM deliveries WHERE state = 1 AND account_id = ?1 LIMIT ?4)
             RETURNING campaign_id, coalesce(account_id, 0), variant",
            params![account.0, now.0, Reason::ACCOUNT_GONE.as_str(), limit(most)],
            Outcome::Unknown(Reason::ACCOUNT_GONE),
            now,
        )
    }

    /// Planned rows belong to nobody yet: only the preference changes.
    pub(super) fn bulk_reassign(
        &self,
        campaign: CampaignId,
        from: AccountId,
        to: &[AccountId],
        most: usize,
    ) -> Result<u64, StoreError> {
        let to: Vec<i64> = to.iter().filter(|id| **id != from).map(|id| id.0).collect();
        if to.is_empty() {
            return Ok(0);
        }
        let pool = serde_json::json!(to).to_string();
        self.bulk(
            "dealing rows out to other accounts",
            "WITH pool (n, account) AS MATERIALIZED (SELECT key, value FROM json_each(?3)),
                page (id, n) AS MATERIALIZED (
                    SELECT id, row_number() OVER (ORDER BY due_at, id) - 1 FROM (
                        SELECT id, due_at FROM deliveries
                        WHERE campaign_id = ?1 AND account_id = ?2 AND state = 0
                        ORDER BY due_at, id LIMIT ?4))
             UPDATE deliveries SET account_id = pool.account
             FROM page, pool
             WHERE deliveries.id = page.id AND pool.n = page.n % (SELECT count(*) FROM pool)",
            params![campaign.0, from.0, pool, limit(most)],
        )
    }
}
