//! A "no" is honoured by the next claim, whenever it was said.

use crate::house::House;
use tg_core::campaign::Pace;
use tg_core::ids::{AccountId, UserId};
use tg_core::ports::{AuditEntry, InboxFilter, Store};
use tg_core::testing::Mishaps;

fn person(n: i64) -> UserId {
    UserId(1_000 + n)
}

/// The audit rows of opt-outs.
async fn rows(house: &House) -> Vec<AuditEntry> {
    let store = house.store.as_ref() as &dyn Store;
    let log = store.read(|unit| unit.audit_page(0, 1_000)).await.unwrap();
    let entries = log.into_iter().map(|record| record.entry);
    entries.filter(|entry| entry.action == "contact.opt_out").collect()
}

async fn heard(house: &House) -> usize {
    (house.store.as_ref() as &dyn Store)
        .read(|unit| unit.conversations(&InboxFilter::default(), 100))
        .await
        .unwrap()
        .len()
}

#[tokio::test]
async fn what_was_said_while_nobody_listened_is_heard_before_the_first_claim() {
    let house = House::new(1, 8, Pace::Unlimited, 1, Mishaps::default()).await;
    let account: AccountId = house.campaign.accounts[0];
    house.telegram.say(person(3), account, "Stop!");
    house.telegram.say(person(4), account, "What is this about?");
    house.run(None).await.unwrap().unwrap();
    let counts = house.judge().await;
    assert_eq!((counts["sent"], counts["skipped"]), (7, 1));
    assert_eq!(heard(&house).await, 2);
    // A second run hears nothing again, and a second "no" is none.
    house.telegram.say(person(3), account, "STOP!!");
    house.run(None).await.unwrap().unwrap();
    assert_eq!(heard(&house).await, 2);
    let rows = rows(&house).await;
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert_eq!((rows[0].actor.as_str(), rows[0].outcome), ("engine", "done"));
    assert!(rows[0].object.starts_with("contact"), "{rows:?}");
    assert!(!format!("{rows:?}").contains("Stop"), "whose words are theirs: {rows:?}");
}

#[tokio::test]
async fn an_account_without_work_is_heard_as_well() {
    let house = House::new(2, 1, Pace::Unlimited, 1, Mishaps::default()).await;
    let idle = house.campaign.accounts[1];
    house.telegram.say(person(9), idle, "hello");
    house.run(None).await.unwrap().unwrap();
    assert_eq!(heard(&house).await, 1);
}

#[tokio::test]
async fn a_crash_hears_it_again_and_keeps_it_once() {
    for crash in 1..12 {
        let house = House::new(1, 20, Pace::Unlimited, crash, Mishaps::default()).await;
        let account = house.campaign.accounts[0];
        house.telegram.say(person(18), account, "STOP");
        let _ = house.run(Some(usize::try_from(crash).unwrap())).await;
        house.telegram.say(person(19), account, "стоп");
        house.run(None).await.unwrap().unwrap();
        assert_eq!(heard(&house).await, 2, "crash {crash}");
        assert_eq!(rows(&house).await.len(), 2, "crash {crash}");
        let journal = house.telegram.journal();
        assert!(journal.iter().all(|line| line.user != person(18)), "crash {crash}");
    }
}
