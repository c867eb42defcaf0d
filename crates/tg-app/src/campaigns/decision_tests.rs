//! Retrying and resolving over the real store.

#![allow(clippy::unwrap_used)]

use crate::campaigns::{Doubtful, Finding, cancel, report, resolve, retry};
use crate::testing::{Home, actor, local};
use crate::{AppError, Kind, Role};
use tg_core::campaign::CampaignState;
use tg_core::delivery::{Event, Reason};
use tg_core::failure::{FailureClass, Refusal};
use tg_core::ids::Slug;

fn refused(reason: &str) -> Event {
    let class = FailureClass::Refused(Refusal::Recipient);
    Event::Answered { class, reason: Reason::named(reason) }
}

fn told(error: &AppError) -> (Kind, &'static str) {
    (error.kind(), error.code())
}

async fn finish(home: &Home) {
    let at = home.app.clock.now();
    home.write(move |unit| {
        let campaign = unit.campaign_named(&Slug::parse("spring").unwrap())?.unwrap();
        unit.set_campaign_state(campaign.id, CampaignState::Finished, None, at)
    })
    .await;
}

/// Three failed, two of them for one reason; two unknown; finished.
async fn ended() -> Home {
    let home = Home::new();
    home.started_spring(6).await;
    home.send("acc-1", 2, Some(refused("USER_IS_BLOCKED"))).await;
    home.send("acc-1", 1, Some(refused("USER_PRIVACY_RESTRICTED"))).await;
    home.send("acc-2", 2, Some(Event::Restored)).await;
    home.send("acc-2", 1, Some(Event::Delivered)).await;
    finish(&home).await;
    home
}

#[tokio::test]
async fn failed_messages_are_tried_again_and_the_campaign_runs() {
    let home = ended().await;
    let (app, me) = (&home.app, &local());
    let one = retry(app, me, "spring", "failed", Some("USER_PRIVACY_RESTRICTED")).await.unwrap();
    assert_eq!((one.was, one.state, one.retried), ("finished", "running", 1));
    assert_eq!((one.unknown, one.partial), (2, 0));
    let rest = retry(app, me, "spring", "failed", None).await.unwrap();
    assert_eq!((rest.was, rest.retried), ("running", 2));
    let now = report(app, me, "spring").await.unwrap();
    assert_eq!((now.pending, now.failed.total, now.unknown, now.sent), (3, 0, 2, 1));
    assert!(now.finished_at.is_none());
    let audit = home.audit().await;
    assert_eq!(
        audit[audit.len() - 2..],
        [
            "local campaign.retry campaign/spring done: 1 message(s) that failed with \
             USER_PRIVACY_RESTRICTED, finished to running",
            "local campaign.retry campaign/spring done: 2 message(s), running to running",
        ]
    );
}

#[tokio::test]
async fn what_may_have_arrived_is_not_retried() {
    let home = ended().await;
    let (app, me) = (&home.app, &local());
    let error = retry(app, me, "spring", "unknown", None).await.unwrap_err();
    assert_eq!(told(&error), (Kind::Refused, "exposed"));
    assert!(error.to_string().contains("2 message(s)"), "{error}");
    assert!(error.hint().unwrap().contains("tg campaign resolve spring"), "{error:?}");
    retry(app, me, "spring", "failed", None).await.unwrap();
    let nothing = retry(app, me, "spring", "failed", None).await.unwrap_err();
    assert_eq!(told(&nothing), (Kind::Refused, "exposed"));
    let sent = retry(app, me, "spring", "sent", None).await.unwrap_err();
    assert_eq!(sent.kind(), Kind::Usage);
    assert_eq!(report(app, me, "spring").await.unwrap().unknown, 2);
}

#[tokio::test]
async fn only_what_was_started_and_not_canceled_is_retried() {
    let home = Home::new();
    home.spring(2).await;
    let draft = retry(&home.app, &local(), "spring", "failed", None).await.unwrap_err();
    assert_eq!(told(&draft), (Kind::Refused, "wrong_state"));
    let home = Home::new();
    home.started_spring(2).await;
    home.send("acc-1", 1, Some(refused("USER_IS_BLOCKED"))).await;
    cancel(&home.app, &local(), "spring").await.unwrap();
    let canceled = retry(&home.app, &local(), "spring", "failed", None).await.unwrap_err();
    assert_eq!(told(&canceled), (Kind::Refused, "wrong_state"));
    let viewer = actor(Role::Viewer);
    let not_mine = retry(&home.app, &viewer, "spring", "failed", None).await.unwrap_err();
    assert_eq!(told(&not_mine), (Kind::Refused, "not_permitted"));
}

#[tokio::test]
async fn a_large_retry_meets_every_row_once() {
    let home = Home::new();
    home.started_spring(2_100).await;
    for account in ["acc-1", "acc-2"] {
        home.send(account, 2_000, Some(refused("USER_IS_BLOCKED"))).await;
    }
    finish(&home).await;
    let done = retry(&home.app, &local(), "spring", "failed", None).await.unwrap();
    assert_eq!((done.retried, done.state), (2_100, "running"));
    let rows = home.audit().await.into_iter().filter(|row| row.contains("campaign.retry"));
    assert_eq!(rows.count(), 3, "one for each transaction");
}

#[tokio::test]
async fn a_person_ends_the_doubt() {
    let home = ended().await;
    let (app, me) = (&home.app, &local());
    let unknown = {
        let mut ids = Vec::new();
        let mut each = |delivery: crate::json::Delivery| {
            ids.push(delivery.delivery);
            std::ops::ControlFlow::Continue(())
        };
        crate::campaigns::deliveries(app, me, "spring", Some("unknown"), &mut each).await.unwrap();
        ids
    };
    let one = Doubtful::One(unknown[0]);
    let done = resolve(app, me, "spring", one.clone(), Finding::Sent).await.unwrap();
    assert_eq!((done.decided, done.resolved, done.unknown), ("sent", 1, 1));
    let again = resolve(app, me, "spring", one, Finding::NotDelivered).await.unwrap_err();
    assert_eq!(told(&again), (Kind::Refused, "not_unknown"));
    let none = resolve(app, me, "spring", Doubtful::One(999), Finding::Sent).await.unwrap_err();
    assert_eq!(none.kind(), Kind::NotFound);
    let other = Doubtful::All { reason: Some("account_gone") };
    assert_eq!(resolve(app, me, "spring", other, Finding::Sent).await.unwrap().resolved, 0);
    let all = Doubtful::All { reason: Some("restored") };
    let done = resolve(app, me, "spring", all, Finding::NotDelivered).await.unwrap();
    assert_eq!((done.decided, done.resolved, done.unknown), ("not-delivered", 1, 0));
    let now = report(app, me, "spring").await.unwrap();
    assert_eq!((now.sent, now.failed.total, now.state), (2, 4, "finished"));
    assert_eq!(now.failed.by_reason["resolved_not_delivered"], 1);
    let audit = home.audit().await;
    let last = audit.last().unwrap();
    assert_eq!(
        last,
        "local campaign.resolve campaign/spring done: 1 unknown message(s) with the reason \
         restored as not-delivered"
    );
    assert_eq!(retry(app, me, "spring", "failed", None).await.unwrap().retried, 4);
}
