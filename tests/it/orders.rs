//! What people say in another terminal while the engine runs.

use crate::world::{World, wait_until};
use std::process::Child;

struct Engine(Child);

impl Engine {
    fn start(world: &World) -> Self {
        Self(world.command(&["run"]).stdout(std::process::Stdio::null()).spawn().unwrap())
    }

    fn signal(&self, name: &str) {
        let status = std::process::Command::new("kill")
            .args([&format!("-{name}"), &self.0.id().to_string()])
            .status()
            .unwrap();
        assert!(status.success());
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

/// Slow enough that orders meet a campaign that is half done.
fn slow(world: &World) {
    world.script(&serde_json::json!([
        {"on": {"method": "messages.sendMessage", "every": 1}, "do": {"delay_ms": 30}}
    ]));
}

#[test]
fn pause_stops_resume_goes_on() {
    let world = World::with_campaign(2, 400);
    slow(&world);
    world.tg(&["campaign", "start", "spring"]).ok();
    let engine = Engine::start(&world);
    wait_until("some messages", || world.journal().len() > 20);
    world.tg(&["campaign", "pause", "spring"]).ok();
    wait_until("paused", || world.report()["state"] == "paused");
    let sent = world.journal().len();
    assert!(sent < 400);
    // Whatever is claimed now would show: nothing is in hand, nothing may be claimed.
    assert_eq!(world.report()["sent"].as_u64(), Some(sent as u64));
    world.tg(&["campaign", "resume", "spring"]).ok();
    wait_until("finished", || world.report()["state"] == "finished");
    assert_eq!(world.judge()["sent"], 400);
    engine.signal("INT");
    assert_eq!(engine.end(), Some(130));
}

#[test]
fn cancel_ends_what_was_not_attempted() {
    let world = World::with_campaign(2, 400);
    slow(&world);
    world.tg(&["campaign", "start", "spring"]).ok();
    let engine = Engine::start(&world);
    wait_until("some messages", || world.journal().len() > 20);
    world.tg(&["campaign", "cancel", "spring"]).ok();
    wait_until("every outcome", || {
        let report = world.report();
        report["pending"] == 0 && report["deferred"] == 0
    });
    engine.signal("TERM");
    assert_eq!(engine.end(), Some(130));
    let outcomes = world.judge();
    assert!(outcomes["canceled"] > 0);
    assert_eq!(outcomes["sent"] + outcomes["canceled"], 400);
}

#[test]
fn a_suppression_is_honoured_by_the_next_claim() {
    let world = World::with_campaign(1, 300);
    slow(&world);
    world.tg(&["campaign", "start", "spring"]).ok();
    let last = world.deliveries().pop().unwrap();
    let people = std::fs::read_to_string(world.sim_file("people.csv")).unwrap();
    let row = people.lines().last().unwrap();
    let username = row.split(',').next().unwrap();
    assert!(!username.is_empty(), "{row}");
    let engine = Engine::start(&world);
    wait_until("some messages", || world.journal().len() > 5);
    world.tg(&["audience", "suppress", "friends", &format!("@{username}")]).ok();
    wait_until("finished", || world.report()["state"] == "finished");
    engine.signal("INT");
    assert_eq!(engine.end(), Some(130));
    let outcomes = world.judge();
    assert_eq!(outcomes["skipped"], 1);
    assert_eq!(world.report()["skipped"]["by_reason"]["suppressed"], 1);
    let row = world.deliveries().into_iter().find(|d| d["contact"] == last["contact"]).unwrap();
    assert_eq!(row["reason"], "suppressed", "{row}");
}

#[test]
fn a_graceful_stop_leaves_nothing_in_hand() {
    let world = World::with_campaign(2, 400);
    slow(&world);
    world.tg(&["campaign", "start", "spring"]).ok();
    let engine = Engine::start(&world);
    wait_until("some messages", || world.journal().len() > 20);
    engine.signal("INT");
    assert_eq!(engine.end(), Some(130));
    assert_eq!(world.report()["sent"].as_u64(), Some(world.journal().len() as u64));
    world.script(&serde_json::json!([]));
    world.tg(&["run", "--until-idle"]).ok();
    assert_eq!(world.judge()["sent"], 400);
}
