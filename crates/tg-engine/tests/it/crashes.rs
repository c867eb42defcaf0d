//! Mishaps and crashes from a seed, at any instant.

use crate::house::House;
use tg_core::campaign::Pace;
use tg_core::delivery::{DeliveryState, Outcome};
use tg_core::ids::{AccessHash, UserId};
use tg_core::ports::{Clock, Entropy, PeerFact, Store, StoreError};
use tg_core::testing::{Mishaps, SeededEntropy};

const MISHAPS: Mishaps = Mishaps { lost_before: 60, lost_after: 60, flood: 40, refused: 30 };

#[tokio::test]
async fn nobody_is_lost_or_written_to_twice() {
    for seed in 0..12 {
        let house = House::new(3, 60, Pace::Unlimited, seed, MISHAPS).await;
        let summary = house.run(None).await.unwrap().unwrap();
        let counts = house.judge().await;
        assert_eq!(counts.values().sum::<usize>(), 60, "seed {seed}");
        assert_eq!(counts.get("open"), None, "seed {seed}: {counts:?} {summary:?}");
        assert!(counts["sent"] > 40, "seed {seed}: {counts:?}");
    }
}

#[tokio::test]
async fn nor_when_the_process_dies_at_any_moment() {
    for seed in 0..12 {
        let chance = SeededEntropy::new(seed);
        let house = House::new(3, 40, Pace::Unlimited, seed, MISHAPS).await;
        for _ in 0..6 {
            let moments = (chance.unit() * 40.0).round();
            let limit = (0..40).take_while(|n| f64::from(*n) < moments).count();
            if house.run(Some(limit)).await.is_some() {
                break;
            }
        }
        house.run(None).await.unwrap().unwrap();
        let counts = house.judge().await;
        assert_eq!(counts.values().sum::<usize>(), 40, "seed {seed}");
        assert_eq!(counts.get("open"), None, "seed {seed}: {counts:?}");
    }
}

#[tokio::test]
async fn crash_after_crash_leaves_no_more_than_two_batches_in_doubt() {
    let house = House::new(1, 600, Pace::Unlimited, 1, Mishaps::default()).await;
    everybody_is_known(&house).await;
    let mut most = 0;
    for crash in 0..30 {
        if house.run(Some(1 + crash % 12)).await.is_some() {
            break;
        }
        let rows = house.deliveries().await;
        let claimed = rows.iter().filter(|r| matches!(r.state, DeliveryState::Claimed(_)));
        most = most.max(claimed.count());
    }
    // More than one: the next is claimed while the last one flies.
    assert!((65..=128).contains(&most), "{most} rows in doubt");
    house.run(None).await.unwrap().unwrap();
    assert_eq!(house.judge().await["sent"], 600);
}

/// Whom to write to is known beforehand, so that nothing but the limit keeps a turn from claiming.
async fn everybody_is_known(house: &House) {
    let rows = house.deliveries().await;
    let account = house.campaign.accounts[0];
    (house.store.as_ref() as &dyn Store)
        .write(move |unit| -> Result<(), StoreError> {
            let mut facts = Vec::new();
            for (n, row) in (1..).zip(&rows) {
                let user = UserId(1_000 + n);
                unit.learn_user_id(row.contact, user)?;
                facts.push(PeerFact { user, hash: AccessHash(user.0 ^ account.0) });
            }
            unit.put_peers(account, &facts)
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn answers_are_committed_while_others_are_under_way() {
    let mut waited = 0;
    for moments in 8..24 {
        let house = House::new(1, 64, Pace::Unlimited, 1, Mishaps::default()).await;
        if house.run(Some(moments)).await.is_some() {
            continue;
        }
        // Every answer comes a fifth of a second before its commit at most, whatever else comes.
        let late = house.clock.now().0 - 200;
        let rows = house.deliveries().await;
        for line in house.telegram.journal().iter().filter(|line| line.at.0 < late) {
            let row = rows.iter().find(|row| row.user_id == Some(line.user)).unwrap();
            assert_eq!(row.state, DeliveryState::Done(Outcome::Sent), "after {moments}: {line:?}");
            waited += 1;
        }
    }
    assert!(waited > 0, "some answers were older than that");
}
