//! The account's own pace, on the virtual clock.

use crate::house::House;
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
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

/// Forty accounts, each of which waits most of the time for its own pace: what the others commit
/// meanwhile is no news for it. Looking each time would be so many questions as accounts times messages.
#[tokio::test]
async fn an_account_that_rests_is_not_woken_by_what_others_send() {
    const ACCOUNTS: u64 = 40;
    const MESSAGES: u64 = 400;
    let house = House::new(40, 400, Pace::Standard, 1, Mishaps::default()).await;
    let summary = house.run(None).await.unwrap().unwrap();
    assert_eq!(summary.sent, MESSAGES);
    let asked = house.asked.load(Ordering::Relaxed);
    assert!(asked < 20 * (MESSAGES + ACCOUNTS), "{asked} questions for {MESSAGES} messages");
}
