//! What people write: heard, kept once, shown with the campaign that it answers; and a "no" that the
//! next claim honours, whenever it was said.

use crate::world::{World, wait_until};
use serde_json::{Value, json};
use std::process::{Child, Stdio};

/// The account's name and id that a delivery went through, by user.
fn sender_of(world: &World, user: i64) -> (String, i64) {
    let all = world.deliveries();
    let row = all.iter().find(|d| d["user_id"] == user).unwrap();
    (row["account"].as_str().unwrap().to_owned(), row["message_id"].as_i64().unwrap_or(0))
}

fn conversations(world: &World, more: &[&str]) -> Vec<Value> {
    let list = world.tg_json(&[&["inbox", "list"], more].concat()).ok().json();
    assert_eq!(list["schema"], "tg.inbox/1");
    list["conversations"].as_array().unwrap().clone()
}

/// The only account of a world of one.
const ONE: &str = "acc01";

/// A campaign on its way, one slow message after the other; some have arrived.
fn on_its_way(world: &World) -> Child {
    world.script(&json!([{"on": {"method": "messages.sendMessage"}, "do": {"delay_ms": 100}}]));
    world.tg(&["campaign", "start", "spring"]).ok();
    let mut command = world.command(&["run"]);
    let engine = command.env("TG_RUN_IN_FLIGHT", "1").stdout(Stdio::null()).spawn().unwrap();
    wait_until("some have arrived", || world.journal().len() > 1);
    engine
}

/// Somebody to whom nothing has been sent, nor is just being sent.
fn last_in_line(world: &World) -> i64 {
    let reached = world.journal();
    *world.users().iter().rev().find(|user| !reached.contains_key(user)).unwrap()
}

#[test]
fn a_no_that_arrives_between_two_claims_is_honoured_by_the_second() {
    let world = World::with_campaign(1, 60);
    let mut engine = on_its_way(&world);
    world.tg(&["campaign", "pause", "spring"]).ok();
    wait_until("paused", || world.report()["state"] == "paused");
    let silent = last_in_line(&world);
    world.say(silent, ONE, "Stop!");
    wait_until("heard", || !conversations(&world, &[]).is_empty());
    world.script(&json!([]));
    world.tg(&["campaign", "resume", "spring"]).ok();
    wait_until("everybody else", || world.report()["state"] == "finished");
    engine.kill().unwrap();
    engine.wait().unwrap();
    let outcomes = world.judge();
    assert_eq!((outcomes["sent"], outcomes["skipped"]), (59, 1));
    let report = world.report();
    assert_eq!(report["skipped"]["by_reason"]["opted_out"], 1);
    assert!(!world.journal().contains_key(&silent), "they said no and got it");
}

#[test]
fn a_no_that_is_said_during_a_crash_is_honoured_by_the_next_run() {
    let world = World::with_campaign(1, 60);
    let mut engine = on_its_way(&world);
    engine.kill().unwrap();
    engine.wait().unwrap();
    world.script(&json!([]));
    let silent = last_in_line(&world);
    world.say(silent, ONE, "STOP");
    world.tg(&["run", "--until-idle"]).ok();
    world.judge();
    assert!(!world.journal().contains_key(&silent), "they said no and got it");
}

/// Everybody says no while nothing runs; updates may be gone by then.
fn a_week_offline(forgotten: bool) {
    let mut world = World::with_campaign(2, 12);
    // The accounts have heard once, so that there is a point to go on from.
    world.tg(&["run", "--until-idle"]).ok();
    let users = world.users();
    let file = std::fs::read_to_string(world.sim_file("accounts.json")).unwrap();
    let accounts: Value = serde_json::from_str(&file).unwrap();
    let ids = [&accounts[0]["user_id"], &accounts[1]["user_id"]];
    for (n, user) in users.iter().enumerate().take(6) {
        world.say(*user, if n % 2 == 0 { "acc01" } else { "acc02" }, "Отписаться");
    }
    if forgotten {
        world.forget_updates();
    }
    world.restart_sim();
    world.tg(&["campaign", "start", "spring"]).ok();
    let said = world.tg_json(&["run", "--until-idle"]).ok();
    let events: Vec<Value> =
        said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of_kind = |kind: &str| events.iter().filter(|e| e["kind"] == kind).count();
    assert_eq!(of_kind("opt_out"), 6, "{}", said.out);
    assert_eq!(of_kind("gap"), if forgotten { 2 } else { 0 });
    world.judge();
    // A "no" said to the account that would have written is honoured by its first claim; one that
    // was said to another account, by every claim after it was stored.
    for line in world.journal().values().flatten() {
        let (user, account) = (line["to_user_id"].as_i64().unwrap(), &line["from_user_id"]);
        let said_to = users.iter().take(6).position(|said| *said == user).map(|n| n % 2);
        assert!(said_to.is_none_or(|n| *ids[n] != *account), "{user} said no and got it");
    }
    assert_eq!(conversations(&world, &[]).len(), 6);
    // Nothing is there twice after one more run.
    world.tg(&["run", "--until-idle"]).ok();
    assert!(conversations(&world, &[]).iter().all(|talk| talk["received"] == 1));
    // And from now on all six are known to have opted out.
    world.create("summer");
    let plan = world.tg_json(&["campaign", "plan", "summer"]).ok().json();
    assert_eq!(plan["skipped"]["by_reason"]["opted_out"], 6, "{plan}");
}

