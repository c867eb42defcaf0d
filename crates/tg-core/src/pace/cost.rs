//! Budgets: what may be spent in a period, of money or of tokens. Whoever spends charges first, in
//! the transaction that decides to do it, and corrects afterwards, when the true cost is known.

use crate::ids::CampaignId;
use crate::money::{BadMoney, Currency, Money};
use crate::time::Timestamp;
use std::fmt;

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CostUnit {
    /// Millionths of a currency's unit.
    Money(Currency),
    /// Tokens of a language model.
    Tokens,
}

impl CostUnit {
    /// The name under which it is stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Money(currency) => currency.as_str(),
            Self::Tokens => "tokens",
        }
    }

    /// The unit of a stored name.
    ///
    /// # Errors
    /// If it is none.
    pub fn parse(name: &str) -> Result<Self, BadMoney> {
        if name == "tokens" { Ok(Self::Tokens) } else { name.parse().map(Self::Money) }
    }

    /// An amount of it, for people.
    #[must_use]
    pub fn show(&self, amount: i64) -> String {
        match self {
            Self::Money(currency) => Money { micros: amount, currency: *currency }.to_string(),
            Self::Tokens => format!("{amount} tokens"),
        }
    }
}

/// How long a budget lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Period {
    /// A day in UTC.
    Day,
    /// As long as there is what it is for.
    Ever,
}

impl Period {
    /// The period's number at a time: days since 1970, or -1 for ever.
    #[must_use]
    pub const fn number(self, at: Timestamp) -> i64 {
        match self {
            Self::Day => at.0.div_euclid(DAY),
            Self::Ever => -1,
        }
    }

    /// When the next one begins.
    #[must_use]
    pub const fn renews(self, at: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Day => Some(Timestamp((at.0.div_euclid(DAY) + 1).saturating_mul(DAY))),
            Self::Ever => None,
        }
    }
}

/// One thing that is counted: for what, of what, how long.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Meter {
    /// What the spending is for: `sms`, `gemini`.
    pub what: &'static str,
    /// Of one campaign; otherwise of the whole home.
    pub campaign: Option<CampaignId>,
    /// What is counted.
    pub unit: CostUnit,
    /// How long before it begins at zero again.
    pub period: Period,
}

/// Something that is about to be spent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    /// Where it is counted.
    pub meter: Meter,
    /// How much: millionths, or tokens. Not negative.
    pub amount: i64,
    /// What the period's sum may come to; `None`: it is only counted.
    pub limit: Option<i64>,
}

impl Charge {
    /// Whether it fits beside what was `spent` in the period before.
    ///
    /// # Errors
    /// If the sum would pass the limit. What costs nothing always fits.
    pub fn judge(&self, spent: i64, at: Timestamp) -> Result<(), Overspent> {
        let fits = self.limit.is_none_or(|limit| spent.saturating_add(self.amount) <= limit);
        if fits || self.amount == 0 {
            return Ok(());
        }
        Err(Overspent {
            meter: self.meter.clone(),
            limit: self.limit.unwrap_or(i64::MAX),
            spent,
            asked: self.amount,
            renews: self.meter.period.renews(at),
        })
    }
}

/// A budget that does not hold what was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overspent {
    /// Which.
    pub meter: Meter,
    /// Its limit.
    pub limit: i64,
    /// What has been spent of it.
    pub spent: i64,
    /// What was asked beside it.
    pub asked: i64,
    /// When there is money again, if ever.
    pub renews: Option<Timestamp>,
}

impl fmt::Display for Overspent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, meter) = (&self.meter.unit, &self.meter);
        let period = match meter.period {
            Period::Day => "day's ",
            Period::Ever => "",
        };
        write!(
            f,
            "the {period}budget for {} is {}, {} of it are spent, and this would cost {}",
            meter.what,
            unit.show(self.limit),
            unit.show(self.spent),
            unit.show(self.asked)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn charge(amount: i64, limit: Option<i64>) -> Charge {
        let meter =
            Meter { what: "sms", campaign: None, unit: CostUnit::Tokens, period: Period::Day };
        Charge { meter, amount, limit }
    }

    proptest! {
        /// However charges come, what is counted never passes the limit.
        #[test]
        fn no_budget_is_passed(limit in 0i64..1_000, asked in prop::collection::vec(0i64..300, 0..40)) {
            let mut spent = 0;
            for amount in asked {
                match charge(amount, Some(limit)).judge(spent, Timestamp(0)) {
                    Ok(()) => spent += amount,
                    Err(over) => prop_assert!(over.spent + over.asked > limit),
                }
                prop_assert!(spent <= limit);
            }
        }
    }

    #[test]
    fn what_costs_nothing_always_fits_and_a_refusal_says_why() {
        assert_eq!(charge(0, Some(5)).judge(9, Timestamp(0)), Ok(()));
        assert_eq!(charge(i64::MAX, None).judge(9, Timestamp(0)), Ok(()));
        let over = charge(3, Some(5)).judge(4, Timestamp(DAY + 1)).expect_err("it is too much");
        assert_eq!(over.renews, Some(Timestamp(2 * DAY)));
        assert_eq!(
            over.to_string(),
            "the day's budget for sms is 5 tokens, 4 tokens of it are spent, and this would cost 3 tokens"
        );
    }

    #[test]
    fn units_are_read_as_they_are_stored() {
        for unit in [CostUnit::Tokens, CostUnit::Money("EUR".parse().expect("a currency"))] {
            assert_eq!(CostUnit::parse(unit.as_str()), Ok(unit));
        }
        assert!(CostUnit::parse("coins").is_err());
    }
}
