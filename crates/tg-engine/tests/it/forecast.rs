//! What a plan predicts is what the engine does, on the virtual clock.

use crate::house::House;
use std::time::Duration;
use tg_core::campaign::Pace;
use tg_core::contact::ContactKey;
use tg_core::failure::{Method, WaitScope};
use tg_core::ids::{AccessHash, UserId};
use tg_core::pace::{Forecast, Limits, Load};
use tg_core::peer::Username;
use tg_core::ports::{Clock, PeerFact, Store, StoreError, Wait};
use tg_core::testing::Mishaps;
use tg_core::time::Timestamp;

/// The real end may differ from the predicted one by a twentieth.
#[track_caller]
fn close(real: Timestamp, predicted: Timestamp, begin: Timestamp) {
    let (real, predicted) = (real.since(begin), predicted.since(begin));
    let difference = real.abs_diff(predicted);
    assert!(difference * 20 <= predicted, "real {real:?}, predicted {predicted:?}");
}

/// When each account, by its number from 1, has sent its last message, and how many it sent.
fn ends(house: &House, account: i64) -> (Timestamp, u64) {
    let journal = house.telegram.journal();
    let own: Vec<_> = journal.iter().filter(|line| line.account.0 == account).collect();
    (own.last().expect("it sent").at, u64::try_from(own.len()).expect("few"))
}

#[tokio::test]
async fn strangers_take_as_long_as_asking_does() {
    let house = House::new(2, 60, Pace::Standard, 3, Mishaps::default()).await;
    let begin = house.clock.now();
    house.run(None).await.unwrap().unwrap();
    for account in [1, 2] {
        let (end, sent) = ends(&house, account);
        let load = Load { deliveries: sent, to_resolve: sent };
        let forecast = Forecast::of(Limits::USER, &[], load, begin);
        assert!(forecast.ends_at.since(begin) > Duration::from_secs(1_700), "one a minute");
        close(end, forecast.ends_at, begin);
    }
}

/// Lets every account know the first `people`, and imposes a wait on the first account.
async fn introduce(house: &House, people: i64, until: Option<Timestamp>) {
    let at = house.clock.now();
    let known: Result<(), StoreError> = (house.store.as_ref() as &dyn Store)
        .write(move |unit| {
            let accounts: Vec<_> = unit.accounts()?.iter().map(|account| account.id).collect();
            for n in 1..=people {
                let user = UserId(1_000 + n);
                for account in &accounts {
                    unit.put_peers(*account, &[PeerFact { user, hash: AccessHash(user.0) }])?;
                }
                let name = Username::parse(&format!("person_{n}")).unwrap();
                let contact = unit.find_contact(&ContactKey::Username(name))?.unwrap().id;
                unit.learn_user_id(contact, user)?;
            }
            let Some(until) = until else { return Ok(()) };
            let (account, scope) = (accounts[0], WaitScope::Method(Method::Send));
            unit.put_wait(
                &Wait { account, scope, user: None, until, reason: "FLOOD_WAIT".to_owned() },
                at,
            )
        })
        .await;
    known.unwrap();
}

#[tokio::test]
async fn who_is_known_is_written_to_at_the_pace_of_sending_after_a_wait() {
    let house = House::new(2, 40, Pace::Standard, 4, Mishaps::default()).await;
    let begin = house.clock.now();
    let until = begin + Duration::from_secs(300);
    introduce(&house, 40, Some(until)).await;
    house.run(None).await.unwrap().unwrap();
    for (account, waits) in [(1, vec![(WaitScope::Method(Method::Send), until)]), (2, Vec::new())] {
        let (end, sent) = ends(&house, account);
        let load = Load { deliveries: sent, to_resolve: 0 };
        close(end, Forecast::of(Limits::USER, &waits, load, begin).ends_at, begin);
    }
}

#[tokio::test]
async fn who_is_known_comes_first_and_strangers_follow() {
    let house = House::new(2, 60, Pace::Standard, 5, Mishaps::default()).await;
    let begin = house.clock.now();
    introduce(&house, 30, None).await;
    house.run(None).await.unwrap().unwrap();
    for account in [1, 2] {
        let (end, sent) = ends(&house, account);
        let journal = house.telegram.journal();
        let strangers =
            journal.iter().filter(|l| l.account.0 == account && l.user.0 > 1_030).count();
        let to_resolve = u64::try_from(strangers).unwrap();
        assert!(to_resolve > 10 && sent > to_resolve + 10, "both kinds");
        let load = Load { deliveries: sent, to_resolve };
        close(end, Forecast::of(Limits::USER, &[], load, begin).ends_at, begin);
    }
}
