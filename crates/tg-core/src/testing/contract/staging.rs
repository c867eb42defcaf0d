//! From members to planned deliveries.

use super::Make;
use super::home::{Home, NOW, person, stranger};
use crate::campaign::CampaignState;
use crate::contact::Person;
use crate::delivery::{DeliveryState, Reason};
use crate::filter;
use crate::ids::{AccountId, UserId};
use crate::ports::{AccountLoad, CampaignFilter};
use std::collections::BTreeMap;

/// How many deliveries each account has.
fn loads(home: &Home, campaign: crate::ids::CampaignId) -> BTreeMap<AccountId, usize> {
    let mut loads = BTreeMap::new();
    for delivery in home.deliveries(campaign) {
        let (account, _) = delivery.account.expect("staging prefers an account");
        *loads.entry(account).or_default() += 1;
    }
    loads
}

/// One for each member, however often it is asked for.
pub fn every_member_gets_one_delivery(make: &Make) {
    let home = Home::new(make);
    let one = home.account("one", 1);
    home.import("list", (0..7).map(stranger).collect());
    home.import("other", (20..23).map(stranger).collect());
    let campaign = home.campaign("spring", "list", &[one]);
    assert_eq!(home.stage(campaign, &[one]), 7);
    assert_eq!(home.stage(campaign, &[one]), 0);
    home.import("list", vec![stranger(7)]);
    assert_eq!(home.stage(campaign, &[one]), 1);
    let deliveries = home.deliveries(campaign);
    assert_eq!(deliveries.len(), 8);
    for delivery in deliveries {
        assert_eq!(delivery.state, DeliveryState::Planned);
        assert_eq!(delivery.planned_at, NOW);
        assert!(delivery.due_at.is_some_and(|due| due <= NOW), "due at once");
        assert_eq!((delivery.claimed_at, delivery.random_id), (None, None));
    }
}

/// A draft sends nothing, and one that runs is not staged any more.
pub fn staged_rows_are_invisible_until_the_campaign_runs(make: &Make) {
    let home = Home::new(make);
    let one = home.account("one", 1);
    home.import("list", (0..2).map(stranger).collect());
    let campaign = home.campaign("spring", "list", &[one]);
    home.stage(campaign, &[one]);
    for state in CampaignState::ALL {
        home.set(campaign, state);
        let seen = home.candidates(campaign, one).len();
        assert_eq!(seen, if state.may_claim() { 2 } else { 0 }, "{state:?}");
    }
    home.set(campaign, CampaignState::Running);
    let late = home.try_write(move |unit| unit.stage(campaign, &[one], None, 10, NOW));
    assert!(late.is_err());
}

/// Nobody has more than one above anybody else.
pub fn strangers_are_dealt_out_evenly(make: &Make) {
    let home = Home::new(make);
    let accounts = [home.account("one", 1), home.account("two", 2), home.account("three", 3)];
    home.import("list", (0..11).map(stranger).collect());
    let campaign = home.campaign("spring", "list", &accounts);
    home.stage(campaign, &accounts);
    let loads: Vec<usize> = loads(&home, campaign).into_values().collect();
    assert_eq!(loads.iter().sum::<usize>(), 11);
    assert!(loads.iter().all(|n| (3..=4).contains(n)), "{loads:?}");
}

/// Resolving is what limits campaigns: whoever knows the person goes first, and of several each
/// takes its share.
pub fn who_knows_the_person_is_preferred(make: &Make) {
    let home = Home::new(make);
    let [one, two, three] =
        [home.account("one", 1), home.account("two", 2), home.account("three", 3)];
    home.introduce(two, 0..6);
    home.introduce(three, 0..3);
    home.import("list", (0..6).map(person).collect());
    let campaign = home.campaign("spring", "list", &[one, two, three]);
    home.stage(campaign, &[one, two, three]);
    let loads = loads(&home, campaign);
    assert_eq!(loads.get(&one), None);
    assert!(loads.get(&three).is_some_and(|n| *n >= 1), "{loads:?}");
    assert!(loads.get(&two).is_some_and(|n| *n >= 3), "{loads:?}");
}

/// A bot cannot write first to somebody who never started it.
pub fn a_bot_gets_only_those_who_know_it(make: &Make) {
    let home = Home::new(make);
    let (one, bot) = (home.account("one", 1), home.bot("bot", 2));
    home.introduce(bot, 0..2);
    home.import("list", (0..6).map(person).collect());
    let campaign = home.campaign("spring", "list", &[one, bot]);
    home.stage(campaign, &[one, bot]);
    assert_eq!(loads(&home, campaign), BTreeMap::from([(one, 4), (bot, 2)]));
    let bots = home.campaign("bots", "list", &[bot]);
    home.stage(bots, &[bot]);
    assert_eq!(loads(&home, bots), BTreeMap::from([(bot, 6)]));
}

/// A plan says who would be skipped and why, and what each account would do.
pub fn a_plan_counts_what_staging_makes(make: &Make) {
    let home = Home::new(make);
    let (one, two) = (home.account("one", 1), home.account("two", 2));
    home.introduce(two, 0..3);
    let nameless = Person { user_id: Some(UserId(4)), ..Person::default() };
    let mut people: Vec<Person> = (0..7).map(person).collect();
    people.push(nameless);
    home.import("list", people);
    let (first, last) = (home.contact(0).id, home.contact(6).id);
    home.write(move |unit| {
        unit.opt_out(first, "wrote STOP", NOW)?;
        unit.suppress(last, None, NOW)
    });
    let campaign = home.campaign("spring", "list", &[one, two]);
    let counts = home.read(move |unit| unit.plan_counts(campaign, NOW));
    assert_eq!((counts.recipients, counts.eligible), (8, 5));
    assert_eq!((counts.known, counts.to_resolve), (2, 3));
    let skipped = [(Reason::OPTED_OUT, 1), (Reason::SUPPRESSED, 1), (Reason::UNREACHABLE, 1)];
    assert_eq!(counts.skipped, skipped);
    let loads = counts.loads;
    let sum = |f: fn(&AccountLoad) -> u64| loads.iter().map(f).sum::<u64>();
    assert_eq!((sum(|l| l.deliveries), sum(|l| l.to_resolve)), (5, 3));
    assert_eq!(loads.iter().map(|l| l.account).collect::<Vec<_>>(), [one, two]);
    assert!(loads[1].deliveries >= 2);
    let bots = home.bot("bot", 3);
    let bots = home.campaign("bots", "list", &[bots]);
    let counts = home.read(move |unit| unit.plan_counts(bots, NOW));
    assert_eq!((counts.eligible, counts.to_resolve), (0, 0), "a bot asks for nobody");
}

/// A campaign with a filter is for those whom it chooses: in the plan, and as it is staged.
pub fn a_filter_chooses_whom_a_campaign_is_for(make: &Make) {
    let home = Home::new(make);
    let one = home.account("one", 1);
    home.import("list", (0..6).map(person).collect());
    let campaign = home.campaign("spring", "list", &[one]);
    let filter = filter::parse("username in (person_1, PERSON_4)").expect("a filter");
    home.write(move |unit| {
        unit.set_campaign_filter(campaign, &CampaignFilter { filter, segment: None })
    });
    let counts = home.read(move |unit| unit.plan_counts(campaign, NOW));
    assert_eq!((counts.recipients, counts.eligible), (2, 2));
    home.stage(campaign, &[one]);
    assert_eq!(loads(&home, campaign), BTreeMap::from([(one, 2)]));
}
