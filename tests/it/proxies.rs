//! Accounts behind proxies: everything goes through, nothing goes past.

use crate::signing_in::{Asking, code};
use crate::socks::{PASSWORD, Socks};
use crate::world::{Said, World, said, wait_until};
use serde_json::{Value, json};
use std::io::Write;
use std::process::{Child, Command, Stdio};

/// A command over a home whose accounts need not rest between two ways out.
fn command(world: &World, args: &[&str]) -> Command {
    let mut command = world.command(args);
    command.env("TG_PROXY_PAUSE", "0s");
    command
}

fn tg(world: &World, args: &[&str]) -> Said {
    said(command(world, args).output().unwrap())
}

/// Adds a proxy; its password comes on standard input.
fn add(world: &World, name: &str, address: &str, password: &str) -> Said {
    let mut adding = command(world, &["proxy", "add", name, address])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    adding.stdin.take().unwrap().write_all(format!("{password}\n").as_bytes()).unwrap();
    said(adding.wait_with_output().unwrap())
}

/// A campaign through accounts that have a proxy each, of one server.
fn behind(socks: &Socks, accounts: u32, users: u32) -> World {
    let world = World::with_campaign(accounts, users);
    for n in 1..=accounts {
        let name = format!("px{n:02}");
        add(&world, &name, &socks.url(&name), PASSWORD).ok();
        tg(&world, &["proxy", "assign", &format!("acc{n:02}={name}")]).ok();
    }
    world
}

/// Whoever reached the simulator came through the server.
#[track_caller]
fn nothing_went_past(world: &World, servers: &[&Socks]) {
    let through: u64 = servers.iter().map(|socks| socks.total()).sum();
    assert_eq!(world.stats()["connections_total"].as_u64(), Some(through));
}

fn proxies(world: &World) -> Vec<Value> {
    let said = world.tg_json(&["proxy", "list"]).ok();
    said.json()["proxies"].as_array().unwrap().clone()
}

struct Engine(Child);

impl Engine {
    fn start(world: &World) -> Self {
        let run = ["run", "--until-idle", "--output", "json"];
        let log = std::fs::File::create(world.path("events.jsonl")).unwrap();
        Self(command(world, &run).stdout(log).spawn().unwrap())
    }

