//! Mishaps and crashes from a seed, at any instant.

use crate::house::House;
use tg_core::campaign::Pace;
use tg_core::ports::Entropy;
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