#[test]
fn a_no_said_in_a_week_offline_is_honoured() {
    a_week_offline(false);
}

#[test]
fn also_when_telegram_does_not_keep_updates_that_long() {
    a_week_offline(true);
}

#[test]
fn a_reply_is_listed_and_linked_and_kept_once() {
    let world = World::with_campaign(2, 4);
    world.tg(&["campaign", "start", "spring"]).ok();
    world.tg(&["run", "--until-idle"]).ok();
    let user = world.users()[1];
    let (account, sent) = sender_of(&world, user);
    world.say(user, &account, "When does it begin?");
    world.say_to(user, &account, "This one", Some(sent));
    world.tg(&["run", "--until-idle"]).ok();
    world.tg(&["run", "--until-idle"]).ok();
    let listed = conversations(&world, &["--unanswered", "--campaign", "spring"]);
    assert_eq!(listed.len(), 1, "{listed:?}");
    let talk = &listed[0];
    assert_eq!((&talk["user_id"], &talk["account"]), (&json!(user), &json!(account)));
    assert_eq!((&talk["received"], &talk["opted_out"]), (&json!(2), &json!(false)));
    assert_eq!(talk["last"]["text"], "This one");
    assert_eq!(
        (&talk["last"]["reply_to"], &talk["last"]["campaign"]),
        (&json!(sent), &json!("spring"))
    );
    let shown = world.tg_json(&["inbox", "show", &user.to_string()]).ok().json();
    assert_eq!(shown["messages"].as_array().unwrap().len(), 2);
    assert!(shown["messages"].as_array().unwrap().iter().all(|m| m["campaign"] == "spring"));
    let contact = world.tg_json(&["contact", "show", &user.to_string()]).ok().json();
    assert_eq!(contact["messages"][0]["text"], "When does it begin?");
    let report = world.report();
    assert_eq!((&report["replied"], &report["opted_out"]), (&json!(1), &json!(0)));
    let text = world.tg(&["inbox", "list"]).ok().out;
    assert!(text.contains("This one") && text.contains("waits"), "{text}");
}

#[test]
fn whoever_writes_to_a_bot_can_be_reached_by_it() {
    let world = World::with_bots(1, 10, 1);
    world.prepare("Hi {{ first_name }}");
    world.tg(&["run", "--until-idle"]).ok();
    let create = |campaign: &str| {
        let who = ["--audience", "friends", "--template", "hello", "--accounts", "bot01"];
        world
            .tg(&[&["campaign", "create", campaign], &who[..], &["--pace", "unlimited"]].concat())
            .ok();
        world.tg_json(&["campaign", "plan", campaign]).ok().json()
    };
    assert_eq!(create("before")["known"], 0);
    let user = world.users()[4];
    world.say(user, "bot01", "/start");
    world.tg(&["run", "--until-idle"]).ok();
    assert_eq!(create("after")["known"], 1);
    world.tg(&["campaign", "start", "after"]).ok();
    world.tg(&["run", "--until-idle"]).ok();
    let journal = world.journal();
    assert_eq!(journal.keys().collect::<Vec<_>>(), [&user], "the bot wrote to who started it");
}

#[test]
fn an_answer_is_sent_once_and_joins_the_conversation() {
    let world = World::with_campaign(2, 4);
    world.tg(&["campaign", "start", "spring"]).ok();
    world.tg(&["run", "--until-idle"]).ok();
    let user = world.users()[1];
    let who = user.to_string();
    let (account, _) = sender_of(&world, user);
    world.tg(&["inbox", "reply", &who, "Hello?"]).fails(4);
    world.say(user, &account, "When does it begin?");
    world.tg(&["run", "--until-idle"]).ok();
    let reply = world.tg_json(&["inbox", "reply", &who, "At eight."]).ok().json();
    assert_eq!((&reply["schema"], &reply["outcome"]), (&json!("tg.reply/1"), &json!("pending")));
    assert_eq!(reply["account"], json!(account));
    // Its answer is lost, then the process is gone: the next run repeats it, and it arrives once.
    world.script(&json!([
        {"on": {"method": "messages.sendMessage", "nth": 1}, "do": {"drop": "after"}}
    ]));
    let mut engine = world.command(&["run"]).stdout(Stdio::null()).spawn().unwrap();
    wait_until("handed over", || world.calls("messages.sendMessage") > 0);
    engine.kill().unwrap();
    engine.wait().unwrap();
    world.tg(&["run", "--until-idle"]).ok();
    let to_them = &world.journal()[&user];
    assert_eq!(to_them.len(), 2, "the campaign's message and one answer: {to_them:?}");
    assert_eq!(to_them[1]["text"], "At eight.");
    let shown = world.tg_json(&["inbox", "show", &who]).ok().json();
    let directions: Vec<&Value> =
        shown["messages"].as_array().unwrap().iter().map(|m| &m["direction"]).collect();
    assert_eq!(directions, ["in", "out"], "{shown}");
    assert_eq!(shown["replies"], json!([]));
    assert!(conversations(&world, &["--unanswered"]).is_empty());
    // The campaign is not disturbed.
    assert_eq!(world.report()["sent"], 4);
}

