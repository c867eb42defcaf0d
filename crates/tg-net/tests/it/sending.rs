//! One message, once, whatever happens on the way.

use crate::bench::{BOT, Bench, FIRST, LONG, SECOND, part};
use futures_util::future::{join_all, select};
use std::future::ready;
use std::sync::Arc;
use tg_core::delivery::{Body, Entity, EntityKind};
use tg_core::failure::{FailureClass, Refusal};
use tg_core::ids::{AccessHash, MessageId, RandomId, UserId};
use tg_core::peer::{Address, Peer, PhoneNumber};
use tg_core::ports::Transmission;
use tg_core::testing::ManualClock;

const SEND: &str = "messages.sendMessage";

#[tokio::test]
async fn a_repetition_is_the_same_message() {
    let bench = Bench::start().await;
    let messenger = bench.connect().await;
    let part = part(bench.peer(messenger.as_ref()).await, -5, "hello");
    let first = messenger.send(&part).await.unwrap();
    assert!(first.message_id > MessageId(0));
    assert_eq!(messenger.send(&part).await.unwrap(), first);
    let other = Transmission { random_id: RandomId(6), ..part.clone() };
    assert_ne!(messenger.send(&other).await.unwrap(), first);
    messenger.close().await;
    // Nor does another connection make it another message.
    let again = bench.connect().await;
    assert_eq!(again.send(&part).await.unwrap(), first);
    assert_eq!(bench.delivered(), 2);
}

#[tokio::test]
async fn many_at_a_time_all_arrive() {
    let bench = Bench::start().await;
    let messenger = bench.connect().await;
    let peer = bench.peer(messenger.as_ref()).await;
    let parts: Vec<_> = (1..=50).map(|n| part(peer, n, &format!("number {n}"))).collect();
    let receipts = join_all(parts.iter().map(|part| messenger.send(part))).await;
    let mut ids: Vec<_> = receipts.into_iter().map(|receipt| receipt.unwrap().message_id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 50);
    assert_eq!(bench.delivered(), 50);
}

#[tokio::test]
async fn text_and_formatting_arrive_as_written() {
    let bench = Bench::start().await;
    let messenger = bench.connect().await;
    let body = Body {
        text: "👍 bold link".to_owned(),
        entities: vec![
            Entity { offset: 3, length: 4, kind: EntityKind::Bold },
            Entity {
                offset: 8,
                length: 4,
                kind: EntityKind::Link { url: "https://example.org/".to_owned() },
            },
        ],
        ..Body::default()
    };
    let peer = bench.peer(messenger.as_ref()).await;
    let sent = Transmission { peer, random_id: RandomId(1), album: Vec::new(), body: body.clone() };
    messenger.send(&sent).await.unwrap();
    messenger.close().await;
    let since = tg_core::time::Timestamp(0);
    let page = bench.connect().await.history(peer, since).await.unwrap();
    assert_eq!(page.outgoing[0].body, body);
}

