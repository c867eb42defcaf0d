//! Ways out that change while the engine runs, on the virtual clock.

use crate::house::{House, slug};
use std::time::Duration;
use tg_core::campaign::Pace;
use tg_core::ports::{Clock, Store, StoreError, Unit};
use tg_core::proxy::{EXIT_PAUSE, ProxyAddress};
use tg_core::testing::Mishaps;

/// The command's own pause is over long before the last byte on the old way has left: the engine's
/// counts from there, and outlives it.
#[tokio::test]
async fn a_replaced_proxy_is_taken_a_pause_after_the_last_byte_of_the_old_one() {
    let house = House::new(1, 300, Pace::Unlimited, 1, Mishaps::default()).await;
    let (account, now) = (house.campaign.accounts[0], house.clock.now());
    let store = house.store.as_ref() as &dyn Store;
    let [first, second] = store
        .write(move |unit| -> Result<_, StoreError> {
            let mut add = |name: &str| {
                let host = format!("{name}.example");
                let address = ProxyAddress { host, port: 1080, username: None };
                unit.add_proxy(&slug(name), &address, now)
            };
            Ok([add("first")?, add("second")?])
        })
        .await
        .unwrap();
    store.write(move |unit| unit.set_exit(account, Some(first), now)).await.unwrap();
    let replace = move |unit: &mut dyn Unit| unit.set_exit(account, Some(second), now);
    house.run_changing(40, Box::new(replace)).await.unwrap();
    assert_eq!(house.judge().await["sent"], 300);
    let journal = house.telegram.journal();
    let pauses: Vec<usize> = (1..journal.len())
        .filter(|n| journal[*n].at.since(journal[n - 1].at) > Duration::from_secs(5))
        .collect();
    let [after] = pauses[..] else { panic!("one pause, not at {pauses:?}") };
    assert!(after >= 40, "it was replaced after forty messages");
    let last = journal[after - 1].at;
    let kept = store.read(move |unit| unit.exit_of(account)).await.unwrap().1.unwrap();
    assert!(kept >= last + EXIT_PAUSE, "{kept:?} is less than a pause after {last:?}");
    assert!(journal[after].at >= kept, "nothing left before the pause was over");
}
