//! The simulator misbehaving as it is told, and being killed.

use grammers_mtsender::InvocationError;
use grammers_tl_types::{enums, functions as f};
use serde_json::json;
use tg_sim::{Sim, SimConfig, SimError};

use crate::support::{World, config, input, send, sent_id};

#[tokio::test]
async fn a_lost_answer_is_found_again_by_repeating() {
    let world = World::start().await;
    let client = world.client("acc01").await;
    let peer = input(&client.resolve(&world.named_user(0).1).await);
    world
        .sim
        .set_rules(r#"[{"on":{"method":"messages.sendMessage","nth":1},"do":{"drop":"after"}}]"#)
        .unwrap();
    let lost = client.try_call(&send(&peer, "hello", 5)).await;
    assert!(matches!(lost, Err(InvocationError::Io(_))), "{lost:?}");
    assert_eq!(world.journal().len(), 1);
    let (id, first) = sent_id(client.call(&send(&peer, "hello", 5)).await);
    assert_eq!((id, first), (1, false));
    assert_eq!(world.journal().len(), 1);
}

#[tokio::test]
async fn a_call_that_is_cut_off_before_is_not_applied() {
    let world = World::start().await;
    let client = world.client("acc01").await;
    let peer = input(&client.resolve(&world.named_user(0).1).await);
    world.sim.set_rules(r#"[{"do":{"drop":"before"},"times":1}]"#).unwrap();
    assert!(client.try_call(&send(&peer, "hello", 5)).await.is_err());
    assert!(world.journal().is_empty());
    assert!(sent_id(client.call(&send(&peer, "hello", 5)).await).1);
}

#[tokio::test]
async fn an_error_may_hide_a_delivery() {
    let world = World::start().await;
    let client = world.client("acc01").await;
    let peer = input(&client.resolve(&world.named_user(0).1).await);
    let rule = r#"[{"do":{"rpc_error_after":[500,"WORKER_BUSY_TOO_LONG_RETRY"]},"times":1}]"#;
    world.sim.set_rules(rule).unwrap();
    assert_eq!(client.refused(&send(&peer, "hello", 5)).await.code, 500);
    assert_eq!(world.journal().len(), 1);
    assert!(!sent_id(client.call(&send(&peer, "hello", 5)).await).1);
}

#[tokio::test]
async fn floods_are_limited_per_account() {
    let world = World::start().await;
    let (one, other) = (world.client("acc01").await, world.client("acc02").await);
    let name = world.named_user(0).1;
    let (mine, theirs) = (input(&one.resolve(&name).await), input(&other.resolve(&name).await));
    let rule = json!([{"on":{"method":"messages.sendMessage"},
        "do":{"limit":{"per_seconds":1000,"count":2,"then":"FLOOD_WAIT"}}}]);
    assert_eq!(world.post("/script", &rule.to_string()).await.0, 200);
    for n in 1..=2 {
        one.call(&send(&mine, "hello", n)).await;
    }
    let error = one.refused(&send(&mine, "hello", 3)).await;
    assert_eq!((error.code, error.name.as_str()), (420, "FLOOD_WAIT"));
    assert!((900..=1000).contains(&error.value.unwrap()));
    other.call(&send(&theirs, "hello", 1)).await;
    assert_eq!(world.journal().len(), 3);
}

#[tokio::test]
async fn a_held_send_is_in_flight_until_it_is_through() {
    let world = World::start().await;
    let client = world.client("acc01").await;
    let peer = input(&client.resolve(&world.named_user(0).1).await);
    let rule = r#"[{"on":{"method":"messages.sendMessage","nth":1},"do":{"delay_ms":300}}]"#;
    world.sim.set_rules(rule).unwrap();
    // One connection keeps the order of its calls: the second meets the first while it is being held.
    let call = send(&peer, "hello", 5);
    let (first, second) = tokio::join!(client.try_call(&call), client.refused(&call));
    assert_eq!((second.code, second.name.as_str()), (500, "RANDOM_ID_DUPLICATE"));
    let (id, delivered) = sent_id(first.unwrap());
    assert!(delivered);
    assert_eq!(sent_id(client.call(&call).await), (id, false));
    assert_eq!(world.journal().len(), 1);
}

#[tokio::test]
async fn a_ban_and_a_freeze_outlive_a_restart() {
    let world = World::start().await;
    let name = world.named_user(0).1;
    let (banned, frozen) = (world.client("acc01").await, world.client("acc02").await);
    let (to_banned, to_frozen) =
        (input(&banned.resolve(&name).await), input(&frozen.resolve(&name).await));
    let rules = json!([
        {"on":{"account":"acc01","method":"messages.sendMessage"},"do":{"ban":true}},
        {"on":{"account":"acc02","method":"messages.sendMessage"},
         "do":{"freeze":{"until":1_900_000_000,"appeal_url":"https://t.me/spambot"}}}]);
    world.sim.set_rules(&rules.to_string()).unwrap();
    assert_eq!(banned.refused(&send(&to_banned, "hello", 1)).await.name, "USER_DEACTIVATED_BAN");
    assert_eq!(frozen.refused(&send(&to_frozen, "hello", 1)).await.name, "FROZEN_METHOD_INVALID");

    let world = world.restart().await;
    let (banned, frozen) = (world.client("acc01").await, world.client("acc02").await);
    let error = banned.refused(&f::updates::GetState {}).await;
    assert_eq!((error.code, error.name.as_str()), (401, "USER_DEACTIVATED_BAN"));
    let error = frozen.refused(&send(&to_frozen, "hello", 1)).await;
    assert_eq!((error.code, error.name.as_str()), (420, "FROZEN_METHOD_INVALID"));
    let answer = frozen.call(&f::help::GetAppConfig { hash: 0 }).await;
    let enums::help::AppConfig::Config(config) = answer else { panic!("{answer:?}") };
    let enums::Jsonvalue::JsonObject(object) = &config.config else {
        panic!("{:?}", config.config)
    };
    let text = format!("{object:?}");
    assert!(text.contains("freeze_until_date") && text.contains("https://t.me/spambot"), "{text}");

    assert_eq!(world.post("/pardon", r#"{"account":"acc01"}"#).await.0, 200);
    banned.call(&f::updates::GetState {}).await;
}

#[tokio::test]
async fn what_was_promised_survives_a_restart() {
    let world = World::start().await;
    let client = world.client("acc01").await;
    let peer = input(&client.resolve(&world.named_user(0).1).await);
    let (id, _) = sent_id(client.call(&send(&peer, "hello", 5)).await);
    let addresses = world.sim.addresses().clone();
    let control = world.sim.control_url().to_owned();
    client.quit().await;

    let world = world.restart().await;
    assert_eq!(*world.sim.addresses(), addresses);
    assert_eq!(world.sim.control_url(), control);
    let client = world.client("acc01").await;
    assert_eq!(client.history(&peer).await.len(), 1);
    assert_eq!(sent_id(client.call(&send(&peer, "hello", 5)).await), (id, false));
    let (next, first) = sent_id(client.call(&send(&peer, "another", 6)).await);
    assert_eq!((next, first), (id + 1, true));
}

#[tokio::test]
async fn a_torn_line_was_never_promised() {
    let world = World::start().await;
    let client = world.client("acc01").await;
    let peer = input(&client.resolve(&world.named_user(0).1).await);
    client.call(&send(&peer, "whole", 5)).await;
    client.call(&send(&peer, "torn", 6)).await;
    client.quit().await;
    let path = world.sim.journal_path();
    world.sim.shutdown().await.unwrap();
    let text = std::fs::read(&path).unwrap();
    std::fs::write(&path, &text[..text.len() - 3]).unwrap();

    let sim = Sim::start(SimConfig::new(world.dir.path())).await.unwrap();
    let world = World { sim, dir: world.dir };
    assert_eq!(world.journal().len(), 1);
    let client = world.client("acc01").await;
    assert!(sent_id(client.call(&send(&peer, "torn", 6)).await).1);
    assert!(!sent_id(client.call(&send(&peer, "whole", 5)).await).1);
}

#[tokio::test]
async fn another_world_is_not_put_over_one_that_is_there() {
    let world = World::start().await;
    world.sim.shutdown().await.unwrap();
    let other = config(world.dir.path()).seed(12);
    let error = Sim::start(other).await.unwrap_err();
    assert!(matches!(error, SimError::OtherWorld { field: "seed", .. }), "{error}");
    let away = config(world.dir.path()).listen("0.0.0.0:0".parse().unwrap());
    assert!(matches!(Sim::start(away).await, Err(SimError::NotLoopback(_))));
}
