//! Commands that need sessions beside a running engine: it lets go of what they need, takes it back,
//! and no session is ever open in both.

use crate::signing_in::{Asking, code};
use crate::world::{World, wait_until};
use serde_json::{Value, json};
use std::process::{Child, Stdio};

/// A running engine, and what it says.
struct Engine<'a> {
    world: &'a World,
    child: Child,
}

impl<'a> Engine<'a> {
    fn start(world: &'a World) -> Self {
        let log = std::fs::File::create(world.path("events.jsonl")).unwrap();
        let child = world.command(&["run", "--output", "json"]).stdout(log).spawn().unwrap();
        Self { world, child }
    }

    /// How often it has said of an account that it is connected.
    fn connected(&self, name: &str) -> usize {
        let text = std::fs::read_to_string(self.world.path("events.jsonl")).unwrap_or_default();
        let whole = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
        let events = whole.map(|line| serde_json::from_str::<Value>(line).unwrap());
        let told = |event: &Value| event["account"] == name && event["state"] == "connected";
        events.filter(told).count()
    }

    fn has(&self, name: &str, times: usize) {
        wait_until("the engine has the account connected", || self.connected(name) >= times);
    }
}

impl Drop for Engine<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn world() -> World {
    let world = World::with_sim([2, 3, 0], &["--logins", "5"]);
    world.prepare("Hi {{ first_name }}");
    world
}

fn phone(world: &World, name: &str) -> String {
    let text = std::fs::read_to_string(world.sim_file("logins.json")).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    let login = all.as_array().unwrap().iter().find(|login| login["name"] == name).unwrap();
    login["phone"].as_str().unwrap().to_owned()
}

fn check(world: &World, name: &str) -> Value {
    world.tg_json(&["account", "check", name]).ok().json()
}

#[test]
fn an_engine_says_how_its_accounts_are_and_lets_go_of_the_others() {
    let world = world();
    let engine = Engine::start(&world);
    for name in ["acc01", "acc02"] {
        engine.has(name, 1);
    }
    let opened = world.stats()["connections_total"].clone();
    let all = world.tg_json(&["account", "check"]).ok();
    assert_eq!(all.out.matches("\"engine\":true").count(), 2, "{}", all.out);
    assert_eq!(world.stats()["connections_total"], opened, "nobody else connected");
    // What the engine does not have is looked at by the command.
    world.tg(&["account", "pause", "acc02"]).ok();
    let looked = check(&world, "acc02");
    assert_eq!((&looked["engine"], &looked["ok"]), (&json!(false), &json!(true)), "{looked}");
    world.tg(&["account", "resume", "acc02"]).ok();
    engine.has("acc02", 2);
    assert_eq!(engine.connected("acc01"), 1, "nobody disturbed it");
}

#[test]
fn a_new_account_signs_in_beside_the_engine_which_takes_it_up() {
    let world = world();
    let engine = Engine::start(&world);
    engine.has("acc01", 1);
    let number = phone(&world, "log01");
    let mut adding = Asking::start(&world, &["account", "add", "anna", "--phone", &number]);
    adding.hear("code_sent");
    // One such command at a time.
    let second = world.tg(&["account", "check"]).fails(6);
    assert!(second.err.contains("another command signs accounts in"), "{}", second.err);
    adding.say(&code(&world));
    adding.end().ok();
    engine.has("anna", 1);
    assert_eq!(check(&world, "anna")["engine"], true);
}

#[test]
fn an_account_signs_in_again_beside_the_engine_which_lets_go_of_it_meanwhile() {
    let world = world();
    let engine = Engine::start(&world);
    engine.has("acc01", 1);
    engine.has("acc02", 1);
    let from = world.sim_file("logins.json");
    let login = ["account", "login", "acc01", "--unattended", "--from", &from];
    world.tg(&login).ok();
    engine.has("acc01", 2);
    assert_eq!(check(&world, "acc01")["engine"], true);
    // Killed in the middle: the engine takes back what was lent.
    let mut asking = Asking::start_with(
        &world,
        &["account", "login", "acc02"],
        &[("TG_LOGIN_CODES", "terminal")],
    );
    asking.hear("code_sent");
    assert_eq!(engine.connected("acc02"), 1);
    asking.kill();
    engine.has("acc02", 2);
    let removed = world.tg_json(&["account", "remove", "acc02"]).ok().json();
    assert_eq!(removed["state"], "removed");
    assert_eq!(engine.connected("acc01"), 2);
}

/// Whatever is lent, a campaign goes on with it afterwards, and nobody gets anything twice.
#[test]
fn a_campaign_goes_on_around_a_sign_in() {
    let world = World::with_sim([2, 60, 0], &["--logins", "5"]);
    world.prepare("Hi {{ first_name }}");
    world.script(&json!([{"on": {"method": "messages.sendMessage"}, "do": {"delay_ms": 50}}]));
    world.tg(&["campaign", "start", "spring"]).ok();
    let run = ["run", "--until-idle"];
    let mut engine = world.command(&run).stdout(Stdio::null()).spawn().unwrap();
    wait_until("some have arrived", || world.journal().len() > 4);
    let from = world.sim_file("logins.json");
    world.tg(&["account", "login", "acc01", "acc02", "--unattended", "--from", &from]).ok();
    assert!(engine.wait().unwrap().success());
    assert_eq!(world.judge()["sent"], 60);
}
