//! The account's own pace, on the virtual clock.

use crate::house::House;
use std::collections::BTreeMap;
use std::time::Duration;
use tg_core::campaign::Pace;
use tg_core::pace::Limits;
use tg_core::testing::Mishaps;

#[tokio::test]
async fn a_persons_account_never_goes_faster_than_its_limits() {
    let house = House::new(2, 30, Pace::Standard, 1, Mishaps::default()).await;
    let summary = house.run(None).await.unwrap().unwrap();
    assert_eq!(summary.sent, 30);
    let mut last = BTreeMap::new();
    for line in house.telegram.journal() {
        if let Some(before) = last.insert(line.account, line.at) {
            let gap = line.at.since(before);
            assert!(gap + Duration::from_millis(60) >= Limits::USER.send_interval, "{gap:?}");
        }
    }
    // Everybody had to be asked for first: that is what limited it.
    let journal = house.telegram.journal();
    let took = journal.last().unwrap().at.since(journal[0].at);
    assert!(took >= Limits::USER.resolve_interval * 13, "{took:?}");
}
