//! A person is told: once, signed, and also when they could not be reached at first.

use crate::hook::Hook;
use crate::world::{World, wait_until};
use serde_json::json;
use std::io::Write;
use std::net::TcpListener;
use std::process::Stdio;

fn frozen(world: &World) {
    world.script(&json!([
        {"on": {"method": "messages.sendMessage", "nth": 4},
         "do": {"freeze": {"until": 1_900_000_000, "appeal_url": "https://t.me/spambot"}}, "times": 1}
    ]));
    world.tg(&["campaign", "start", "spring"]).ok();
}

/// Runs until idle with a webhook at `url`.
fn run(world: &World, url: &str) {
    let status = world
        .command(&["run", "--until-idle"])
        .env("TG_NET_ALLOW_PRIVATE", "127.0.0.1")
        .env("TG_SECRET_ALERTS_WEBHOOK_URL", url)
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(0));
}

#[test]
fn a_frozen_account_is_told_once_with_its_deadline() {
    let world = World::with_campaign(2, 30);
    let hook = Hook::open();
    frozen(&world);
    run(&world, &hook.url());
    let posted = hook.posted();
    let [alert] = posted.as_slice() else { panic!("once: {posted:?}") };
    assert_eq!(alert["schema"], "tg.alert/1");
    assert!(alert["key"].as_str().unwrap().ends_with("/frozen"), "{alert}");
    let text = alert["text"].as_str().unwrap();
    assert!(text.contains("2030-03-17T17:46:40Z") && text.contains("t.me/spambot"), "{text}");
    // Another run has nothing to tell, and the list knows that a person knows.
    run(&world, &hook.url());
    assert_eq!(hook.posted().len(), 1);
    let list = world.tg_json(&["alert", "list"]).ok().json();
    assert_eq!(list["alerts"][0]["state"], "told", "{list}");
    assert!(!world.tg(&["doctor"]).out.contains("alerts:"));
}

#[test]
fn who_could_not_be_told_is_told_by_the_next_run() {
    let world = World::with_campaign(2, 30);
    frozen(&world);
    // Nobody listens there.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let dead = format!("http://{}/hook", listener.local_addr().unwrap());
    drop(listener);
    run(&world, &dead);
    let doctor = world.tg(&["doctor"]).out;
    assert!(doctor.contains("nobody was told yet") && doctor.contains("is frozen"), "{doctor}");
    let hook = Hook::open();
    let mut engine = world
        .command(&["run"])
        .env("TG_NET_ALLOW_PRIVATE", "127.0.0.1")
        .env("TG_SECRET_ALERTS_WEBHOOK_URL", hook.url())
        .spawn()
        .unwrap();
    // It is tried again after a pause of some seconds.
    wait_until("the alert is told", || !hook.posted().is_empty());
    engine.kill().unwrap();
    engine.wait().unwrap();
    assert_eq!(hook.posted().len(), 1);
}

#[test]
fn alerts_can_be_tried() {
    let world = World::new(1, 1);
    world.tg(&["init"]).ok();
    let none = world.tg(&["alert", "test"]).fails(1);
    assert!(none.err.contains("tg secret set alerts.webhook_url"), "{}", none.err);
    let hook = Hook::open();
    let test = |allowed: &str| {
        let mut command = world.command(&["alert", "test"]);
        command.env("TG_NET_ALLOW_PRIVATE", allowed);
        command.env("TG_SECRET_ALERTS_WEBHOOK_URL", hook.url());
        crate::world::said(command.output().unwrap())
    };
    let refused = test("").fails(5);
    assert!(refused.err.contains("net.allow_private"), "{}", refused.err);
    assert!(!refused.err.contains("/hook"), "the address is a secret: {}", refused.err);
    assert!(hook.posted().is_empty());
    test("127.0.0.1").ok();
    assert_eq!(hook.posted()[0]["key"], "test");
    // Said when it is set, not when an alert is due.
    let set = |url: &str, allowed: &str| {
        let mut command = world.command(&["secret", "set", "alerts.webhook_url", "--stdin"]);
        command.env("TG_NET_ALLOW_PRIVATE", allowed).stdin(Stdio::piped());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(url.as_bytes()).unwrap();
        crate::world::said(child.wait_with_output().unwrap())
    };
    for url in ["http://2130706433/hook", "https://printer.lan/hook", "https://[fd00::1]/hook"] {
        let refused = set(url, "").fails(4);
        assert!(refused.err.contains("net.allow_private"), "{}", refused.err);
        assert!(!refused.err.contains("hook"), "the address is a secret: {}", refused.err);
    }
    set("http://2130706433/hook", "127.0.0.0/8").ok();
    set("https://printer.lan/hook", "printer.lan").ok();
    set("http://169.254.169.254/hook", "169.254.0.0/16").fails(2);
    set("https://example.org/hook", "").ok();
}
