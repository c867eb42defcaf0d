//! Updates: what users say, what is missed, what other accounts write.

use grammers_session::updates::UpdatesLike;
use grammers_tl_types::{enums, functions as f};
use tokio::time::timeout;

use crate::support::{PATIENCE, World, input, send};

fn difference(pts: i32) -> f::updates::GetDifference {
    f::updates::GetDifference {
        pts,
        pts_limit: None,
        pts_total_limit: None,
        date: 1,
        qts: 0,
        qts_limit: None,
    }
}

/// The text of the next message that is pushed.
async fn heard(client: &mut crate::support::Client) -> String {
    loop {
        let update = timeout(PATIENCE, client.updates.recv()).await.unwrap().unwrap();
        if let UpdatesLike::Updates(enums::Updates::Updates(updates)) = update
            && let [enums::Update::NewMessage(new)] = &updates.updates[..]
            && let enums::Message::Message(message) = &new.message
        {
            return message.message.clone();
        }
    }
}

#[tokio::test]
async fn what_a_user_says_is_pushed_and_can_be_caught_up() {
    let world = World::start().await;
    let mut client = world.client("acc01").await;
    let enums::updates::State::State(state) = client.call(&f::updates::GetState {}).await;
    let (user_id, username) = world.named_user(0);
    let said = format!(r#"{{"from_user_id":{user_id},"to_account":"acc01","text":"stop"}}"#);
    assert_eq!(world.post("/say", &said).await.0, 200);
    assert_eq!(heard(&mut client).await, "stop");

    let world = world.restart().await;
    let client = world.client("acc01").await;
    let answer = client.call(&difference(state.pts)).await;
    let enums::updates::Difference::Difference(missed) = answer else { panic!("{answer:?}") };
    assert_eq!(missed.new_messages.len(), 1);
    let enums::updates::State::State(now) = missed.state;
    let answer = client.call(&difference(now.pts)).await;
    assert!(matches!(answer, enums::updates::Difference::Empty(_)), "{answer:?}");
    let peer = input(&client.resolve(&username).await);
    let history = client.history(&peer).await;
    assert_eq!((history.len(), history[0].out), (1, false));
}

#[tokio::test]
async fn a_lost_answer_shows_in_the_difference_with_its_random_id() {
    let world = World::start().await;
    let client = world.client("acc01").await;
    let peer = input(&client.resolve(&world.named_user(0).1).await);
    let enums::updates::State::State(state) = client.call(&f::updates::GetState {}).await;
    client.call(&send(&peer, "hello", 77)).await;
    let answer = client.call(&difference(state.pts)).await;
    let enums::updates::Difference::Difference(missed) = answer else { panic!("{answer:?}") };
    let [enums::Update::MessageId(id)] = &missed.other_updates[..] else {
        panic!("{:?}", missed.other_updates)
    };
    assert_eq!((id.random_id, id.id), (77, missed.new_messages[0].id()));
}

#[tokio::test]
async fn many_missed_messages_come_in_slices() {
    let world = World::start().await;
    let client = world.client("acc01").await;
    let peer = input(&client.resolve(&world.named_user(0).1).await);
    for n in 1..=150 {
        client.call(&send(&peer, "hello", n)).await;
    }
    let answer = client.call(&difference(1)).await;
    let enums::updates::Difference::Slice(slice) = answer else { panic!("{answer:?}") };
    assert_eq!(slice.new_messages.len(), 100);
    let enums::updates::State::State(state) = slice.intermediate_state;
    let answer = client.call(&difference(state.pts)).await;
    let enums::updates::Difference::Difference(rest) = answer else { panic!("{answer:?}") };
    assert_eq!(rest.new_messages.len(), 50);
}

#[tokio::test]
async fn one_account_hears_another_and_both_remember() {
    let world = World::start().await;
    let (one, mut other) = (world.client("acc01").await, world.client("acc02").await);
    other.call(&f::updates::GetState {}).await;
    let accounts = world.json("accounts.json");
    let phone = accounts[1]["phone"].as_str().unwrap().to_owned();
    let call = f::contacts::ResolvePhone { phone };
    let enums::contacts::ResolvedPeer::Peer(found) = one.call(&call).await;
    let enums::User::User(user) = &found.users[0] else { panic!("nobody") };
    one.call(&send(&input(user), "hello, colleague", 1)).await;
    assert_eq!(heard(&mut other).await, "hello, colleague");

    let world = world.restart().await;
    let other = world.client("acc02").await;
    let dialogs = f::messages::GetDialogs {
        exclude_pinned: false,
        folder_id: None,
        offset_date: 0,
        offset_id: 0,
        offset_peer: enums::InputPeer::Empty,
        limit: 10,
        hash: 0,
    };
    let answer = other.call(&dialogs).await;
    let enums::messages::Dialogs::Dialogs(dialogs) = answer else { panic!("{answer:?}") };
    assert_eq!(dialogs.dialogs.len(), 1);
    let enums::Message::Message(message) = &dialogs.messages[0] else { panic!("no message") };
    assert_eq!((message.out, message.message.as_str()), (false, "hello, colleague"));
}
