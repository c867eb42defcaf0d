//! What was spent, counted in the transaction that decides to spend it.

use super::StoreError;
use crate::ids::CampaignId;
use crate::pace::{Charge, CostUnit, Meter, Overspent, Period};
use crate::time::Timestamp;

/// What came of charging.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Charged {
    /// It is counted.
    Counted,
    /// A budget does not hold it; nothing was counted, of any of them.
    Spent(Overspent),
}

/// The sum of a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpentRecord {
    /// What for: [`Meter::what`].
    pub what: String,
    /// Of which campaign, if of one.
    pub campaign: Option<CampaignId>,
    /// Of what.
    pub unit: CostUnit,
    /// Counted for how long.
    pub period: Period,
    /// How much.
    pub spent: i64,
}

/// Budgets that outlive the process.
pub trait BudgetStore {
    /// Counts all `charges` if each fits its limit, otherwise none of them. A charge that nothing
    /// comes of is given back with [`BudgetStore::correct_charge`].
    ///
    /// # Errors
    /// If the store fails.
    fn charge(&mut self, charges: &[Charge], at: Timestamp) -> Result<Charged, StoreError>;

    /// Adds `difference` to what was charged at `charged_at`, when the true cost is known: a
    /// negative one gives back. It is never refused (the money is gone) and no sum gets below zero.
    ///
    /// # Errors
    /// If the store fails.
    fn correct_charge(
        &mut self,
        meter: &Meter,
        difference: i64,
        charged_at: Timestamp,
    ) -> Result<(), StoreError>;

    /// What a meter shows in the period of `at`.
    ///
    /// # Errors
    /// If the store fails.
    fn spent(&self, meter: &Meter, at: Timestamp) -> Result<i64, StoreError>;

    /// All sums of the periods of `at`, by name.
    ///
    /// # Errors
    /// If the store fails.
    fn spending(&self, at: Timestamp) -> Result<Vec<SpentRecord>, StoreError>;
}
