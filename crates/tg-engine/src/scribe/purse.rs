//! What a text may cost: charged before it is asked for, at the most that it can cost, and corrected
//! when the bill is known. A process that dies in between leaves the most counted, never less.

use super::job::{Job, TextOptions};
use tg_core::ids::CampaignId;
use tg_core::money::Money;
use tg_core::pace::{Charge, CostUnit, Meter, Overspent, Period};
use tg_core::personal::{Fallback, Limits, METER, Usage};
use tg_core::ports::{Charged, StoreError, Unit};
use tg_core::time::Timestamp;

/// A charge that was counted.
#[derive(Clone, Debug)]
pub(super) struct Paid {
    meters: Vec<Meter>,
    most: Usage,
    at: Timestamp,
}

impl Paid {
    /// What was charged.
    pub(super) const fn most(&self) -> Usage {
        self.most
    }
}

/// What became of charging.
pub(super) enum Purse {
    Paid(Paid),
    Empty(Fallback, Timestamp),
}

fn meter(campaign: Option<CampaignId>, unit: CostUnit) -> Meter {
    let period = if campaign.is_some() { Period::Ever } else { Period::Day };
    Meter { what: METER, campaign, unit, period }
}

/// Counts the most that a text can cost, if all budgets hold it.
pub(super) fn charge(
    unit: &mut dyn Unit,
    job: &Job,
    options: &TextOptions,
    most: Usage,
    at: Timestamp,
) -> Result<Purse, StoreError> {
    let mut charges = Vec::with_capacity(4);
    for (campaign, limits) in
        [(Some(job.campaign.id), &job.personal.limits), (None, &options.daily)]
    {
        let tokens = Charge {
            meter: meter(campaign, CostUnit::Tokens),
            amount: most.total(),
            limit: limits.tokens,
        };
        charges.push(tokens);
        match money(limits, options, most) {
            Ok(None) => {}
            Ok(Some((amount, limit))) => charges.push(Charge {
                meter: meter(campaign, CostUnit::Money(amount.currency)),
                amount: amount.micros,
                limit,
            }),
            // A budget in money that nobody can count is spent.
            Err(reason) => return Ok(Purse::Empty(reason, Timestamp::NEVER)),
        }
    }
    Ok(match unit.charge(&charges, at)? {
        Charged::Counted => {
            let meters = charges.into_iter().map(|charge| charge.meter).collect();
            Purse::Paid(Paid { meters, most, at })
        }
        Charged::Spent(Overspent { meter, renews, .. }) => {
            let reason = match meter.campaign {
                Some(_) => Fallback::Budget,
                None => Fallback::DailyBudget,
            };
            Purse::Empty(reason, renews.unwrap_or(Timestamp::NEVER))
        }
    })
}

/// The most in money, and the limit; nothing if there are no prices.
fn money(
    limits: &Limits,
    options: &TextOptions,
    most: Usage,
) -> Result<Option<(Money, Option<i64>)>, Fallback> {
    match (&options.prices, &limits.money) {
        (None, None) => Ok(None),
        (Some(prices), None) => Ok(Some((prices.money(most), None))),
        (Some(prices), Some(limit)) if limit.currency == prices.currency => {
            Ok(Some((prices.money(most), Some(limit.micros))))
        }
        (_, Some(_)) => Err(Fallback::Budget),
    }
}

/// Corrects a charge to what was billed.
pub(super) fn settle(
    unit: &mut dyn Unit,
    options: &TextOptions,
    paid: &Paid,
    billed: Usage,
) -> Result<(), StoreError> {
    for meter in &paid.meters {
        let difference = match meter.unit {
            CostUnit::Tokens => billed.total().saturating_sub(paid.most.total()),
            CostUnit::Money(_) => options
                .prices
                .map_or(0, |prices| prices.of(billed).saturating_sub(prices.of(paid.most))),
        };
        if difference != 0 {
            unit.correct_charge(meter, difference, paid.at)?;
        }
    }
    Ok(())
}
