//! What a campaign would do, counted before it is started. It deals out as staging does.

use super::stage::assigned;
use crate::rows::count;
use crate::unit::SqliteUnit;
use rusqlite::params;
use std::collections::BTreeMap;
use tg_core::delivery::Reason;
use tg_core::ids::{AccountId, CampaignId};
use tg_core::ports::{AccountLoad, PlanCounts, StoreError};

/// Sorts members into classes; the reasons in the order of `Permission::obstacle`.
macro_rules! classes {
    () => {
        concat!(
            assigned!(),
            ", classed (account, class) AS (
                 SELECT coalesce(s.known, s.dealt), CASE
                     WHEN EXISTS (SELECT 1 FROM opt_outs o WHERE o.contact_id = c.id)
                         OR EXISTS (SELECT 1 FROM opt_out_users u WHERE u.user_id = c.user_id)
                         THEN 'opted_out'
                     WHEN EXISTS (SELECT 1 FROM suppressions x WHERE x.contact_id = c.id
                         AND (x.audience_id IS NULL OR x.audience_id = ?1)) THEN 'suppressed'
                     WHEN m.source_id IS NULL THEN 'no_consent'
                     WHEN s.known IS NOT NULL THEN '+known'
                     WHEN ?7 AND coalesce(c.username, c.phone) IS NOT NULL THEN '+resolve'
                     ELSE 'unreachable' END
                 FROM assigned s
                 JOIN contacts c ON c.id = s.contact
                 JOIN members m ON m.audience_id = ?1 AND m.contact_id = s.contact) "
        )
    };
}

impl SqliteUnit<'_> {
    pub(super) fn count_plan(&self, campaign: CampaignId) -> Result<PlanCounts, StoreError> {
        let classes = self.classes(
            campaign,
            concat!(classes!(), "SELECT class, 0, count(*) FROM classed GROUP BY class"),
        )?;
        let mut counts = PlanCounts::default();
        for (class, _, count) in classes {
            counts.recipients += count;
            match class.as_str() {
                "+known" => counts.known += count,
                "+resolve" => counts.to_resolve += count,
                reason => counts.skipped.push((Reason::named(reason), count)),
            }
        }
        counts.eligible = counts.known + counts.to_resolve;
        counts.skipped.sort();
        Ok(counts)
    }

    pub(super) fn count_loads(&self, campaign: CampaignId) -> Result<Vec<AccountLoad>, StoreError> {
        let classes = self.classes(
            campaign,
            concat!(
                classes!(),
                "SELECT class, account, count(*) FROM classed
                 WHERE class LIKE '+%' AND account IS NOT NULL GROUP BY account, class"
            ),
        )?;
        let idle = |account| AccountLoad { account, deliveries: 0, to_resolve: 0 };
        let mut loads: BTreeMap<AccountId, AccountLoad> = self
            .campaign(campaign)?
            .accounts
            .into_iter()
            .map(|account| (account, idle(account)))
            .collect();
        for (class, account, count) in classes {
            let account = AccountId(account);
            let load = loads.entry(account).or_insert_with(|| idle(account));
            load.deliveries += count;
            if class == "+resolve" {
                load.to_resolve += count;
            }
        }
        Ok(loads.into_values().collect())
    }

    fn classes(
        &self,
        campaign: CampaignId,
        sql: &'static str,
    ) -> Result<Vec<(String, i64, u64)>, StoreError> {
        let stored = self.campaign(campaign)?;
        let hands = self.hands(&stored.accounts)?;
        self.all(
            "counting a plan",
            sql,
            params![
                stored.audience.0,
                i64::MIN,
                i64::MAX,
                0,
                hands.every,
                hands.dealt,
                hands.may_resolve
            ],
            |row| Ok((row.get(0)?, row.get(1)?, count(row, 2)?)),
        )
    }
}
