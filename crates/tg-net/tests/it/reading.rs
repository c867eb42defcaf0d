//! Resolving addresses and reading histories.

use crate::bench::{Bench, RealClock, part, username};
use std::time::Duration;
use tg_core::failure::{FailureClass, Method, Refusal, WaitScope};
use tg_core::ids::{MessageId, UserId};
use tg_core::peer::{Address, Peer, PhoneNumber, Username};
use tg_core::ports::Clock;
use tg_core::time::Timestamp;

#[tokio::test]
async fn names_and_numbers_lead_to_the_same_person() {
    let bench = Bench::start().await;
    let messenger = bench.connect().await;
    let person = bench.people.iter().find(|p| p.username.is_some() && p.phone.is_some()).unwrap();
    let by_name = messenger.resolve(&username(person)).await.unwrap();
    let number = PhoneNumber::from_e164(person.phone.as_deref().unwrap()).unwrap();
    let by_number = messenger.resolve(&Address::Phone(number)).await.unwrap();
    assert_eq!(by_name, by_number);
    assert_eq!(by_name.peer.user_id(), UserId(person.user_id));
    assert!(!by_name.is_bot);
}

#[tokio::test]
async fn nobody_is_a_refusal_for_good() {
    let bench = Bench::start().await;
    let messenger = bench.connect().await;
    let nobody = [
        Address::Username(Username::parse("nobody_has_this_name").unwrap()),
        Address::Phone(PhoneNumber::from_e164("+9990000001").unwrap()),
    ];
    for (address, reason) in nobody.iter().zip(["USERNAME_NOT_OCCUPIED", "PHONE_NOT_OCCUPIED"]) {
        let failure = messenger.resolve(address).await.unwrap_err();
        assert_eq!(failure.class, FailureClass::Refused(Refusal::Recipient));
        assert_eq!(failure.reason, reason);
        assert!(!failure.text.contains("9990000001"), "{}", failure.text);
    }
}

#[tokio::test]
async fn too_much_resolving_is_a_wait_of_its_own() {
    let bench = Bench::start().await;
    let messenger = bench.connect().await;
    bench.rules(r#"[{"on":{"method":"contacts.resolveUsername"},"do":{"rpc_error":[420,"FLOOD_WAIT_3600"]}}]"#);
    let failure = messenger.resolve(&username(bench.named())).await.unwrap_err();
    let scope = WaitScope::Method(Method::Resolve);
    assert_eq!(failure.class, FailureClass::Wait { scope, delay: Duration::from_secs(3600) });
}

#[tokio::test]
async fn a_chat_is_read_back_to_its_beginning() {
    let bench = Bench::start().await;
    let messenger = bench.connect().await;
    let peer = bench.peer(messenger.as_ref()).await;
    let mut sent = Vec::new();
    // More than two pages.
    for n in 1..=230 {
        sent.push(messenger.send(&part(peer, n, &format!("number {n}"))).await.unwrap().message_id);
    }
    let page = messenger.history(peer, Timestamp(0)).await.unwrap();
    assert!(page.complete);
    let read: Vec<MessageId> = page.outgoing.iter().map(|message| message.message_id).collect();
    sent.reverse();
    assert_eq!(read, sent);
    assert_eq!(page.outgoing[0].body.text, "number 230");
}

#[tokio::test]
async fn what_was_sent_since_a_moment_is_found() {
    let bench = Bench::start().await;
    let messenger = bench.connect().await;
    let peer = bench.peer(messenger.as_ref()).await;
    let before = RealClock.now();
    let sent = messenger.send(&part(peer, 1, "hello")).await.unwrap();
    let page = messenger.history(peer, before).await.unwrap();
    assert!(page.complete);
    assert_eq!(page.outgoing.len(), 1);
    assert_eq!(page.outgoing[0].message_id, sent.message_id);
    let later = messenger.history(peer, before + Duration::from_secs(3_600)).await.unwrap();
    assert!(later.complete && later.outgoing.is_empty());
}

#[tokio::test]
async fn more_pages_than_are_read_leave_it_incomplete() {
    let bench = Bench::start().await;
    let messenger = bench.connect().await;
    let peer = bench.peer(messenger.as_ref()).await;
    let parts: Vec<_> = (1..=1_001).map(|n| part(peer, n, "again")).collect();
    for part in &parts {
        messenger.send(part).await.unwrap();
    }
    let page = messenger.history(peer, Timestamp(0)).await.unwrap();
    assert!(!page.complete);
    assert_eq!(page.outgoing.len(), 1_000);
}

#[tokio::test]
async fn a_chat_that_nobody_wrote_in_is_empty_and_complete() {
    let bench = Bench::start().await;
    let messenger = bench.connect().await;
    let peer = bench.peer(messenger.as_ref()).await;
    let page = messenger.history(peer, Timestamp(0)).await.unwrap();
    assert!(page.complete && page.outgoing.is_empty());
}

#[tokio::test]
async fn a_history_with_a_wrong_hash_is_refused() {
    let bench = Bench::start().await;
    let messenger = bench.connect().await;
    let peer = bench.peer(messenger.as_ref()).await;
    let (id, hash) = (peer.user_id(), peer.hash());
    let wrong = Peer::User { id, hash: tg_core::ids::AccessHash(hash.0 ^ 1) };
    let failure = messenger.history(wrong, Timestamp(0)).await.unwrap_err();
    assert_eq!(failure.reason, "PEER_ID_INVALID");
}
