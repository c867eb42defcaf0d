//! What was spent, and what may be.

use super::Make;
use super::home::{Home, NOW};
use crate::ids::CampaignId;
use crate::pace::{Charge, CostUnit, Meter, Period};
use crate::ports::Charged;
use crate::time::Timestamp;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);

fn meter(what: &'static str, campaign: Option<i64>, period: Period) -> Meter {
    Meter { what, campaign: campaign.map(CampaignId), unit: CostUnit::Tokens, period }
}

fn charge(meter: &Meter, amount: i64, limit: i64) -> Charge {
    Charge { meter: meter.clone(), amount, limit: Some(limit) }
}

fn charged(home: &Home, charges: Vec<Charge>, at: Timestamp) -> bool {
    home.write(move |unit| unit.charge(&charges, at)) == Charged::Counted
}

fn spent(home: &Home, meter: &Meter, at: Timestamp) -> i64 {
    let meter = meter.clone();
    home.read(move |unit| unit.spent(&meter, at))
}

/// A budget holds what it says and not one more, and the next day another one.
pub fn a_budget_is_never_passed(make: &Make) {
    let home = Home::new(make);
    let sms = meter("sms", None, Period::Day);
    assert!(charged(&home, vec![charge(&sms, 6, 10)], NOW));
    assert!(!charged(&home, vec![charge(&sms, 5, 10)], NOW));
    assert!(charged(&home, vec![charge(&sms, 4, 10)], NOW));
    assert!(charged(&home, vec![charge(&sms, 0, 10)], NOW));
    assert_eq!(spent(&home, &sms, NOW), 10);
    let tomorrow = NOW + DAY;
    assert_eq!(spent(&home, &sms, tomorrow), 0);
    assert!(charged(&home, vec![charge(&sms, 10, 10)], tomorrow));
    assert_eq!(spent(&home, &sms, NOW), 10);
}

/// Of several budgets that one thing is charged to, all count it or none does.
pub fn what_one_budget_refuses_no_budget_counts(make: &Make) {
    let home = Home::new(make);
    let day = meter("gemini", None, Period::Day);
    let campaign = meter("gemini", Some(7), Period::Ever);
    assert!(charged(&home, vec![charge(&day, 3, 100), charge(&campaign, 3, 4)], NOW));
    assert!(!charged(&home, vec![charge(&day, 3, 100), charge(&campaign, 3, 4)], NOW));
    // The same meter twice in one go is counted twice.
    assert!(!charged(&home, vec![charge(&campaign, 1, 4), charge(&campaign, 1, 4)], NOW));
    assert_eq!((spent(&home, &day, NOW), spent(&home, &campaign, NOW + DAY)), (3, 3));
    let listed = home.read(|unit| unit.spending(NOW));
    let shown: Vec<_> =
        listed.iter().map(|record| (record.campaign, record.period, record.spent)).collect();
    assert_eq!(shown, [(None, Period::Day, 3), (Some(CampaignId(7)), Period::Ever, 3)]);
}

/// The true cost replaces the estimate, on the day of the estimate, and is never refused.
pub fn a_charge_is_corrected(make: &Make) {
    let home = Home::new(make);
    let sms = meter("sms", None, Period::Day);
    assert!(charged(&home, vec![charge(&sms, 6, 10)], NOW));
    for (difference, expected) in [(-2, 4), (20, 24), (-100, 0)] {
        let meter = sms.clone();
        home.write(move |unit| unit.correct_charge(&meter, difference, NOW));
        assert_eq!(spent(&home, &sms, NOW), expected, "{difference}");
    }
    assert_eq!(spent(&home, &sms, NOW + DAY), 0);
}
