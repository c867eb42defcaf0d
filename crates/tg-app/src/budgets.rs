//! What was spent of which budget, as `doctor` says it.

use crate::json::{self, Finding, Severity};
use tg_core::pace::{Meter, Period};
use tg_core::ports::{SpentRecord, StoreError, Unit};
use tg_core::time::Timestamp;

/// A budget as the settings have it.
#[derive(Clone, Debug)]
pub struct Budget {
    /// What is counted.
    pub meter: Meter,
    /// What the sum of a period may come to.
    pub limit: i64,
}

/// What was spent in the periods of `now`: a warning for what is nearly all.
pub(crate) fn findings(
    unit: &dyn Unit,
    budgets: &[Budget],
    now: Timestamp,
) -> Result<Vec<Finding>, StoreError> {
    let spent = unit.spending(now)?.into_iter().filter(|record| record.spent > 0);
    Ok(spent.map(|record| finding(&record, budgets, now)).collect())
}

fn finding(record: &SpentRecord, budgets: &[Budget], now: Timestamp) -> Finding {
    let own = budgets.iter().find(|budget| is_of(record, &budget.meter));
    let spent = record.unit.show(record.spent);
    let (when, renews) = match record.period {
        Period::Day => (" today (UTC)", record.period.renews(now)),
        Period::Ever => ("", None),
    };
    let what = record.campaign.map_or_else(
        || record.what.clone(),
        |campaign| format!("{} of campaign {campaign}", record.what),
    );
    let Some(budget) = own else {
        let message = format!("{spent} were spent on {what}{when}; there is no budget");
        return Finding::new(Severity::Note, "budgets", message, "the settings can limit it");
    };
    // Nine tenths: what comes next may cost more than is left.
    let nearly = record.spent >= budget.limit.saturating_sub(budget.limit / 10);
    let severity = if nearly { Severity::Warning } else { Severity::Note };
    let limit = record.unit.show(budget.limit);
    let hint = match renews {
        Some(at) => format!("it begins anew at {}; the settings raise it", json::rfc3339(at)),
        None => "the settings raise it".to_owned(),
    };
    let message = format!("{spent} of {limit} were spent on {what}{when}");
    Finding::new(severity, "budgets", message, hint)
}

fn is_of(record: &SpentRecord, meter: &Meter) -> bool {
    record.what == meter.what
        && record.campaign == meter.campaign
        && record.unit == meter.unit
        && record.period == meter.period
}

#[cfg(test)]
mod tests {
    use super::*;
    use tg_core::pace::CostUnit;

    #[test]
    fn what_is_nearly_spent_is_a_warning() {
        let meter =
            Meter { what: "sms", campaign: None, unit: CostUnit::Tokens, period: Period::Day };
        let said = |spent, limit: Option<i64>| {
            let (unit, period) = (meter.unit, meter.period);
            let record =
                SpentRecord { what: "sms".to_owned(), campaign: None, unit, period, spent };
            let budgets: Vec<_> =
                limit.map(|limit| Budget { meter: meter.clone(), limit }).into_iter().collect();
            let found = finding(&record, &budgets, Timestamp(0));
            (found.severity, found.message)
        };
        let note = "5 tokens of 10 tokens were spent on sms today (UTC)".to_owned();
        assert_eq!(said(5, Some(10)), (Severity::Note, note));
        assert_eq!(said(9, Some(10)).0, Severity::Warning);
        let none = "5 tokens were spent on sms today (UTC); there is no budget".to_owned();
        assert_eq!(said(5, None), (Severity::Note, none));
    }
}
