//! Resolving, sending, repeating, reading back.

use grammers_tl_types::{enums, functions as f, types as t};

use crate::support::{World, get_history, input, messages, send, sent_id};

#[tokio::test]
async fn a_message_is_delivered_journalled_and_in_the_history() {
    let world = World::start().await;
    let client = world.client("acc01").await;
    let (user_id, username) = world.named_user(0);
    let user = client.resolve(&username.to_uppercase()).await;
    assert_eq!(user.id, user_id);

    let peer = input(&user);
    let bold = t::MessageEntityBold { offset: 0, length: 5 };
    let call = f::messages::SendMessage {
        entities: Some(vec![bold.into()]),
        ..send(&peer, "hello «you»", -7)
    };
    let (id, first) = sent_id(client.call(&call).await);
    assert!(first);

    let lines = world.journal();
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["from_user_id"], client.user_id);
    assert_eq!(lines[0]["to_user_id"], user_id);
    assert_eq!(lines[0]["message_id"], id);
    assert_eq!(lines[0]["random_id"], "-7");
    assert_eq!(lines[0]["text"], "hello «you»");
    assert_eq!(lines[0]["entities"][0]["type"], "bold");
    assert!(lines[0]["media"].is_null());

    let history = client.history(&peer).await;
    assert_eq!(history.len(), 1);
    assert!(history[0].out);
    assert_eq!((history[0].id, history[0].message.as_str()), (id, "hello «you»"));
    assert_eq!(history[0].entities.as_ref().map(Vec::len), Some(1));
    assert_eq!(world.sim.stats().delivered, 1);
    client.quit().await;
}

#[tokio::test]
async fn a_random_id_delivers_once_per_account_and_peer() {
    let world = World::start().await;
    let (one, other) = (world.client("acc01").await, world.client("acc02").await);
    let (_, username) = world.named_user(0);
    let (_, second) = world.named_user(1);
    let peer = input(&one.resolve(&username).await);

    let (id, first) = sent_id(one.call(&send(&peer, "once", 5)).await);
    assert!(first);
    let (again, first) = sent_id(one.call(&send(&peer, "once", 5)).await);
    assert_eq!((again, first), (id, false));

    let elsewhere = input(&one.resolve(&second).await);
    assert!(sent_id(one.call(&send(&elsewhere, "another peer", 5)).await).1);
    let theirs = input(&other.resolve(&username).await);
    assert!(sent_id(other.call(&send(&theirs, "another account", 5)).await).1);
    assert_eq!(world.journal().len(), 3);

    world.post("/forget_random_ids", "").await;
    assert!(sent_id(one.call(&send(&peer, "once more", 5)).await).1);
}

#[tokio::test]
async fn access_hashes_are_good_for_one_account() {
    let world = World::start().await;
    let (one, other) = (world.client("acc01").await, world.client("acc02").await);
    let (_, username) = world.named_user(0);
    let (mine, theirs) = (one.resolve(&username).await, other.resolve(&username).await);
    assert_ne!(mine.access_hash, theirs.access_hash);
    let error = one.refused(&send(&input(&theirs), "hello", 1)).await;
    assert_eq!((error.code, error.name.as_str()), (400, "PEER_ID_INVALID"));
    assert!(world.journal().is_empty());
}

#[tokio::test]
async fn a_message_that_cannot_be_sent_is_refused() {
    let world = World::start().await;
    let client = world.client("acc01").await;
    let peer = input(&client.resolve(&world.named_user(0).1).await);
    let refused = async |call: &f::messages::SendMessage| client.refused(call).await.name;

    assert_eq!(refused(&send(&peer, " \n", 1)).await, "MESSAGE_EMPTY");
    // Two UTF-16 units each.
    assert_eq!(refused(&send(&peer, &"😀".repeat(2049), 1)).await, "MESSAGE_TOO_LONG");
    assert!(sent_id(client.call(&send(&peer, &"😀".repeat(2048), 1)).await).1);
    let outside = t::MessageEntityBold { offset: 3, length: 3 };
    let call = f::messages::SendMessage {
        entities: Some(vec![outside.into()]),
        ..send(&peer, "hello", 2)
    };
    assert_eq!(refused(&call).await, "ENTITY_BOUNDS_INVALID");
    assert_eq!(refused(&send(&peer, "hello", 0)).await, "RANDOM_ID_EMPTY");
    assert_eq!(refused(&send(&enums::InputPeer::Empty, "hello", 3)).await, "PEER_ID_INVALID");
}

