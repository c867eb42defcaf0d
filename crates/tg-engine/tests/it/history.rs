//! What a chat's history proves, and what it does not.

use crate::house::House;
use tg_core::campaign::Pace;
use tg_core::delivery::{DeliveryState, Outcome, Reason};
use tg_core::testing::{Mishaps, NextSend};

#[tokio::test]
async fn another_campaigns_message_is_no_proof() {
    let mut house = House::new(1, 1, Pace::Unlimited, 1, Mishaps::default()).await;
    house.run(None).await.unwrap().unwrap();
    assert_eq!(house.telegram.journal().len(), 1);
    // The same text again within the second: it never arrives, and the repeat is refused.
    house.again().await;
    house.telegram.script([NextSend::LostBefore, NextSend::Refused]);
    house.run(None).await.unwrap().unwrap();
    assert_eq!(house.telegram.journal().len(), 1);
    let row = house.deliveries().await.remove(0);
    let doubt = Outcome::Unknown(Reason::named("USER_IS_BLOCKED"));
    assert_eq!(row.state, DeliveryState::Done(doubt));
}
