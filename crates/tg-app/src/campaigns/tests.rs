//! The life of a campaign over the real store.

#![allow(clippy::unwrap_used)]

use crate::campaigns::{
    self, NewCampaign, cancel, create, pause, plan, report, resume, start, status,
};
use crate::segments::Whom;
use crate::testing::{Home, account, accounts_json, local};
use crate::{AppError, Kind, accounts, json, templates};
use std::ops::ControlFlow;
use std::time::Duration;
use tg_core::account::AccountState;
use tg_core::contact::ContactKey;
use tg_core::delivery::{Event, Reason};
use tg_core::failure::{FailureClass, Refusal, WaitScope};
use tg_core::ids::{Slug, UserId};
use tg_core::ports::{Clock, Wait};

fn spring() -> NewCampaign<'static> {
    NewCampaign {
        name: "spring",
        audience: "friends",
        template: "hello",
        variants: &[],
        accounts: "all",
        pace: "standard",
        whom: Whom::default(),
    }
}

fn told(error: &AppError) -> (Kind, &'static str) {
    (error.kind(), error.code())
}

/// A home with accounts, people and a template, and no campaign.
async fn ready() -> Home {
    let home = Home::new();
    home.accounts(2).await;
    home.people("friends", "username,city\nannie,Bonn\n").await.unwrap();
    templates::add(&home.app, &local(), "hello", "Hi {{ first_name }} in {{ city }}")
        .await
        .unwrap();
    home
}

async fn every_delivery(home: &Home, outcome: Option<&str>) -> Vec<json::Delivery> {
    let mut all = Vec::new();
    campaigns::deliveries(&home.app, &local(), "spring", outcome, &mut |delivery| {
        all.push(delivery);
        ControlFlow::Continue(())
    })
    .await
    .unwrap();
    all
}

fn blocked() -> Event {
    Event::Answered {
        class: FailureClass::Refused(Refusal::Recipient),
        reason: Reason::named("USER_IS_BLOCKED"),
    }
}

#[tokio::test]
async fn what_does_not_exist_makes_no_campaign() {
    let home = ready().await;
    for wrong in [
        NewCampaign { audience: "strangers", ..spring() },
        NewCampaign { template: "bye", ..spring() },
        NewCampaign { accounts: "acc-1,acc-9", ..spring() },
    ] {
        let error = create(&home.app, &local(), wrong).await.unwrap_err();
        assert_eq!(told(&error), (Kind::NotFound, "not_found"), "{error}");
    }
    for wrong in [
        NewCampaign { name: "Spring!", ..spring() },
        NewCampaign { pace: "fast", ..spring() },
        NewCampaign { accounts: "", ..spring() },
    ] {
        let error = create(&home.app, &local(), wrong).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Usage, "{error}");
    }
    assert!(campaigns::list(&home.app, &local()).await.unwrap().campaigns.is_empty());
}

#[tokio::test]
async fn a_campaign_is_created_once() {
    let home = ready().await;
    let made = create(&home.app, &local(), spring()).await.unwrap();
    assert_eq!((made.campaign.state, made.campaign.pace), ("draft", "standard"));
    assert_eq!(made.campaign.accounts, ["acc-1", "acc-2"]);
    let error = create(&home.app, &local(), spring()).await.unwrap_err();
    assert_eq!(told(&error), (Kind::Refused, "taken"));
    let audit = home.audit().await;
    assert!(audit.iter().any(|row| row.starts_with("local campaign.create campaign/spring done:")));
    let last = audit.last().unwrap();
    assert!(last.starts_with("local campaign.create campaign/spring refused:"), "{last}");
    let other = NewCampaign { name: "summer", accounts: "acc-2, acc-2", ..spring() };
    let made = create(&home.app, &local(), other).await.unwrap();
    assert_eq!(made.campaign.accounts, ["acc-2"]);
    let listed = campaigns::list(&home.app, &local()).await.unwrap();
    let uuids = home.read(|unit| Ok(unit.campaigns(&[])?.into_iter().map(|c| c.uuid))).await;
    let uuids: Vec<_> = uuids.collect();
    assert_eq!(listed.campaigns.len(), 2);
    assert_eq!(uuids[0].get_version_num(), 4);
    assert_ne!(uuids[0], uuids[1]);
}

#[tokio::test]
async fn a_template_that_does_not_fit_is_refused_with_its_place() {
    let home = ready().await;
    let source = "Hello\nand hi {{ town }}";
    templates::add(&home.app, &local(), "wrong", source).await.unwrap();
    let wrong = NewCampaign { template: "wrong", ..spring() };
    let error = create(&home.app, &local(), wrong).await.unwrap_err();
    assert_eq!(told(&error), (Kind::Refused, "template_faults"));
    assert!(error.to_string().contains("line 2, column 11: unknown field \"town\""), "{error}");
}