#[tokio::test]
async fn histories_are_paged() {
    let world = World::start().await;
    let client = world.client("acc01").await;
    let peer = input(&client.resolve(&world.named_user(0).1).await);
    for n in 1..=10 {
        client.call(&send(&peer, &format!("message {n}"), n)).await;
    }
    let ids = async |offset_id, add_offset, limit| {
        let call = get_history(peer.clone(), offset_id, add_offset, limit);
        let page = messages(client.call(&call).await);
        page.iter().map(|m| m.id).collect::<Vec<_>>()
    };
    assert_eq!(ids(0, 0, 3).await, [10, 9, 8]);
    assert_eq!(ids(8, 0, 3).await, [7, 6, 5]);
    assert_eq!(ids(8, -2, 3).await, [9, 8, 7]);
    assert_eq!(ids(2, 0, 100).await, [1]);
    assert_eq!(ids(0, -5, 3).await, [0_i32; 0]);
    let call =
        f::messages::GetHistory { min_id: 4, max_id: 7, ..get_history(peer.clone(), 0, 0, 100) };
    let between: Vec<_> = messages(client.call(&call).await).iter().map(|m| m.id).collect();
    assert_eq!(between, [6, 5]);
}

#[tokio::test]
async fn people_are_found_by_phone_and_become_contacts() {
    let world = World::start().await;
    let client = world.client("acc01").await;
    let users = world.json("users.json");
    let user = users.as_array().unwrap().iter().find(|u| u["phone"].is_string()).unwrap();
    let phone = user["phone"].as_str().unwrap().to_owned();

    let call = f::contacts::ResolvePhone { phone: phone.clone() };
    let enums::contacts::ResolvedPeer::Peer(resolved) = client.call(&call).await;
    let enums::User::User(found) = &resolved.users[0] else { panic!("nobody") };
    assert_eq!(Some(found.id), user["user_id"].as_i64());
    assert_eq!((found.contact, &found.phone), (false, &None));

    let contact = |client_id, phone: &str| {
        t::InputPhoneContact {
            client_id,
            phone: phone.into(),
            first_name: "Known".into(),
            last_name: String::new(),
            note: None,
        }
        .into()
    };
    let call = f::contacts::ImportContacts {
        contacts: vec![contact(1, &phone), contact(2, "+15005550000")],
    };
    let enums::contacts::ImportedContacts::Contacts(imported) = client.call(&call).await;
    assert_eq!(imported.imported.len(), 1);

    let world = world.restart().await;
    let client = world.client("acc01").await;
    let answer = client.call(&f::contacts::GetContacts { hash: 0 }).await;
    let enums::contacts::Contacts::Contacts(contacts) = answer else { panic!("{answer:?}") };
    let enums::User::User(kept) = &contacts.users[0] else { panic!("nobody") };
    assert_eq!(kept.first_name.as_deref(), Some("Known"));
    assert_eq!(kept.phone.as_deref(), Some(phone.trim_start_matches('+')));
}

#[tokio::test]
async fn names_that_nobody_has_are_told_from_names_that_nobody_can_have() {
    let world = World::start().await;
    let client = world.client("acc01").await;
    let resolve =
        |username: &str| f::contacts::ResolveUsername { username: username.into(), referer: None };
    assert_eq!(client.refused(&resolve("nobody_at_all")).await.name, "USERNAME_NOT_OCCUPIED");
    assert_eq!(client.refused(&resolve("no body")).await.name, "USERNAME_INVALID");
    let phone = f::contacts::ResolvePhone { phone: "+15005550000".into() };
    assert_eq!(client.refused(&phone).await.name, "PHONE_NOT_OCCUPIED");
}

#[tokio::test]
async fn a_bot_writes_to_those_who_started_it_and_to_nobody_else() {
    let world = World::start().await;
    let bot = world.client("bot01").await;
    let users = world.json("users.json");
    let started = |user: &&serde_json::Value| !user["started_bots"].as_array().unwrap().is_empty();
    let users = users.as_array().unwrap();
    let id = |user: &serde_json::Value| user["user_id"].as_i64().unwrap();
    let fan = id(users.iter().find(started).unwrap());
    let stranger = id(users.iter().find(|user| !started(user)).unwrap());
    let peer = |user_id| t::InputPeerUser { user_id, access_hash: 0 }.into();
    assert!(sent_id(bot.call(&send(&peer(fan), "hello", 1)).await).1);
    assert_eq!(bot.refused(&send(&peer(stranger), "hello", 1)).await.name, "PEER_ID_INVALID");
    let said = format!(r#"{{"from_user_id":{stranger},"to_account":"bot01","text":"/start"}}"#);
    assert_eq!(world.post("/say", &said).await.0, 200);
    assert!(sent_id(bot.call(&send(&peer(stranger), "hello", 1)).await).1);
    assert_eq!(bot.refused(&f::contacts::GetContacts { hash: 0 }).await.name, "BOT_METHOD_INVALID");
}
