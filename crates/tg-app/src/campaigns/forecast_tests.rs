//! The predicted end of a plan over the real store.

#![allow(clippy::unwrap_used)]

use crate::campaigns::{NewCampaign, create, plan, start};
use crate::segments::Whom;
use crate::testing::{Home, local};
use crate::{json, templates};
use std::time::Duration;
use tg_core::account::AccountState;
use tg_core::failure::{Method, WaitScope};
use tg_core::ids::Slug;
use tg_core::ports::{Clock, Wait};

/// A draft at the standard pace, two accounts, `people` strangers.
async fn draft(people: usize) -> Home {
    let home = Home::new();
    home.accounts(2).await;
    let rows: String = (1..=people).map(|at| format!("person{at:04}\n")).collect();
    home.people("friends", &format!("username\n{rows}")).await.unwrap();
    templates::add(&home.app, &local(), "hello", "Hi").await.unwrap();
    let new = NewCampaign {
        name: "spring",
        audience: "friends",
        template: "hello",
        variants: &[],
        accounts: "all",
        pace: "standard",
        whom: Whom::default(),
    };
    create(&home.app, &local(), new).await.unwrap();
    home
}

fn ends(plan: &json::Plan) -> Vec<(Option<&str>, Option<&str>)> {
    plan.accounts.iter().map(|a| (a.ends_at.as_deref(), a.limited_by)).collect()
}

#[tokio::test]
async fn a_plan_says_when_and_what_limits() {
    let home = draft(210).await;
    let shown = plan(&home.app, &local(), "spring").await.unwrap();
    // 105 addresses each, 100 a day: five are left for the second day, one a minute.
    let end = "2027-01-16T08:04:00Z";
    assert_eq!((shown.ends_at.as_deref(), shown.no_end_because), (Some(end), None));
    assert_eq!(ends(&shown), [(Some(end), Some("resolving")); 2]);
    let (at, until) = (home.clock.now(), home.clock.now() + Duration::from_secs(500_000));
    home.write(move |unit| {
        let account = unit.account_named(&Slug::parse("acc-2").unwrap())?.unwrap().id;
        let scope = WaitScope::Method(Method::Resolve);
        unit.put_wait(&Wait { account, scope, user: None, until, reason: "FLOOD_WAIT".into() }, at)
    })
    .await;
    let shown = plan(&home.app, &local(), "spring").await.unwrap();
    assert_eq!(shown.accounts[1].limited_by, Some("wait"));
    assert_eq!(shown.ends_at, shown.accounts[1].ends_at);
    assert_eq!(shown.accounts[0].ends_at.as_deref(), Some(end));
}

#[tokio::test]
async fn others_take_over_from_an_account_that_cannot_send() {
    let home = draft(200).await;
    let both = plan(&home.app, &local(), "spring").await.unwrap();
    assert_eq!(both.ends_at.as_deref(), Some("2027-01-15T09:39:00Z"));
    let at = home.clock.now();
    home.write(move |unit| {
        let account = unit.account_named(&Slug::parse("acc-1").unwrap())?.unwrap().id;
        unit.set_account_state(account, &AccountState::Quarantined, at)
    })
    .await;
    let one = plan(&home.app, &local(), "spring").await.unwrap();
    let end = "2027-01-16T09:39:00Z";
    assert_eq!(ends(&one), [(None, None), (Some(end), Some("resolving"))]);
    assert_eq!(one.ends_at.as_deref(), Some(end));
}

#[tokio::test]
async fn where_no_end_can_be_told_the_plan_says_why() {
    let home = draft(2).await;
    let because = async || {
        let shown = plan(&home.app, &local(), "spring").await.unwrap();
        assert!(shown.ends_at.is_none() && ends(&shown).iter().all(|end| *end == (None, None)));
        shown.no_end_because.unwrap()
    };
    start(&home.app, &local(), "spring", &mut |_, _| {}).await.unwrap();
    assert_eq!(because().await, "the campaign was started already");
    let free = Home::new();
    free.spring(2).await;
    let shown = plan(&free.app, &local(), "spring").await.unwrap();
    assert!(shown.no_end_because.unwrap().starts_with("an unlimited pace"));
}
