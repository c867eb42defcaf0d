//! The engine is stopped at every point between plan and settle that the code names, and started
//! again: every recipient has exactly one message and one outcome.

use crate::world::{Said, World, said};
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Mutex;
use tg_engine::steps::Step;

/// Faults that lead a campaign past every point: waits, lost answers, a refused repeat.
fn rules() -> serde_json::Value {
    json!([
        {"on": {"method": "messages.sendMessage", "nth": 3}, "do": {"rpc_error": [420, "FLOOD_WAIT_1"]}},
        {"on": {"method": "messages.sendMessage", "nth": 6}, "do": {"drop": "after"}},
        {"on": {"method": "messages.sendMessage", "nth": 9}, "do": {"drop": "before"}},
        {"on": {"method": "messages.sendMessage", "nth": 12}, "do": {"drop": "after"}},
        {"on": {"method": "messages.sendMessage", "nth": 14}, "do": {"rpc_error": [400, "USER_IS_BLOCKED"]}}
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

/// One world per point: stopped there once while starting or running, then left alone.
fn stop_at(step: Step, passing: u32) -> bool {
    let world = World::with_campaign(2, 24);
    world.script(&rules());
    let mut reached = stopped(&world, &["campaign", "start", "spring"], step, passing);
    if reached && world.report()["state"] == "draft" {
        world.tg(&["campaign", "start", "spring"]).ok();
    }
    reached |= stopped(&world, &["run", "--until-idle"], step, passing);
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

/// Each point is tried at its first and at a later passing. Two worlds at a time.
#[test]
fn every_point_of_a_messages_way() {
    let cases: Vec<(Step, u32)> = Step::ALL.into_iter().flat_map(|s| [(s, 1), (s, 4)]).collect();
    let queue = Mutex::new(cases.into_iter());
    let reached = Mutex::new(BTreeSet::new());
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                loop {
                    let Some((step, passing)) = queue.lock().unwrap().next() else { return };
                    if stop_at(step, passing) {
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
