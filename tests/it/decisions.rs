//! What a person decides about messages that failed, or whose outcome is unknown.

use crate::world::World;
use serde_json::{Value, json};

fn run(world: &World) {
    world.tg(&["run", "--until-idle"]).ok();
}

/// One message whose answer is lost, and whose account cannot ask for it again.
fn unknown(world: &World, delivered: bool) {
    let (drop, then) = if delivered {
        ("after", json!([401, "USER_DEACTIVATED_BAN"]))
    } else {
        ("before", json!([400, "USER_IS_BLOCKED"]))
    };
    world.script(&json!([
        {"on": {"method": "messages.sendMessage", "nth": 1}, "do": {"drop": drop}},
        {"on": {"method": "messages.sendMessage", "nth": 2}, "do": {"rpc_error": then}}
    ]));
    world.tg(&["campaign", "start", "spring"]).ok();
    run(world);
}

fn only(world: &World) -> Value {
    let mut all = world.deliveries();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

#[test]
fn who_failed_is_written_to_again_once_with_another_id() {
    let world = World::with_campaign(2, 20);
    world.script(&json!([
        {"on": {"method": "messages.sendMessage", "every": 4}, "do": {"rpc_error": [400, "USER_IS_BLOCKED"]}, "times": 4}
    ]));
    world.tg(&["campaign", "start", "spring"]).ok();
    run(&world);
    assert_eq!(world.judge()["failed"], 4);
    let before: Vec<Value> =
        world.deliveries().into_iter().filter(|d| d["outcome"] == "failed").collect();
    let none = world.tg_json(&["campaign", "retry", "spring", "--reason", "NO_SUCH"]).ok().json();
    assert_eq!((&none["retried"], &none["state"]), (&json!(0), &json!("finished")));
    let done = world.tg_json(&["campaign", "retry", "spring"]).ok().json();
    assert_eq!(done["schema"], "tg.retry/1");
    assert_eq!((&done["was"], &done["state"]), (&json!("finished"), &json!("running")));
    assert_eq!(
        (&done["retried"], &done["unknown"], &done["partial"]),
        (&json!(4), &json!(0), &json!(0))
    );
    assert_eq!(world.report()["pending"], 4);
    run(&world);
    assert_eq!(world.judge()["sent"], 20);
    assert_eq!(world.report()["state"], "finished");
    for failed in before {
        let now = world.deliveries().into_iter().find(|d| d["delivery"] == failed["delivery"]);
        assert_ne!(now.unwrap()["random_id"], failed["random_id"], "a new attempt");
    }
}

#[test]
fn a_running_engine_takes_up_a_campaign_that_had_finished() {
    let world = World::with_campaign(1, 5);
    world.script(&json!([
        {"on": {"method": "messages.sendMessage", "nth": 2}, "do": {"rpc_error": [400, "USER_IS_BLOCKED"]}}
    ]));
    world.tg(&["campaign", "start", "spring"]).ok();
    let mut engine = world.command(&["run"]).stdout(std::process::Stdio::null()).spawn().unwrap();
    crate::world::wait_until("finished", || world.report()["state"] == "finished");
    world.tg(&["campaign", "retry", "spring"]).ok();
    crate::world::wait_until("sent", || world.report()["sent"] == 5);
    crate::world::wait_until("finished again", || world.report()["state"] == "finished");
    engine.kill().unwrap();
    engine.wait().unwrap();
    assert_eq!(world.judge()["sent"], 5);
}

#[test]
fn what_never_arrived_is_resolved_and_then_retried() {
    let world = World::with_campaign(1, 1);
    unknown(&world, false);
    assert_eq!(world.judge()["unknown"], 1);
    for outcome in ["failed", "unknown"] {
        let said = world.tg(&["campaign", "retry", "spring", "--outcome", outcome]).fails(4);
        assert!(said.err.contains("1 message(s)"), "{}", said.err);
        assert!(said.err.contains("tg campaign resolve spring"), "{}", said.err);
    }
    assert!(world.journal().is_empty());
    let id = only(&world)["delivery"].to_string();
    let shown = world.tg(&["campaign", "deliveries", "spring", "--outcome", "unknown"]).ok().out;
    assert!(shown.lines().last().unwrap().trim_start().starts_with(&id), "{shown}");
    let done = world
        .tg_json(&["campaign", "resolve", "spring", "--delivery", &id, "--as", "not-delivered"])
        .ok()
        .json();
    assert_eq!(done["schema"], "tg.resolve/1");
    assert_eq!(
        (&done["as"], &done["resolved"], &done["unknown"]),
        (&json!("not-delivered"), &json!(1), &json!(0))
    );
    assert_eq!(only(&world)["reason"], "resolved_not_delivered");
    world.tg(&["campaign", "resolve", "spring", "--delivery", &id, "--as", "sent"]).fails(4);
    world.tg(&["campaign", "resolve", "spring", "--delivery", "999", "--as", "sent"]).fails(3);
    world.tg(&["campaign", "resolve", "spring", "--as", "sent"]).fails(2);
    world.tg(&["campaign", "retry", "spring"]).ok();
    run(&world);
    assert_eq!(world.judge()["sent"], 1);
}

#[test]
fn what_arrived_is_resolved_as_sent_and_never_sent_again() {
    let world = World::with_campaign(1, 1);
    unknown(&world, true);
    assert_eq!(world.judge()["unknown"], 1);
    let done =
        world.tg_json(&["campaign", "resolve", "spring", "--all", "--as", "sent"]).ok().json();
    assert_eq!((&done["resolved"], &done["unknown"]), (&json!(1), &json!(0)));
    let row = only(&world);
    assert_eq!((&row["outcome"], &row["message_id"]), (&json!("sent"), &Value::Null));
    assert_eq!(world.tg_json(&["campaign", "retry", "spring"]).ok().json()["retried"], 0);
    run(&world);
    assert_eq!(world.journal().len(), 1);
}
