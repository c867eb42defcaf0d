//! What is open, when something falls due, and what became of everybody.

use crate::rows::{self, STATE_COLUMNS, count, slug};
use crate::unit::{SqliteUnit, limit};
use std::collections::BTreeMap;
use tg_core::ids::{AccountId, CampaignId};
use tg_core::personal::UNWRITTEN;
use tg_core::ports::StoreError;
use tg_core::report::{AccountTally, CampaignTally, Tally, VariantTally};
use tg_core::time::Timestamp;

/// The earliest planned row of each running campaign, and the earliest claimed row that may be
/// repeated: one step into an index for each.
pub(crate) const fn next_due_sql() -> &'static str {
    "SELECT min(due) FROM (
         SELECT (SELECT d.due_at FROM deliveries d
                 WHERE d.campaign_id = k.id AND d.account_id = ?1 AND d.state = 0
                 ORDER BY d.due_at LIMIT 1) AS due
         FROM campaigns k WHERE k.state = 'running'
         UNION ALL
         SELECT (SELECT d.due_at FROM deliveries d CROSS JOIN campaigns k
                     ON k.id = d.campaign_id AND k.state IN ('running', 'canceled', 'finished')
                 WHERE d.state = 1 AND d.account_id = ?1 AND d.due_at IS NOT NULL
                 ORDER BY d.due_at LIMIT 1))"
}

/// The same for all accounts: one step into an index for each campaign of an account, and one for
/// each account. What waits for its text (from 2^60 on) has no time yet.
pub(crate) const NEXT_DUES: &str = "SELECT account, min(due) FROM (
         SELECT c.account_id AS account,
             (SELECT d.due_at FROM deliveries d
              WHERE d.campaign_id = c.campaign_id AND d.account_id = c.account_id AND d.state = 0
              ORDER BY d.due_at LIMIT 1) AS due
         FROM campaigns k CROSS JOIN campaign_accounts c ON c.campaign_id = k.id
         WHERE k.state = 'running'
         UNION ALL
         SELECT a.id,
             (SELECT d.due_at FROM deliveries d CROSS JOIN campaigns k
                  ON k.id = d.campaign_id AND k.state IN ('running', 'canceled', 'finished')
              WHERE d.state = 1 AND d.account_id = a.id AND d.due_at IS NOT NULL
              ORDER BY d.due_at LIMIT 1)
         FROM accounts a)
     WHERE due < 1152921504606846976 GROUP BY account";

/// What ended, with the columns of a state. Exposure is not among what a tally tells apart.
const ENDED: &str = "SELECT state, 0, 0, 0, 0, 0, reason, sum(n) FROM totals
     WHERE campaign_id = ?1 GROUP BY state, reason HAVING sum(n) > 0";

/// The same for each account.
const ENDED_BY_ACCOUNT: &str = "SELECT state, 0, 0, 0, 0, 0, reason, n, account_id FROM totals
     WHERE campaign_id = ?1 AND n > 0";

/// What ended in an account's hands, by campaign.
const ENDED_BY_CAMPAIGN: &str = "SELECT t.state, 0, 0, 0, 0, 0, t.reason, t.n, k.name, k.state
     FROM (SELECT DISTINCT campaign_id FROM totals WHERE account_id = ?1 AND n > 0
           ORDER BY campaign_id DESC LIMIT ?2) c
     JOIN campaigns k ON k.id = c.campaign_id
     JOIN totals t ON t.campaign_id = c.campaign_id AND t.account_id = ?1 AND t.n > 0
     ORDER BY c.campaign_id DESC";

/// Everybody, and what of it is open and due later: held back by its due time or by a wait of its
/// account. What waits for its text (from 2^60 on) is open, not later. Of the planned rows it reads
/// those that wait, off `deliveries_planned`; claimed ones are few.
pub(crate) const OPEN: &str = "WITH waiting (account) AS MATERIALIZED (
         SELECT DISTINCT account_id FROM waits
         WHERE until > ?2 AND scope IN ('account', 'method:send')),
     hands (account, after) AS MATERIALIZED (
         SELECT id, CASE WHEN id IN (SELECT account FROM waiting) THEN -1 ELSE ?2 END
         FROM accounts)
     SELECT coalesce((SELECT recipients FROM campaigns WHERE id = ?1), 0),
         coalesce(sum(
             (SELECT count(*) FROM deliveries d INDEXED BY deliveries_planned
                 WHERE d.campaign_id = ?1 AND d.account_id = hands.account AND d.state = 0
                     AND d.due_at > hands.after AND d.due_at < 1152921504606846976)
             + (SELECT count(*) FROM deliveries d INDEXED BY deliveries_claimed
                 WHERE d.state = 1 AND d.account_id = hands.account AND d.campaign_id = ?1
                     AND (d.due_at > hands.after OR hands.after < 0))), 0)
     FROM hands";