#[tokio::test]
async fn a_cut_after_delivery_is_ambiguous_and_its_repetition_finds_the_message() {
    let bench = Bench::start().await;
    let messenger = bench.connect().await;
    let part = part(bench.peer(messenger.as_ref()).await, 5, "hello");
    bench.rules(r#"[{"on":{"method":"messages.sendMessage"},"do":{"drop":"after"},"times":1}]"#);
    let failure = messenger.send(&part).await.unwrap_err();
    assert_eq!(
        (failure.class, failure.reason.as_str()),
        (FailureClass::Ambiguous, "connection_lost")
    );
    assert_eq!((bench.delivered(), bench.calls(SEND)), (1, 1), "nothing repeats by itself");
    let receipt = messenger.send(&part).await.unwrap();
    assert!(receipt.message_id > MessageId(0));
    assert_eq!(bench.delivered(), 1);
}

#[tokio::test]
async fn a_cut_before_delivery_is_ambiguous_too() {
    let bench = Bench::start().await;
    let messenger = bench.connect().await;
    let part = part(bench.peer(messenger.as_ref()).await, 5, "hello");
    bench.rules(r#"[{"on":{"method":"messages.sendMessage"},"do":{"drop":"before"},"times":1}]"#);
    assert_eq!(messenger.send(&part).await.unwrap_err().class, FailureClass::Ambiguous);
    assert_eq!(bench.delivered(), 0);
    messenger.send(&part).await.unwrap();
    assert_eq!(bench.delivered(), 1);
}

#[tokio::test]
async fn silence_ends_in_a_timeout_and_the_next_call_has_a_new_link() {
    let bench = Bench::start().await;
    let clock = ManualClock::default();
    let messenger = bench.connect_on(&clock).await;
    let part = part(bench.peer(messenger.as_ref()).await, 5, "hello");
    bench.rules(r#"[{"on":{"method":"messages.sendMessage"},"do":{"hang":"after"},"times":1}]"#);
    let (sender, unanswered) = (Arc::clone(&messenger), part.clone());
    let sending = tokio::spawn(async move { sender.send(&unanswered).await });
    bench.called(SEND).await;
    clock.advance(LONG);
    let failure = sending.await.unwrap().unwrap_err();
    assert_eq!((failure.class, failure.reason.as_str()), (FailureClass::Ambiguous, "timeout"));
    let links = bench.sim.stats().connections_total;
    messenger.send(&part).await.unwrap();
    assert_eq!(bench.sim.stats().connections_total, links + 1);
    assert_eq!(bench.delivered(), 1);
}

#[tokio::test]
async fn one_slow_call_does_not_cost_the_others_their_link() {
    let bench = Bench::start().await;
    let clock = ManualClock::default();
    let messenger = bench.connect_on(&clock).await;
    let peer = bench.peer(messenger.as_ref()).await;
    bench.rules(r#"[{"on":{"method":"messages.sendMessage"},"do":{"hang":true},"times":1}]"#);
    let sender = Arc::clone(&messenger);
    let slow = tokio::spawn(async move { sender.send(&part(peer, 1, "slow")).await });
    bench.called(SEND).await;
    messenger.send(&part(peer, 2, "quick")).await.unwrap();
    clock.advance(LONG);
    assert_eq!(slow.await.unwrap().unwrap_err().reason, "timeout");
    let links = bench.sim.stats().connections_total;
    messenger.send(&part(peer, 3, "quick")).await.unwrap();
    assert_eq!(bench.sim.stats().connections_total, links);
}

#[tokio::test]
async fn a_message_is_handed_over_at_the_first_poll() {
    let bench = Bench::start().await;
    let messenger = bench.connect().await;
    let part = part(bench.peer(messenger.as_ref()).await, 5, "hello");
    let sending = messenger.send(&part);
    // Polled once and dropped: it is under way all the same, which is why claims come first.
    drop(select(sending, ready(())).await);
    bench.called(SEND).await;
    assert_eq!(bench.delivered(), 1);
}

#[tokio::test]
async fn a_connection_is_given_up_after_too_many_abandoned_calls() {
    let bench = Bench::start().await;
    let messenger = bench.connect().await;
    let peer = bench.peer(messenger.as_ref()).await;
    bench.rules(r#"[{"on":{"method":"messages.sendMessage"},"do":{"hang":true}}]"#);
    for n in 1..=256 {
        drop(select(messenger.send(&part(peer, n, "hello")), ready(())).await);
    }
    let failure = messenger.send(&part(peer, 257, "hello")).await.unwrap_err();
    assert_eq!(
        (failure.class, failure.reason.as_str()),
        (FailureClass::Ambiguous, "connection_gone")
    );
}

#[tokio::test]
async fn a_bot_writes_to_whoever_started_it_and_to_nobody_else() {
    let bench = Bench::start().await;
    let bot = bench.try_connect(BOT).await.unwrap();
    let id = bench.sessions.get(BOT).user_id.0;
    let to = |started: bool| {
        let person = bench.people.iter().find(|p| p.started_bots.contains(&id) == started).unwrap();
        Peer::User { id: UserId(person.user_id), hash: AccessHash(0) }
    };
    bot.send(&part(to(true), 1, "hello")).await.unwrap();
    let failure = bot.send(&part(to(false), 2, "hello")).await.unwrap_err();
    assert_eq!(failure.reason, "PEER_ID_INVALID");
}

#[tokio::test]
async fn more_updates_than_fit_disturb_nothing_and_are_not_taken_for_heard() {
    let bench = Bench::start().await;
    let (first, second) = (bench.connect().await, bench.try_connect(SECOND).await.unwrap());
    let heard = bench.sessions.get(SECOND).updates;
    let number = PhoneNumber::from_e164(bench.phones[1].as_deref().unwrap()).unwrap();
    let to = first.resolve(&Address::Phone(number)).await.unwrap().peer;
    let parts: Vec<_> = (1..=300).map(|n| part(to, n, "hello")).collect();
    for receipt in join_all(parts.iter().map(|part| first.send(part))).await {
        receipt.unwrap();
    }
    bench.peer(second.as_ref()).await;
    assert_eq!(bench.sessions.get(SECOND).updates, heard);
}

#[tokio::test]
async fn what_is_being_carried_out_says_so() {
    let bench = Bench::start().await;
    let messenger = bench.connect().await;
    let part = part(bench.peer(messenger.as_ref()).await, 5, "hello");
    bench.rules(r#"[{"on":{"method":"messages.sendMessage"},"do":{"rpc_error":[500,"RANDOM_ID_DUPLICATE"]},"times":1}]"#);
    assert_eq!(messenger.send(&part).await.unwrap_err().class, FailureClass::InFlight);
}

#[tokio::test]
async fn their_errors_after_delivery_prove_nothing() {
    let bench = Bench::start().await;
    let messenger = bench.connect().await;
    let part = part(bench.peer(messenger.as_ref()).await, 5, "hello");
    bench.rules(r#"[{"on":{"method":"messages.sendMessage"},"do":{"rpc_error_after":[500,"WORKER_BUSY_TOO_LONG_RETRY"]},"times":1}]"#);
    assert_eq!(messenger.send(&part).await.unwrap_err().class, FailureClass::Ambiguous);
    messenger.send(&part).await.unwrap();
    assert_eq!(bench.delivered(), 1);
}

#[tokio::test]
async fn another_accounts_hash_is_worth_nothing() {
    let bench = Bench::start().await;
    let (first, second) = (bench.connect().await, bench.try_connect(SECOND).await.unwrap());
    let peer = bench.peer(first.as_ref()).await;
    let failure = second.send(&part(peer, 5, "hello")).await.unwrap_err();
    assert_eq!(failure.reason, "PEER_ID_INVALID");
    assert_eq!(failure.class, FailureClass::Refused(Refusal::Recipient));
    assert_eq!(bench.sessions.get(FIRST).dcs.len(), bench.sessions.get(SECOND).dcs.len());
    assert_eq!(bench.delivered(), 0);
}
