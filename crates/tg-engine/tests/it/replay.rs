//! Invariant: time, chance and ids come through ports, so a run can be replayed.

use crate::house::House;
use tg_core::campaign::Pace;
use tg_core::testing::Mishaps;

#[tokio::test]
async fn the_same_seed_gives_the_same_run() {
    let mishaps = Mishaps { lost_before: 50, lost_after: 50, flood: 50, refused: 20 };
    let mut runs = Vec::new();
    for _ in 0..2 {
        let house = House::new(4, 50, Pace::Unlimited, 99, mishaps).await;
        house.run(None).await.unwrap().unwrap();
        let log = house.log.0.lock().unwrap().clone();
        runs.push((house.telegram.journal(), log));
    }
    assert!(!runs[0].0.is_empty());
    assert_eq!(runs[0], runs[1]);
}
