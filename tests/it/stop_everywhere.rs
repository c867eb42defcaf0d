//! The engine is stopped at every point between plan and settle that the code names, and started
//! again: every recipient has exactly one message and one outcome.

use crate::world::{Said, World, said};
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Mutex;
use tg_engine::steps::Step;

/// Faults that lead a campaign past every point: waits, lost answers, refused repeats (so that the
/// history is asked) of something that arrived and of something that did not.
fn rules(world: &World) -> serde_json::Value {
    let users = world.users();
    let send = "messages.sendMessage";
    json!([
        {"on": {"method": send, "to": users[2], "nth": 1}, "do": {"drop": "after"}},
        {"on": {"method": send, "to": users[2], "nth": 2}, "do": {"rpc_error": [400, "USER_IS_BLOCKED"]}},
        {"on": {"method": send, "to": users[5], "nth": 1}, "do": {"drop": "before"}},
        {"on": {"method": send, "to": users[5], "nth": 2}, "do": {"rpc_error": [400, "USER_IS_BLOCKED"]}},
        {"on": {"method": send, "to": users[8], "nth": 1}, "do": {"drop": "after"}},
        {"on": {"method": send, "to": users[8], "nth": 2}, "do": {"rpc_error": [420, "FLOOD_WAIT_1"]}},
        {"on": {"method": send, "nth": 3}, "do": {"rpc_error": [420, "FLOOD_WAIT_1"]}},
        {"on": {"method": send, "nth": 9}, "do": {"drop": "before"}},
        {"on": {"method": send, "nth": 12}, "do": {"drop": "after"}}
    ])
}

/// Runs a command that is stopped at the given passing of a point; says whether it got there.
fn stopped(world: &World, args: &[&str], step: Step, passing: u32) -> bool {
    let output = world
        .command(args)
        .env("TG_STOP_AT", format!("{}:{passing}", step.name()))
        .output()
        .unwrap();
    let Said { code, err, .. } = said(output);
    // A process that aborted has no exit code.
    assert!(code.is_none() || code == Some(0), "{step:?}: {err}");
    code.is_none()
}

/// What happens between the stop and the next start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    /// Nothing.
    Restart,
    /// A person pauses an account, lets the others work, and resumes it: whoever takes over what it
    /// may have sent writes to somebody twice.
    PauseAnAccount,
}

/// One world per point: stopped there once while starting or running, then left alone.
fn stop_at(step: Step, passing: u32, then: Then) -> bool {
    let world = World::with_campaign(2, 24);
    world.script(&rules(&world));
    let mut reached = stopped(&world, &["campaign", "start", "spring"], step, passing);
    if reached && world.report()["state"] == "draft" {
        world.tg(&["campaign", "start", "spring"]).ok();
    }
    reached |= stopped(&world, &["run", "--until-idle"], step, passing);
    if then == Then::PauseAnAccount {
        world.tg(&["account", "pause", "acc01"]).ok();
        world.tg(&["run", "--until-idle"]).ok();
        world.tg(&["account", "resume", "acc01"]).ok();
    }
    world.tg(&["run", "--until-idle"]).ok();
    let outcomes = world.judge();
    let report = world.report();
    assert_eq!(report["state"], "finished", "{step:?}:{passing} {report}");
    assert_eq!(report["recipients"], 24, "{step:?}:{passing}");
    let open = outcomes.get("pending").copied().unwrap_or(0)
        + outcomes.get("deferred").copied().unwrap_or(0);
    assert_eq!(open, 0, "{step:?}:{passing} {report}");
    reached
}

/// Each point is tried at its first and at a later passing, some worlds at a time.
fn every_point(then: Then) {
    let cases: Vec<(Step, u32)> = Step::ALL.into_iter().flat_map(|s| [(s, 1), (s, 4)]).collect();
    let queue = Mutex::new(cases.into_iter());
    let reached = Mutex::new(BTreeSet::new());
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                loop {
                    let Some((step, passing)) = queue.lock().unwrap().next() else { return };
                    if stop_at(step, passing, then) {
                        reached.lock().unwrap().insert(step);
                    }
                }
            });
        }
    });
    let reached = reached.into_inner().unwrap();
    let missed: Vec<_> = Step::ALL.into_iter().filter(|s| !reached.contains(s)).collect();
    assert!(missed.is_empty(), "no campaign passed {missed:?}");
}

#[test]
fn every_point_and_again() {
    every_point(Then::Restart);
}

#[test]
fn every_point_and_others_take_over() {
    every_point(Then::PauseAnAccount);
}
