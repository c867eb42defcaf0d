//! What Telegram says "no" to, and whom that concerns.

use crate::bench::{Bench, FIRST, SECOND, part};
use std::time::Duration;
use tg_core::failure::{AccountFault, Failure, FailureClass, Method, Refusal, WaitScope};
use tg_core::time::Timestamp;

/// Sends a message to somebody under a rule for sends.
async fn send_under(bench: &Bench, action: &str) -> Failure {
    let messenger = bench.connect().await;
    let part = part(bench.peer(messenger.as_ref()).await, 5, "hello");
    bench.rules(&format!(r#"[{{"on":{{"method":"messages.sendMessage"}},"do":{action}}}]"#));
    let failure = messenger.send(&part).await.unwrap_err();
    assert_eq!(bench.delivered(), 0);
    let in_doubt = matches!(failure.class, FailureClass::Ambiguous | FailureClass::InFlight);
    assert!(!in_doubt, "{failure:?}");
    messenger.close().await;
    failure
}

fn stopped(fault: AccountFault) -> FailureClass {
    FailureClass::Refused(Refusal::Account(fault))
}

#[tokio::test]
async fn a_flood_wait_delays_sending() {
    let bench = Bench::start().await;
    let failure = send_under(&bench, r#"{"rpc_error":[420,"FLOOD_WAIT_7"]}"#).await;
    let scope = WaitScope::Method(Method::Send);
    assert_eq!(failure.class, FailureClass::Wait { scope, delay: Duration::from_secs(7) });
    assert_eq!(bench.calls("messages.sendMessage"), 1, "grammers does not wait and repeat");
}

#[tokio::test]
async fn a_blocking_recipient_is_the_recipients_matter() {
    let bench = Bench::start().await;
    let failure = send_under(&bench, r#"{"rpc_error":[403,"USER_IS_BLOCKED"]}"#).await;
    assert_eq!(failure.class, FailureClass::Refused(Refusal::Recipient));
    assert_eq!(failure.reason, "USER_IS_BLOCKED");
}

#[tokio::test]
async fn too_many_strangers_is_a_quarantine() {
    let bench = Bench::start().await;
    let failure = send_under(&bench, r#"{"rpc_error":[400,"PEER_FLOOD"]}"#).await;
    assert_eq!(failure.class, stopped(AccountFault::Quarantined));
}

#[tokio::test]
async fn a_ban_is_a_ban_now_and_at_the_door() {
    let bench = Bench::start().await;
    let failure = send_under(&bench, r#"{"ban":true}"#).await;
    assert_eq!(failure.class, stopped(AccountFault::Banned));
    let failure = bench.try_connect(FIRST).await.err().unwrap();
    assert_eq!(failure.class, stopped(AccountFault::Banned));
    bench.try_connect(SECOND).await.unwrap();
}

#[tokio::test]
async fn a_freeze_says_until_when_and_where_to_appeal() {
    let bench = Bench::start().await;
    let rule =
        r#"{"freeze":{"until":2000000000,"appeal_url":"https://t.me/spambot?start=appeal"}}"#;
    let failure = send_under(&bench, rule).await;
    assert_eq!(
        failure.class,
        stopped(AccountFault::Frozen {
            until: Some(Timestamp::from_secs(2_000_000_000)),
            appeal: Some("https://t.me/spambot?start=appeal".to_owned()),
        })
    );
    // A frozen account still connects: its owner may read and appeal.
    bench.connect().await;
}

#[tokio::test]
async fn an_unknown_error_is_left_to_a_person() {
    let bench = Bench::start().await;
    let failure = send_under(&bench, r#"{"rpc_error":[400,"SOMETHING_NEW_12"]}"#).await;
    assert_eq!(failure.class, FailureClass::Refused(Refusal::Unclassified));
    assert!(failure.text.contains("SOMETHING_NEW_12"), "{}", failure.text);
}