#[test]
fn a_running_engine_sends_an_answer_at_once() {
    let world = World::with_campaign(1, 2);
    let user = world.users()[0];
    let mut engine = world.command(&["run"]).stdout(Stdio::null()).spawn().unwrap();
    wait_until("listening", || world.calls("updates.getDifference") > 0);
    world.say(user, ONE, "hello");
    wait_until("heard", || !conversations(&world, &[]).is_empty());
    let args = ["inbox", "reply", &user.to_string(), "Hello!", "--wait", "60s"];
    let said = world.tg_json(&args).ok().json();
    assert_eq!(said["outcome"], "sent");
    world.say(user, ONE, "stop");
    wait_until("a no", || conversations(&world, &[])[0]["opted_out"] == true);
    world.tg(&args).fails(4);
    world.say(user, ONE, "But where do I return it?");
    wait_until("another word", || conversations(&world, &[])[0]["received"] == 3);
    world.tg(&args).ok();
    assert_eq!(world.journal()[&user].len(), 2);
    engine.kill().unwrap();
    engine.wait().unwrap();
}

#[test]
fn an_account_is_preferred_for_those_whom_it_knows() {
    let world = World::with_campaign(2, 6);
    // They wrote to the second account long before it came here.
    let users = world.users();
    for user in &users[..3] {
        world.say(*user, "acc02", "hello");
    }
    world.tg(&["run", "--until-idle"]).ok();
    assert!(conversations(&world, &[]).is_empty(), "what was said before is not news");
    let plan = world.tg_json(&["campaign", "plan", "spring"]).ok().json();
    assert_eq!((&plan["known"], &plan["to_resolve"]), (&json!(3), &json!(3)), "{plan}");
    world.tg(&["campaign", "start", "spring"]).ok();
    world.tg(&["run", "--until-idle"]).ok();
    world.judge();
    for user in &users[..3] {
        assert_eq!(sender_of(&world, *user).0, "acc02");
    }
}

#[test]
fn a_run_that_ends_by_itself_says_of_no_account_that_it_was_lost() {
    let world = World::with_campaign(3, 5);
    world.tg(&["campaign", "start", "spring"]).ok();
    for _ in 0..2 {
        let events = world.tg_json(&["run", "--until-idle"]).ok().out;
        assert!(events.contains("\"state\":\"connected\""), "{events}");
        assert!(!events.contains("\"state\":\"disconnected\""), "{events}");
    }
}

/// Off unless it is wanted; then it goes to each person once, through the account that heard them,
/// also when the first attempt's answer is lost and the process dies.
#[test]
fn a_no_is_confirmed_once_if_that_is_wanted() {
    let world = World::with_campaign(2, 4);
    world.tg(&["run", "--until-idle"]).ok();
    let users = world.users();
    world.say(users[0], "acc01", "stop");
    world.tg(&["run", "--until-idle"]).ok();
    assert!(world.journal().is_empty(), "nothing is confirmed by itself");
    let answer = "You will not hear from us again.";
    let run = |more: &[&str]| {
        let mut command = world.command(&[&["run"], more].concat());
        command.env("TG_INBOX_OPT_OUT_ANSWER", answer).stdout(Stdio::null());
        command
    };
    world.script(&json!([
        {"on": {"method": "messages.sendMessage", "nth": 1}, "do": {"drop": "after"}}
    ]));
    world.say(users[1], "acc02", "Stop!");
    let mut engine = run(&[]).spawn().unwrap();
    wait_until("handed over", || world.calls("messages.sendMessage") > 0);
    engine.kill().unwrap();
    engine.wait().unwrap();
    world.script(&json!([]));
    assert!(run(&["--until-idle"]).status().unwrap().success());
    // Who takes it back and says no again, to another account, was told already; who had said no
    // before it was wanted is not told now.
    world.say(users[1], "acc02", "But where do I return it?");
    world.say(users[1], "acc01", "stop");
    world.say(users[0], "acc02", "stop");
    assert!(run(&["--until-idle"]).status().unwrap().success());
    let journal = world.journal();
    assert_eq!(journal.keys().collect::<Vec<_>>(), [&users[1]], "{journal:?}");
    let file = std::fs::read_to_string(world.sim_file("accounts.json")).unwrap();
    let accounts: Value = serde_json::from_str(&file).unwrap();
    let told = &journal[&users[1]];
    assert_eq!((told.len(), &told[0]["text"]), (1, &json!(answer)));
    assert_eq!(told[0]["from_user_id"], accounts[1]["user_id"], "by the account that heard it");
}
