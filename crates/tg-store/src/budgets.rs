//! The port of budgets.

use crate::rows::unreadable;
use crate::unit::SqliteUnit;
use rusqlite::{Row, params};
use tg_core::ids::CampaignId;
use tg_core::pace::{Charge, CostUnit, Meter, Period};
use tg_core::ports::{BudgetStore, Charged, SpentRecord, StoreError};
use tg_core::time::Timestamp;

impl SqliteUnit<'_> {
    fn count(&self, meter: &Meter, amount: i64, at: Timestamp) -> Result<(), StoreError> {
        self.execute(
            "counting what is spent",
            "INSERT INTO spending (what, campaign, unit, period, spent)
             VALUES (?1, ?2, ?3, ?4, max(?5, 0))
             ON CONFLICT DO UPDATE SET spent = max(spent + ?5, 0)",
            params![
                meter.what,
                campaign(meter.campaign),
                meter.unit.as_str(),
                meter.period.number(at),
                amount,
            ],
        )
        .map(|_| ())
    }
}

impl BudgetStore for SqliteUnit<'_> {
    fn charge(&mut self, charges: &[Charge], at: Timestamp) -> Result<Charged, StoreError> {
        let mut counted: Vec<&Charge> = Vec::with_capacity(charges.len());
        for charge in charges {
            // A meter that is charged twice counts what it was charged a moment ago.
            let before = counted.iter().filter(|other| other.meter == charge.meter);
            let before = before.fold(0, |sum: i64, other| sum.saturating_add(other.amount));
            let spent = self.spent(&charge.meter, at)?.saturating_add(before);
            if let Err(over) = charge.judge(spent, at) {
                return Ok(Charged::Spent(over));
            }
            counted.push(charge);
        }
        for charge in counted {
            self.count(&charge.meter, charge.amount, at)?;
        }
        Ok(Charged::Counted)
    }

    fn correct_charge(
        &mut self,
        meter: &Meter,
        difference: i64,
        charged_at: Timestamp,
    ) -> Result<(), StoreError> {
        self.count(meter, difference, charged_at)
    }

    fn spent(&self, meter: &Meter, at: Timestamp) -> Result<i64, StoreError> {
        let spent = self.optional(
            "reading what is spent",
            "SELECT spent FROM spending
             WHERE what = ?1 AND campaign = ?2 AND unit = ?3 AND period = ?4",
            params![
                meter.what,
                campaign(meter.campaign),
                meter.unit.as_str(),
                meter.period.number(at)
            ],
            |row| row.get(0),
        )?;
        Ok(spent.unwrap_or(0))
    }

    fn spending(&self, at: Timestamp) -> Result<Vec<SpentRecord>, StoreError> {
        self.all(
            "reading what is spent",
            "SELECT what, campaign, unit, period, spent FROM spending
             WHERE period IN (?1, ?2) ORDER BY what, campaign, unit, period",
            [Period::Day.number(at), Period::Ever.number(at)],
            record,
        )
    }
}

fn campaign(campaign: Option<CampaignId>) -> i64 {
    campaign.map_or(0, |campaign| campaign.0)
}

fn record(row: &Row<'_>) -> rusqlite::Result<SpentRecord> {
    let campaign = row.get(1)?;
    let unit = CostUnit::parse(row.get_ref(2)?.as_str()?).map_err(|_| unreadable("unit"))?;
    let period = if row.get::<_, i64>(3)? < 0 { Period::Ever } else { Period::Day };
    Ok(SpentRecord {
        what: row.get(0)?,
        campaign: (campaign != 0).then_some(CampaignId(campaign)),
        unit,
        period,
        spent: row.get(4)?,
    })
}