    fn end(mut self) -> Option<i32> {
        self.0.wait().unwrap().code()
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn events(world: &World) -> String {
    std::fs::read_to_string(world.path("events.jsonl")).unwrap_or_default()
}

fn slow(world: &World) {
    world.script(&json!([
        {"on": {"method": "messages.sendMessage", "every": 1}, "do": {"delay_ms": 30}}
    ]));
}

#[test]
fn every_account_goes_through_its_own_proxy_and_nothing_goes_past() {
    let socks = Socks::start();
    let world = behind(&socks, 3, 30);
    world.tg(&["campaign", "start", "spring"]).ok();
    tg(&world, &["run", "--until-idle"]).ok();
    assert_eq!(world.judge()["sent"], 30);
    assert_eq!(socks.served().keys().collect::<Vec<_>>(), ["px01", "px02", "px03"]);
    nothing_went_past(&world, &[&socks]);
    tg(&world, &["proxy", "check"]).ok();
    nothing_went_past(&world, &[&socks]);
    let states: Vec<Value> = proxies(&world).iter().map(|p| p["state"].clone()).collect();
    assert_eq!(states, ["working", "working", "working"]);
}

/// The unique index decides, not a check before it: two processes ask at the same moment.
#[test]
fn a_proxy_given_to_two_accounts() {
    let socks = Socks::start();
    let world = World::with_campaign(2, 2);
    add(&world, "px", &socks.url("px"), PASSWORD).ok();
    for _ in 0..5 {
        let ask = |account: &str| {
            command(&world, &["proxy", "assign", &format!("{account}=px")])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap()
        };
        let mut both = [ask("acc01"), ask("acc02")];
        let mut codes = both.each_mut().map(|child| child.wait().unwrap().code());
        codes.sort_unstable();
        assert_eq!(codes, [Some(0), Some(4)]);
        let owner = proxies(&world)[0]["account"].as_str().unwrap().to_owned();
        tg(&world, &["proxy", "assign", &format!("{owner}=none")]).ok();
    }
    // The same way out under another name would be the same fault.
    let twice = add(&world, "again", &socks.url("px"), PASSWORD).fails(4);
    assert!(twice.err.contains("as \"px\""), "{}", twice.err);
}

#[test]
fn a_dead_proxy_takes_its_account_offline_and_a_living_one_brings_it_back() {
    let mut socks = Socks::start();
    let world = behind(&socks, 2, 300);
    slow(&world);
    world.tg(&["campaign", "start", "spring"]).ok();
    let engine = Engine::start(&world);
    wait_until("some messages", || world.journal().len() > 20);
    socks.kill();
    wait_until("both are known to have failed", || {
        proxies(&world).iter().all(|proxy| proxy["state"] == "failed")
    });
    let accounts = world.tg_json(&["account", "list"]).ok().json();
    assert_eq!(accounts["accounts"][0]["proxy_state"], "failed");
    let shown = world.tg(&["account", "show", "acc01"]).ok().out;
    assert!(shown.contains("nobody answers there); the account is offline"), "{shown}");
    let doctor = world.tg(&["doctor"]).ok().out;
    assert!(doctor.contains("acc01 is offline: its proxy px01 fails since"), "{doctor}");
    assert!(events(&world).contains("proxy_unreachable"));
    let alerts = world.tg(&["alert", "list"]).ok().out;
    assert!(alerts.contains("Account acc01 is offline: its proxy fails"), "{alerts}");
    let before = world.journal().len();
    assert!(before < 300, "nothing is sent past a dead proxy");
    socks.revive();
    assert_eq!(engine.end(), Some(0));
    assert_eq!(world.judge()["sent"], 300);
    nothing_went_past(&world, &[&socks]);
    assert_eq!(proxies(&world)[0]["state"], "working");
}

#[test]
fn a_replaced_proxy_is_left_and_the_new_one_taken_while_the_engine_runs() {
    let (mut first, second) = (Socks::start(), Socks::start());
    let world = behind(&first, 1, 200);
    slow(&world);
    add(&world, "spare", &second.url("spare"), PASSWORD).ok();
    world.tg(&["campaign", "start", "spring"]).ok();
    let engine = Engine::start(&world);
    wait_until("some messages", || world.journal().len() > 20);
    let replaced = tg(&world, &["proxy", "replace", "acc01", "--output", "json"]).ok().json();
    assert_eq!((&replaced["replaced"], &replaced["proxy"]), (&json!("px01"), &json!("spare")));
    wait_until("the new way is taken", || second.total() > 0);
    first.kill();
    assert_eq!(engine.end(), Some(0));
    assert_eq!(world.judge()["sent"], 200);
    nothing_went_past(&world, &[&first, &second]);
}

#[test]
fn a_new_way_out_is_taken_after_a_pause_that_is_kept() {
    let socks = Socks::start();
    let world = World::with_campaign(1, 1);
    add(&world, "px", &socks.url("px"), PASSWORD).ok();
    let assigned = world.tg_json(&["proxy", "assign", "acc01=px"]).ok().json();
    let from = assigned["assigned"][0]["not_before"].clone();
    assert_eq!(world.tg_json(&["account", "show", "acc01"]).ok().json()["exit_from"], from);
    world.tg(&["campaign", "start", "spring"]).ok();
    // The pause is 90 s unless something else is set: this run waits for no more than a second.
    world.tg(&["run", "--until-idle", "--max-wait", "1s"]).ok();
    assert_eq!((socks.total(), world.stats()["connections_total"].as_u64()), (0, Some(0)));
}

#[test]
fn a_move_to_another_data_centre_stays_in_the_proxy() {
    let socks = Socks::start();
    let world = behind(&socks, 1, 5);
    world.script(&json!([
        {"on": {"method": "users.getUsers", "nth": 1}, "do": {"rpc_error": [303, "USER_MIGRATE_4"]}, "times": 1}
    ]));
    world.tg(&["campaign", "start", "spring"]).ok();
    tg(&world, &["run", "--until-idle"]).ok();
    assert_eq!(world.judge()["sent"], 5);
    assert!(socks.total() >= 2, "both data centres");
    nothing_went_past(&world, &[&socks]);
}

#[test]
fn a_proxy_that_refuses_is_told_apart_and_nothing_leaves_without_it() {
    let socks = Socks::start();
    let world = World::with_campaign(1, 1);
    add(&world, "px", &socks.url("px"), "wrong").ok();
    tg(&world, &["proxy", "assign", "acc01=px"]).ok();
    world.tg(&["campaign", "start", "spring"]).ok();
    let run = ["run", "--until-idle", "--connect-deadline", "1s"];
    let refused = tg(&world, &run).fails(5);
    assert!(refused.err.contains("proxy px failed: it refuses the username"), "{}", refused.err);
    let looked = tg(&world, &["proxy", "check", "px", "--output", "json"]).fails(5).json();
    assert_eq!(looked["proxies"][0]["fault"], "proxy_refused");
    assert_eq!(world.stats()["connections_total"], 0);
    assert_eq!(world.judge().get("sent"), None);
}

#[test]
fn passwords_are_no_arguments_and_lists_are_taken_line_by_line() {
    let world = World::new(1, 1);
    world.tg(&["init"]).ok();
    let seen = world.tg(&["proxy", "add", "px", "socks5://ann:hunter2@h.example:1"]).fails(2);
    assert!(seen.err.contains("command line") && !seen.err.contains("hunter2"), "{}", seen.err);
    world.tg(&["proxy", "add", "px", "socks5://ann@h.example:1"]).fails(2);
    let list = "# ours\nberlin socks5://ann:pw@h.example:1\n\n10.0.0.1:1080:bob:pw\nhttp://x:1\n";
    std::fs::write(world.path("proxies.txt"), list).unwrap();
    let file = world.path("proxies.txt").display().to_string();
    let added = world.tg_json(&["proxy", "add", "--file", &file]).ok().json();
    assert_eq!(added["added"], json!(["berlin", "10.0.0.1"]));
    assert_eq!(added["rejected"][0]["line"], 5);
    world.tg(&["proxy", "remove", "berlin"]).ok();
    world.tg(&["proxy", "remove", "berlin"]).fails(3);
    assert_eq!(proxies(&world).len(), 1);
}

/// The account's first byte already goes the way that all of its later ones will.
#[test]
fn a_new_account_signs_in_through_the_proxy_that_it_gets() {
    let socks = Socks::start();
    let world = World::with_sim([1, 1, 0], &["--logins", "4"]);
    world.tg(&["init"]).ok();
    add(&world, "px", &socks.url("px"), PASSWORD).ok();
    // Its home is another data centre than the one where everybody starts.
    let logins = std::fs::read_to_string(world.sim_file("logins.json")).unwrap();
    let logins: Value = serde_json::from_str(&logins).unwrap();
    let login = logins.as_array().unwrap().iter().find(|l| l["home_dc"] == 4).unwrap();
    let (name, number) = (login["name"].as_str().unwrap(), login["phone"].as_str().unwrap());
    let sign_in = |args: &[&str]| {
        let mut asking = Asking::start(&world, &[args, &["--phone", number]].concat());
        asking.hear("code_sent");
        asking.say(&code(&world));
        if let Some(password) = login["password"].as_str() {
            asking.hear("password_needed");
            asking.say(password);
        }
        asking.end().ok().json()
    };
    let added = sign_in(&["account", "add", name, "--proxy", "px"]);
    assert_eq!(added["proxy"], "px", "{added}");
    assert!(socks.total() >= 2, "both data centres");
    nothing_went_past(&world, &[&socks]);
    tg(&world, &["account", "check", name]).ok();
    sign_in(&["account", "login", name]);
    tg(&world, &["account", "check", name]).ok();
    nothing_went_past(&world, &[&socks]);
    // Another account's proxy is refused before anything is asked.
    let (asked, through) = (world.calls("auth.sendCode"), socks.total());
    let other = ["account", "add", "other", "--phone", "+9996627777", "--proxy", "px"];
    let from = world.sim_file("logins.json");
    let refused = world.tg(&[&other[..], &["--from", &from]].concat()).fails(4);
    assert!(refused.err.contains(&format!("\"px\" is \"{name}\"'s")), "{}", refused.err);
    assert_eq!((world.calls("auth.sendCode"), socks.total()), (asked, through));
}

/// A dead proxy is no reason to go directly.
#[test]
fn a_sign_in_whose_proxy_is_dead_is_none() {
    let mut socks = Socks::start();
    let world = World::with_sim([1, 1, 0], &["--logins", "1"]);
    world.tg(&["init"]).ok();
    add(&world, "px", &socks.url("px"), PASSWORD).ok();
    socks.kill();
    let from = world.sim_file("logins.json");
    let add =
        ["account", "add", "log01", "--phone", "+9996627777", "--proxy", "px", "--from", &from];
    world.tg(&add).fails(5);
    assert_eq!(world.stats()["connections_total"], 0);
    world.tg(&["account", "show", "log01"]).fails(3);
}
