//! What Telegram answers when it does not answer "sent".

use crate::world::World;
use serde_json::json;

fn run(world: &World) {
    world.tg(&["campaign", "start", "spring"]).ok();
    world.tg(&["run", "--until-idle"]).ok();
}

#[test]
fn a_flood_wait_is_kept_and_everybody_is_served() {
    let world = World::with_campaign(2, 30);
    world.script(&json!([
        {"on": {"method": "messages.sendMessage", "every": 5}, "do": {"rpc_error": [420, "FLOOD_WAIT_1"]}, "times": 3}
    ]));
    run(&world);
    assert_eq!(world.judge()["sent"], 30);
    let report = world.report();
    let waits: u64 =
        report["accounts"].as_array().unwrap().iter().map(|a| a["waits"].as_u64().unwrap()).sum();
    assert!(waits >= 1, "{report}");
}

#[test]
fn who_blocked_the_account_is_failed_with_telegrams_name() {
    let world = World::with_campaign(2, 30);
    world.script(&json!([
        {"on": {"method": "messages.sendMessage", "nth": 3}, "do": {"rpc_error": [400, "USER_IS_BLOCKED"]}}
    ]));
    run(&world);
    let outcomes = world.judge();
    assert_eq!(outcomes["sent"], 29);
    assert_eq!(outcomes["failed"], 1);
    assert_eq!(world.report()["failed"]["by_reason"]["USER_IS_BLOCKED"], 1);
}

#[test]
fn a_lost_answer_is_asked_for_again_with_the_same_id() {
    let world = World::with_campaign(3, 40);
    world.script(&json!([
        {"on": {"method": "messages.sendMessage", "every": 9}, "do": {"drop": "after"}, "times": 3},
        {"on": {"method": "messages.sendMessage", "every": 7}, "do": {"drop": "before"}, "times": 3}
    ]));
    run(&world);
    assert_eq!(world.judge()["sent"], 40);
}

#[test]
fn a_refused_repeat_is_settled_by_the_history() {
    let world = World::with_campaign(1, 1);
    // Delivered, the answer lost; the repeat is refused: only the history knows.
    world.script(&json!([
        {"on": {"method": "messages.sendMessage", "nth": 1}, "do": {"drop": "after"}},
        {"on": {"method": "messages.sendMessage", "nth": 2}, "do": {"rpc_error": [400, "USER_IS_BLOCKED"]}}
    ]));
    run(&world);
    assert_eq!(world.judge()["sent"], 1);
    assert_eq!(world.calls("messages.sendMessage"), 2);
    assert_eq!(world.calls("messages.getHistory"), 1);
}

#[test]
fn a_refused_repeat_of_what_never_arrived_is_left_to_a_person() {
    let world = World::with_campaign(1, 1);
    world.script(&json!([
        {"on": {"method": "messages.sendMessage", "nth": 1}, "do": {"drop": "before"}},
        {"on": {"method": "messages.sendMessage", "nth": 2}, "do": {"rpc_error": [400, "USER_IS_BLOCKED"]}}
    ]));
    run(&world);
    assert_eq!(world.judge()["unknown"], 1);
    assert_eq!(world.report()["unknown_by_reason"]["USER_IS_BLOCKED"], 1);
}

/// An account holds a message whose answer was lost; its repeat is told to wait, and a person
/// pauses the account. Nobody else may send that message.
#[test]
fn a_wait_to_a_repeat_leaves_the_message_with_its_account() {
    let world = World::with_campaign(2, 2);
    world.script(&json!([
        {"on": {"method": "messages.sendMessage", "account": "acc01", "nth": 1}, "do": {"drop": "after"}},
        {"on": {"method": "messages.sendMessage", "account": "acc01", "nth": 2}, "do": {"rpc_error": [420, "FLOOD_WAIT_2"]}}
    ]));
    world.tg(&["campaign", "start", "spring"]).ok();
    world.tg(&["run", "--until-idle", "--max-wait", "1s"]).ok();
    world.tg(&["account", "pause", "acc01"]).ok();
    world.tg(&["run", "--until-idle"]).ok();
    assert_eq!(world.judge().get("sent"), Some(&1), "the other account's own");
    world.tg(&["account", "resume", "acc01"]).ok();
    world.tg(&["run", "--until-idle"]).ok();
    assert_eq!(world.judge()["sent"], 2);
}

#[test]
fn an_account_that_went_too_far_stops_and_others_go_on() {
    let world = World::with_campaign(3, 60);
    world.script(&json!([
        {"on": {"method": "messages.sendMessage", "nth": 4}, "do": {"rpc_error": [400, "PEER_FLOOD"]}, "times": 1}
    ]));
    run(&world);
    assert_eq!(world.judge()["sent"], 60);
    let accounts = world.tg_json(&["account", "list"]).ok().json();
    let stopped = accounts["accounts"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|a| a["state"] == "quarantined")
        .count();
    assert_eq!(stopped, 1, "{accounts}");
}

#[test]
fn a_name_that_nobody_has_fails_that_recipient_alone() {
    let world = World::with_campaign(2, 20);
    world.script(&json!([
        {"on": {"method": "contacts.resolveUsername", "nth": 2}, "do": {"rpc_error": [400, "USERNAME_NOT_OCCUPIED"]}}
    ]));
    run(&world);
    let outcomes = world.judge();
    assert_eq!(outcomes["failed"], 1);
    assert_eq!(outcomes["sent"], 19);
}

#[test]
fn a_simulator_that_restarts_loses_nothing() {
    let mut world = World::with_campaign(2, 400);
    world.tg(&["campaign", "start", "spring"]).ok();
    let engine = world.command(&["run", "--until-idle"]).spawn().unwrap();
    let mut engine = Guard(engine);
    crate::world::wait_until("some messages", || world.journal().len() > 40);
    world.restart_sim();
    assert_eq!(engine.0.wait().unwrap().code(), Some(0));
    assert_eq!(world.judge()["sent"], 400);
}

/// Ends a child that a failed test left behind.
struct Guard(std::process::Child);

impl Drop for Guard {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Each person's first send meets an error, and only that one: who has the message in the end was asked
/// for again, and who has not was not.
#[test]
fn a_telegram_error_retried_when_it_must_not_be_or_not_retried_when_it_must() {
    let cases = [
        (400, "USER_IS_BLOCKED", "failed"),
        (403, "USER_PRIVACY_RESTRICTED", "failed"),
        (400, "SOMETHING_THAT_NOBODY_KNOWS", "failed"),
        (500, "WORKER_BUSY_TOO_LONG_RETRY", "sent"),
        (420, "FLOOD_WAIT_1", "sent"),
        (420, "SLOWMODE_WAIT_1", "sent"),
    ];
    let world = World::with_campaign(1, u32::try_from(cases.len()).unwrap());
    let users = world.users();
    let rule = |(user, (code, name, _)): (&i64, &(i32, &str, &str))| {
        json!({
            "on": {"method": "messages.sendMessage", "to": user, "nth": 1},
            "do": {"rpc_error": [code, name]}
        })
    };
    world.script(&users.iter().zip(&cases).map(rule).collect::<Vec<_>>().into());
    run(&world);
    world.judge();
    for (user, (_, name, expected)) in users.iter().zip(&cases) {
        let all = world.deliveries();
        let row = all.iter().find(|row| row["user_id"] == *user).unwrap();
        assert_eq!(row["outcome"], *expected, "{name}: {row}");
        assert_eq!(world.journal().contains_key(user), *expected == "sent", "{name}");
    }
}