impl SqliteUnit<'_> {
    pub(super) fn read_next_due(
        &self,
        account: AccountId,
    ) -> Result<Option<Timestamp>, StoreError> {
        let due = self.one("looking for the next due row", next_due_sql(), [account.0], |row| {
            rows::time(row, 0)
        })?;
        // What waits for its text has no time yet.
        Ok(due.filter(|at| *at < UNWRITTEN))
    }

    pub(super) fn read_next_dues(&self) -> Result<Vec<(AccountId, Timestamp)>, StoreError> {
        self.all("looking for what falls due", NEXT_DUES, [], |row| {
            Ok((AccountId(row.get(0)?), Timestamp(row.get(1)?)))
        })
    }

    pub(super) fn has_open_rows(&self, campaign: CampaignId) -> Result<(bool, bool), StoreError> {
        self.one(
            "looking for open rows",
            "SELECT EXISTS (SELECT 1 FROM deliveries WHERE campaign_id = ?1 AND state = 0),
                 EXISTS (SELECT 1 FROM deliveries INDEXED BY deliveries_claimed
                     WHERE campaign_id = ?1 AND state = 1)",
            [campaign.0],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
    }

    pub(super) fn count_outcomes(
        &self,
        campaign: CampaignId,
        now: Timestamp,
    ) -> Result<Tally, StoreError> {
        let doing = "counting outcomes";
        let ended = self.all(doing, ENDED, [campaign.0], |row| {
            Ok((rows::state(row, 0)?, count(row, STATE_COLUMNS)?))
        })?;
        let mut tally = Tally::default();
        for (state, n) in ended {
            tally.add(&state, false, n);
        }
        let (recipients, later) =
            self.one(doing, OPEN, [campaign.0, now.0], |row| Ok((count(row, 0)?, count(row, 1)?)))?;
        tally.deferred = later;
        tally.pending = recipients.saturating_sub(tally.recipients());
        Ok(tally)
    }

    pub(super) fn count_accounts(
        &self,
        campaign: CampaignId,
    ) -> Result<Vec<AccountTally>, StoreError> {
        let doing = "counting by account";
        let mut accounts = self.all(
            doing,
            "SELECT a.id, a.name,
                 (SELECT count(*) FROM wait_log w WHERE w.account_id = a.id
                     AND w.at >= k.started_at AND w.at <= coalesce(k.finished_at, w.at))
             FROM campaigns k
             JOIN accounts a ON a.id IN (SELECT account_id FROM campaign_accounts
                     WHERE campaign_id = ?1)
                 OR a.id IN (SELECT account_id FROM totals WHERE campaign_id = ?1)
             WHERE k.id = ?1 ORDER BY a.name",
            [campaign.0],
            |row| {
                Ok(AccountTally {
                    account: AccountId(row.get(0)?),
                    name: slug(row, 1)?,
                    ended: Tally::default(),
                    waits: count(row, 2)?,
                })
            },
        )?;
        let ended = self.all(doing, ENDED_BY_ACCOUNT, [campaign.0], |row| {
            let n = count(row, STATE_COLUMNS)?;
            Ok((AccountId(row.get(STATE_COLUMNS + 1)?), rows::state(row, 0)?, n))
        })?;
        let mut ended_by: BTreeMap<AccountId, Tally> = BTreeMap::new();
        for (account, state, n) in ended {
            ended_by.entry(account).or_default().add(&state, false, n);
        }
        for account in &mut accounts {
            account.ended = ended_by.remove(&account.account).unwrap_or_default();
        }
        Ok(accounts)
    }

    pub(super) fn count_variants(
        &self,
        campaign: CampaignId,
    ) -> Result<Vec<VariantTally>, StoreError> {
        self.all(
            "counting by variant",
            "WITH ended (variant, sent, failed, unknown) AS MATERIALIZED (
                 SELECT variant, sum((state = 2) * n), sum((state = 3) * n), sum((state = 5) * n)
                 FROM variant_totals WHERE campaign_id = ?1 GROUP BY variant),
             echo (variant, replied, opted_out) AS MATERIALIZED (
                 SELECT d.variant, count(DISTINCT m.user_id),
                     count(DISTINCT CASE WHEN m.opt_out = 1 THEN m.user_id END)
                 FROM messages m CROSS JOIN deliveries d ON d.id = m.delivery_id
                 WHERE m.campaign_id = ?1 AND m.campaign_id IS NOT NULL GROUP BY d.variant)
             SELECT t.name, v.name, v.weight, coalesce(ended.sent, 0), coalesce(ended.failed, 0),
                 coalesce(ended.unknown, 0), coalesce(echo.replied, 0), coalesce(echo.opted_out, 0)
             FROM campaign_variants v
             JOIN templates t ON t.id = v.template_id
             LEFT JOIN ended ON ended.variant = v.n
             LEFT JOIN echo ON echo.variant = v.n
             WHERE v.campaign_id = ?1 ORDER BY v.n",
            [campaign.0],
            |row| {
                Ok(VariantTally {
                    template: slug(row, 0)?,
                    name: row.get(1)?,
                    weight: row.get(2)?,
                    sent: count(row, 3)?,
                    failed: count(row, 4)?,
                    unknown: count(row, 5)?,
                    replied: count(row, 6)?,
                    opted_out: count(row, 7)?,
                })
            },
        )
    }

    pub(super) fn count_campaigns(
        &self,
        account: AccountId,
        most: usize,
    ) -> Result<Vec<CampaignTally>, StoreError> {
        let doing = "counting by campaign";
        let mut campaigns: Vec<CampaignTally> = Vec::new();
        let ended = self.all(doing, ENDED_BY_CAMPAIGN, [account.0, limit(most)], |row| {
            let at = STATE_COLUMNS;
            let state = rows::state(row, 0)?;
            Ok((state, count(row, at)?, slug(row, at + 1)?, rows::campaign_state(row, at + 2)?))
        })?;
        for (outcome, n, campaign, state) in ended {
            if campaigns.last().is_none_or(|last| last.campaign != campaign) {
                campaigns.push(CampaignTally { campaign, state, ended: Tally::default() });
            }
            if let Some(last) = campaigns.last_mut() {
                last.ended.add(&outcome, false, n);
            }
        }
        Ok(campaigns)
    }
}