#[tokio::test]
async fn only_simulated_accounts_go_without_pacing() {
    let home = ready().await;
    let unlimited = NewCampaign { pace: "unlimited", ..spring() };
    create(&home.app, &local(), unlimited).await.unwrap();
    let mut real = account("real", 5);
    real["dcs"]["2"] = "149.154.167.50:443".into();
    accounts::import(&home.app, &local(), &accounts_json(&[real])).await.unwrap();
    let mixed = NewCampaign { name: "summer", ..unlimited };
    let error = create(&home.app, &local(), mixed).await.unwrap_err();
    assert_eq!(told(&error), (Kind::Refused, "unlimited_pace"));
    assert!(error.to_string().contains("\"real\""));
    let simulated = NewCampaign { accounts: "acc-1,acc-2", ..mixed };
    create(&home.app, &local(), simulated).await.unwrap();
}

#[tokio::test]
async fn somebody_has_to_send() {
    let home = ready().await;
    let tagged = NewCampaign { accounts: "tag:vip", ..spring() };
    let error = create(&home.app, &local(), tagged).await.unwrap_err();
    assert_eq!(told(&error), (Kind::Refused, "no_accounts"));
    let at = home.clock.now();
    home.write(move |unit| {
        let account = unit.account_named(&Slug::parse("acc-1").unwrap())?.unwrap();
        unit.set_account_state(account.id, &AccountState::Banned, at)
    })
    .await;
    let gone = NewCampaign { accounts: "acc-1", ..spring() };
    let error = create(&home.app, &local(), gone).await.unwrap_err();
    assert_eq!(told(&error), (Kind::Refused, "account_gone"));
    let rest = create(&home.app, &local(), spring()).await.unwrap();
    assert_eq!(rest.campaign.accounts, ["acc-2"]);
}

#[tokio::test]
async fn a_plan_counts_everybody() {
    let home = Home::new();
    home.spring(3).await;
    let at = home.clock.now();
    home.write(move |unit| {
        let out = unit.find_contact(&ContactKey::UserId(UserId(2)))?.unwrap().id;
        unit.opt_out(out, "wrote STOP", at)
    })
    .await;
    let plan = plan(&home.app, &local(), "spring").await.unwrap();
    assert_eq!(plan.recipients, plan.eligible + plan.skipped.total);
    assert_eq!(plan.eligible, plan.known + plan.to_resolve);
    insta::assert_json_snapshot!(plan);
}

#[tokio::test]
async fn starting_stages_everybody_and_can_be_interrupted() {
    let home = Home::new();
    home.spring(2_500).await;
    // What a start that was killed leaves behind.
    let at = home.clock.now();
    home.write(move |unit| {
        let campaign = unit.campaign_named(&Slug::parse("spring").unwrap())?.unwrap();
        unit.stage(campaign.id, &campaign.accounts, None, 1_000, at)
    })
    .await;
    let draft = status(&home.app, &local(), "spring").await.unwrap();
    assert_eq!((draft.state, draft.recipients), ("draft", 0));
    assert!(every_delivery(&home, None).await.is_empty());
    let mut heard = Vec::new();
    let mut hear = |n, of| heard.push((n, of));
    let started = start(&home.app, &local(), "spring", &mut hear).await.unwrap();
    assert_eq!((started.state, started.recipients), ("running", 2_500));
    assert!(heard.iter().all(|(n, of)| n <= of && *of == 2_500), "{heard:?}");
    assert_eq!(every_delivery(&home, Some("pending")).await.len(), 2_500);
    let again = start(&home.app, &local(), "spring", &mut |_, _| {}).await.unwrap_err();
    assert_eq!(told(&again), (Kind::Refused, "wrong_state"));
    assert!(again.to_string().contains("running"), "{again}");
    let last = home.audit().await.pop().unwrap();
    assert!(last.starts_with("local campaign.start campaign/spring refused:"), "{last}");
}

#[tokio::test]
async fn an_empty_audience_is_not_started() {
    let home = ready().await;
    home.people("nobody", "username,city\n").await.unwrap();
    create(&home.app, &local(), NewCampaign { audience: "nobody", ..spring() }).await.unwrap();
    let error = start(&home.app, &local(), "spring", &mut |_, _| {}).await.unwrap_err();
    assert_eq!(told(&error), (Kind::Refused, "no_recipients"));
}

