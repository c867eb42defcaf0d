//! Alerts: what a person was told, or should have been.

use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::{AppError, Kind};
use crate::json::{self, Finding, Severity};
use crate::permissions::Permission;
use std::time::Duration;
use tg_core::breaker::BreakerState;
use tg_core::failure::{FailureClass, Refusal};
use tg_core::ports::{
    Alert, AlertRecord, AlertState, Alerter, NewAlert, ServiceHealth, StoreError, Unit,
};
use tg_core::time::Timestamp;

/// Alerts that are listed, and looked through for failures.
const LATEST: usize = 100;
/// Older failures are of no use to anybody.
const RECENT: Duration = Duration::from_secs(7 * 86_400);

/// The latest alerts, newest first.
///
/// # Errors
/// A refusal, or the store's failure.
pub async fn list(app: &App, actor: &Actor) -> Result<json::Alerts, AppError> {
    let act = Act::begin(app, actor, Permission::AlertList, "alert", None).await?;
    act.read(|unit| Ok(json::Alerts::new(&unit.alerts(LATEST)?))).await
}

/// Tells a person that alerts reach them.
///
/// # Errors
/// A refusal; what kept every way from working.
pub async fn test(
    app: &App,
    actor: &Actor,
    alerter: &dyn Alerter,
) -> Result<json::AlertTest, AppError> {
    let act = Act::begin(app, actor, Permission::AlertTest, "alert", None).await?;
    let alert = Alert {
        id: 0,
        what: NewAlert {
            key: "test".to_owned(),
            title: "A test: alerts of this home reach you".to_owned(),
            text: "Nothing happened. Somebody typed `tg alert test`.".to_owned(),
        },
        raised_at: app.clock.now(),
        times: 1,
        attempts: 0,
    };
    let result = alerter.tell(&alert).await;
    let detail = match &result {
        Ok(told) if told.missed.is_empty() => "a person was told".to_owned(),
        Ok(told) => format!("a person was told, but not by every way: {}", told.missed.join("; ")),
        Err(failure) => format!("nobody was told: {}", failure.text),
    };
    act.write(move |_, _| Ok(((), detail))).await?;
    match result {
        Ok(told) => Ok(json::AlertTest::new(told.missed)),
        Err(failure) => {
            let told = AppError::new(
                Kind::Remote,
                "alert_not_told",
                format!("nobody could be told: {}", failure.text),
            );
            Err(match failure.class {
                FailureClass::Refused(Refusal::Config) => {
                    told.advise("the settings under [alerts] and [net], and the secrets alerts.*")
                }
                _ => told.advise("try again; alerts of the engine are tried again for a day"),
            })
        }
    }
}

/// What `doctor` says about alerts that reached nobody.
pub(crate) fn untold(unit: &dyn Unit, now: Timestamp) -> Result<Vec<Finding>, StoreError> {
    let records = unit.alerts(LATEST)?;
    Ok(records
        .iter()
        .filter(|record| now.since(record.last_at) < RECENT)
        .filter_map(finding)
        .collect())
}

fn finding(record: &AlertRecord) -> Option<Finding> {
    let title = &record.alert.what.title;
    let why = record.fault.as_deref().unwrap_or("no way to tell anybody is set up");
    let found = |severity, message| {
        let hint = "`tg alert list` has its text; `tg alert test` tries the ways out";
        Some(Finding::new(severity, "alerts", message, hint))
    };
    match record.state {
        AlertState::Told => {
            record.fault.as_ref()?;
            found(Severity::Warning, format!("\"{title}\" was told, but not by every way: {why}"))
        }
        AlertState::GivenUp => {
            found(Severity::Warning, format!("nobody could be told \"{title}\": {why}"))
        }
        AlertState::Waiting { .. } => {
            let severity =
                if record.alert.attempts > 0 { Severity::Warning } else { Severity::Note };
            found(severity, format!("nobody was told yet \"{title}\": {why}"))
        }
    }
}

/// What `doctor` says about a service that the running engine leaves alone.
pub(crate) fn left_alone(health: &ServiceHealth) -> Option<Finding> {
    let BreakerState::Open { until } = health.state else { return None };
    Some(Finding::new(
        Severity::Warning,
        "services",
        format!(
            "{} failed {} times in a row ({}) and is left alone until {}",
            health.name,
            health.failures,
            health.reason,
            json::rfc3339(until)
        ),
        "it is tried again by itself; look at this machine's network, or at the service",
    ))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::permissions::Role;
    use crate::testing::{Home, local};
    use tg_core::failure::Failure;
    use tg_core::ports::{BoxFuture, Told};

    struct Way(Result<Told, Failure>);

    impl Alerter for Way {
        fn tell<'a>(&'a self, _: &'a Alert) -> BoxFuture<'a, Result<Told, Failure>> {
            Box::pin(std::future::ready(self.0.clone()))
        }
    }

    fn new(key: &str) -> NewAlert {
        NewAlert { key: key.to_owned(), title: format!("About {key}"), text: "Look.".to_owned() }
    }

    #[tokio::test]
    async fn what_reached_nobody_is_found() {
        let home = Home::new();
        home.write(|unit| {
            let at = Timestamp::from_secs(1_800_000_000);
            for key in ["a", "b", "c", "d"] {
                unit.raise_alert(&new(key), Duration::from_secs(60), at)?;
            }
            unit.alert_tried(1, AlertState::Told, None)?;
            unit.alert_tried(2, AlertState::Told, Some("the bot: 401"))?;
            unit.alert_tried(3, AlertState::GivenUp, Some("no answer"))
        })
        .await;
        let now = Timestamp::from_secs(1_800_000_060);
        let found: Result<Vec<Finding>, StoreError> =
            home.app.store.read(move |unit| untold(unit, now)).await;
        let told: Vec<_> = found
            .unwrap()
            .iter()
            .map(|f| format!("{} {}", f.severity.as_str(), f.message))
            .collect();
        assert_eq!(
            told,
            [
                "note nobody was told yet \"About d\": no way to tell anybody is set up",
                "warning nobody could be told \"About c\": no answer",
                "warning \"About b\" was told, but not by every way: the bot: 401",
            ]
        );
        let list = list(&home.app, &local()).await.unwrap();
        let states: Vec<_> = list.alerts.iter().map(|alert| alert.state).collect();
        assert_eq!(states, ["waiting", "given_up", "told", "told"]);
    }

    #[tokio::test]
    async fn a_test_tells_and_is_written_down() {
        let home = Home::new();
        let told = test(&home.app, &local(), &Way(Ok(Told::default()))).await.unwrap();
        assert!(told.missed.is_empty());
        let refused = Failure::new(FailureClass::Refused(Refusal::Config), "x", "the bot: 401");
        let error = test(&home.app, &local(), &Way(Err(refused))).await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (Kind::Remote, "alert_not_told"));
        assert!(error.hint().unwrap().contains("[alerts]"));
        let viewer = Actor::new("cli:v", Role::Viewer);
        let error = test(&home.app, &viewer, &Way(Ok(Told::default()))).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Refused);
    }
}
