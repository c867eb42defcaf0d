//! What a person should know, and services that are left alone.

use super::Make;
use super::home::{Home, NOW};
use crate::breaker::BreakerState;
use crate::ports::{AlertState, NewAlert, ServiceHealth, StoreError};
use crate::time::Timestamp;
use std::time::Duration;

const QUIET: Duration = Duration::from_secs(3_600);

fn at(secs: u64) -> Timestamp {
    NOW + Duration::from_secs(secs)
}

fn alert(key: &str) -> NewAlert {
    NewAlert { key: key.to_owned(), title: "It happened".to_owned(), text: "Look.".to_owned() }
}

fn raise(home: &Home, key: &str, when: Timestamp) -> bool {
    let alert = alert(key);
    home.write(move |unit| unit.raise_alert(&alert, QUIET, when))
}

/// The same alert is raised once in a while and counted in between, told or not.
pub fn the_same_alert_is_counted(make: &Make) {
    let home = Home::new(make);
    assert!(raise(&home, "a", at(0)));
    assert!(raise(&home, "b", at(1)));
    assert!(!raise(&home, "a", at(2)));
    home.write(|unit| {
        let due = unit.due_alerts(at(2), 10)?;
        unit.alert_tried(due[0].id, AlertState::Told, None)
    });
    assert!(!raise(&home, "a", at(3)), "a person knows");
    let records = home.read(|unit| unit.alerts(10));
    let shown: Vec<_> =
        records.iter().map(|r| (r.alert.what.key.as_str(), r.alert.times)).collect();
    assert_eq!(shown, [("b", 1), ("a", 3)], "newest first");
    assert_eq!((records[1].state, records[1].last_at), (AlertState::Told, at(3)));
    assert!(raise(&home, "a", at(3_600)), "long enough ago");
}

/// What could not be told waits for its time; what was told or given up is not told again.
pub fn an_alert_waits_for_its_time(make: &Make) {
    let home = Home::new(make);
    for key in ["a", "b", "c"] {
        raise(&home, key, at(0));
    }
    let due = home.read(|unit| unit.due_alerts(at(0), 2));
    assert_eq!(due.iter().map(|alert| alert.what.key.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    let (a, b) = (due[0].id, due[1].id);
    home.write(move |unit| {
        unit.alert_tried(a, AlertState::Waiting { due: at(60) }, Some("no answer"))?;
        unit.alert_tried(b, AlertState::GivenUp, Some("refused"))
    });
    let due = home.read(|unit| unit.due_alerts(at(59), 10));
    assert_eq!(due.iter().map(|alert| alert.what.key.as_str()).collect::<Vec<_>>(), ["c"]);
    let due = home.read(|unit| unit.due_alerts(at(60), 10));
    let shown: Vec<_> = due.iter().map(|a| (a.what.key.as_str(), a.attempts)).collect();
    assert_eq!(shown, [("c", 0), ("a", 1)]);
    let faults: Vec<_> =
        home.read(|unit| unit.alerts(10)).into_iter().map(|record| record.fault).collect();
    assert_eq!(faults, [None, Some("refused".to_owned()), Some("no answer".to_owned())]);
    let nobody = home.try_write(|unit| unit.alert_tried(99, AlertState::Told, None));
    assert!(matches!(nobody, Err(StoreError::Missing { .. })));
}

/// A service in trouble is remembered until it is well.
pub fn services_in_trouble_are_remembered(make: &Make) {
    let home = Home::new(make);
    let health = |name: &str, state| ServiceHealth {
        name: name.to_owned(),
        state,
        failures: 3,
        reason: "timeout".to_owned(),
        at: NOW,
    };
    let open = |secs| BreakerState::Open { until: at(secs) };
    let given = [health("b", open(1)), health("a", open(2)), health("b", open(9))];
    home.write(move |unit| given.iter().try_for_each(|health| unit.put_health(health)));
    let known = home.read(|unit| unit.health());
    assert_eq!(known, [health("a", open(2)), health("b", open(9))]);
    let well = health("a", BreakerState::Closed);
    home.write(move |unit| unit.put_health(&well));
    assert_eq!(home.read(|unit| unit.health()).len(), 1);
    home.write(|unit| unit.forget_health());
    assert!(home.read(|unit| unit.health()).is_empty());
}