#[tokio::test]
async fn pausing_waits_for_an_engine_that_runs() {
    let home = Home::new();
    home.started_spring(2).await;
    let (app, me) = (&home.app, &local());
    let early = resume(app, me, "spring").await.unwrap_err();
    assert_eq!(told(&early), (Kind::Refused, "wrong_state"));
    assert_eq!(pause(app, me, "spring", true).await.unwrap().state, "pausing");
    assert!(pause(app, me, "spring", true).await.is_err());
    // The engine died before it could settle.
    let settled = pause(app, me, "spring", false).await.unwrap();
    assert_eq!((settled.was, settled.state), ("pausing", "paused"));
    assert_eq!(resume(app, me, "spring").await.unwrap().state, "running");
    assert_eq!(pause(app, me, "spring", false).await.unwrap().state, "paused");
    let twice = pause(app, me, "spring", false).await.unwrap_err();
    assert_eq!(told(&twice), (Kind::Refused, "wrong_state"));
    let states = home.audit().await.into_iter().filter(|row| row.contains("campaign.pause"));
    assert_eq!(states.count(), 5);
}

#[tokio::test]
async fn cancelling_ends_what_is_planned_and_leaves_what_is_claimed() {
    let home = Home::new();
    home.started_spring(2_002).await;
    assert_eq!(home.send("acc-1", 1, Some(Event::Delivered)).await, 1);
    assert_eq!(home.send("acc-2", 1, None).await, 1);
    let change = cancel(&home.app, &local(), "spring").await.unwrap();
    assert_eq!((change.was, change.state, change.canceled), ("running", "canceled", 2_000));
    let now = status(&home.app, &local(), "spring").await.unwrap();
    assert_eq!((now.sent, now.pending, now.canceled), (1, 1, 2_000));
    assert!(now.finished_at.is_some());
    let again = cancel(&home.app, &local(), "spring").await.unwrap_err();
    assert_eq!(told(&again), (Kind::Refused, "wrong_state"));
}

#[tokio::test]
async fn a_cancellation_that_was_interrupted_is_finished_by_the_next() {
    let home = Home::new();
    home.started_spring(5).await;
    let at = home.clock.now();
    home.write(move |unit| {
        let campaign = unit.campaign_named(&Slug::parse("spring").unwrap())?.unwrap();
        unit.set_campaign_state(campaign.id, tg_core::campaign::CampaignState::Canceled, None, at)
    })
    .await;
    assert_eq!(cancel(&home.app, &local(), "spring").await.unwrap().canceled, 5);
}

#[tokio::test]
async fn the_report_counts_everybody_once() {
    let home = Home::new();
    home.started_spring(20).await;
    home.send("acc-1", 3, Some(Event::Delivered)).await;
    home.send("acc-2", 2, Some(blocked())).await;
    home.send("acc-1", 1, Some(Event::Ineligible(Reason::OPTED_OUT))).await;
    home.send("acc-2", 1, Some(Event::Restored)).await;
    home.send("acc-1", 1, None).await;
    let until = home.clock.now() + Duration::from_secs(600);
    home.write(move |unit| {
        let account = unit.account_named(&Slug::parse("acc-2").unwrap())?.unwrap().id;
        let (scope, reason) = (WaitScope::Account, "FLOOD_WAIT".to_owned());
        unit.put_wait(&Wait { account, scope, user: None, until, reason }, until)
    })
    .await;
    home.clock.advance(Duration::from_secs(1));
    let shown = report(&home.app, &local(), "spring").await.unwrap();
    assert_eq!(shown.recipients, 20);
    assert_eq!(shown.recipients, shown.sum());
    let by_reason: u64 = shown.unknown_by_reason.values().sum();
    assert_eq!(shown.unknown, by_reason);
    for outcome in json::Outcome::ALL {
        let count = match outcome {
            json::Outcome::Pending => shown.pending,
            json::Outcome::Deferred => shown.deferred,
            json::Outcome::Sent => shown.sent,
            json::Outcome::Failed => shown.failed.total,
            json::Outcome::Skipped => shown.skipped.total,
            json::Outcome::Unknown => shown.unknown,
            json::Outcome::Canceled => shown.canceled,
        };
        let listed = every_delivery(&home, Some(outcome.as_str())).await;
        assert_eq!(u64::try_from(listed.len()).unwrap(), count, "{outcome:?}");
    }
    insta::assert_json_snapshot!("report", shown);
    let delivered = every_delivery(&home, Some("sent")).await;
    insta::assert_json_snapshot!("delivery", delivered[0]);
    let numbers = status(&home.app, &local(), "spring").await.unwrap();
    insta::assert_json_snapshot!("status", numbers);
}

#[tokio::test]
async fn an_export_ends_when_nobody_reads_on() {
    let home = Home::new();
    home.started_spring(5).await;
    let mut seen = 0;
    campaigns::deliveries(&home.app, &local(), "spring", None, &mut |_| {
        seen += 1;
        if seen == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })
    .await
    .unwrap();
    assert_eq!(seen, 2);
    for (name, outcome, kind) in
        [("spring", Some("lost"), Kind::Usage), ("autumn", None, Kind::NotFound)]
    {
        let mut none = |_| ControlFlow::Continue(());
        let error = campaigns::deliveries(&home.app, &local(), name, outcome, &mut none).await;
        assert_eq!(error.unwrap_err().kind(), kind);
    }
}
