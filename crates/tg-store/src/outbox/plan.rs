//! What a campaign would do, counted before it is started. It deals out as staging does.

use super::stage::{MemberPage, assigned, with_choice};
use crate::filter::Condition;
use crate::rows::count;
use crate::unit::SqliteUnit;
use rusqlite::types::Value;
use std::collections::BTreeMap;
use tg_core::delivery::Reason;
use tg_core::ids::{AccountId, CampaignId};
use tg_core::ports::{AccountLoad, PlanCounts, StoreError};
use tg_core::time::Timestamp;

/// Sorts members into classes; the reasons in the order of `Permission::obstacle`. `?7`: whether any
/// account can ask Telegram about somebody it does not know; `?8` is null.
fn classes(chosen: Option<&Condition>) -> String {
    // tidy: sql-constant
    format!(
        "{}, classed (account, class) AS (
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
             JOIN members m ON m.audience_id = ?1 AND m.contact_id = s.contact)
         SELECT class, account, count(*) FROM classed WHERE ?8 IS NULL GROUP BY class, account",
        assigned(chosen)
    )
}

/// Members that are classed at a time: what a plan needs in memory does not grow with the audience.
const PAGE: usize = 10_000;

impl SqliteUnit<'_> {
    pub(super) fn count_plan(
        &self,
        campaign: CampaignId,
        now: Timestamp,
    ) -> Result<PlanCounts, StoreError> {
        let stored = self.campaign(campaign)?;
        let hands = self.hands(&stored.accounts)?;
        let mut tally = Tally::of(&stored.accounts);
        let mut page = Some(MemberPage::first());
        while let Some(current) = page {
            let end = self.member_page_end(stored.audience, current, PAGE)?;
            let chosen = self.chosen_for(campaign, now)?;
            let sql = classes(chosen.as_ref());
            let front: [Value; 8] = [
                stored.audience.0.into(),
                current.begin().into(),
                end.map_or(i64::MAX, |id| id.0).into(),
                current.turn(hands.count).into(),
                hands.every.clone().into(),
                hands.dealt.clone().into(),
                hands.may_resolve.into(),
                Value::Null,
            ];
            let classes = self.all("counting a plan", &sql, with_choice(front, chosen), |row| {
                let account: Option<i64> = row.get(1)?;
                Ok((row.get::<_, String>(0)?, account.map(AccountId), count(row, 2)?))
            })?;
            for (class, account, count) in classes {
                tally.add(&class, account, count);
            }
            page = end.map(MemberPage::after);
        }
        Ok(tally.counts())
    }
}

/// Counts of classes, summed up over pages.
struct Tally {
    counts: PlanCounts,
    skipped: BTreeMap<Reason, u64>,
    loads: BTreeMap<AccountId, AccountLoad>,
}

impl Tally {
    fn of(accounts: &[AccountId]) -> Self {
        let idle = |account: &AccountId| {
            (*account, AccountLoad { account: *account, deliveries: 0, to_resolve: 0 })
        };
        Self {
            counts: PlanCounts::default(),
            skipped: BTreeMap::new(),
            loads: accounts.iter().map(idle).collect(),
        }
    }

    fn add(&mut self, class: &str, account: Option<AccountId>, count: u64) {
        self.counts.recipients += count;
        let to_resolve = match class {
            "+known" => {
                self.counts.known += count;
                0
            }
            "+resolve" => {
                self.counts.to_resolve += count;
                count
            }
            reason => {
                *self.skipped.entry(Reason::named(reason)).or_default() += count;
                return;
            }
        };
        if let Some(load) = account.and_then(|account| self.loads.get_mut(&account)) {
            load.deliveries += count;
            load.to_resolve += to_resolve;
        }
    }

    fn counts(self) -> PlanCounts {
        PlanCounts {
            eligible: self.counts.known + self.counts.to_resolve,
            skipped: self.skipped.into_iter().collect(),
            loads: self.loads.into_values().collect(),
            ..self.counts
        }
    }
}
