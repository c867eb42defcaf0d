//! SIGKILL at moments drawn from the simulator's call count, and `run` again.

use crate::world::{World, wait_until};
use serde_json::json;

#[test]
fn killed_again_and_again() {
    let world = World::with_campaign(3, 300);
    world.script(&json!([
        {"on": {"method": "messages.sendMessage", "every": 1}, "do": {"delay_ms": 5}}
    ]));
    world.tg(&["campaign", "start", "spring"]).ok();
    for kill in 1..=8u64 {
        let mut engine = world
            .command(&["run", "--until-idle"])
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let before = world.calls("messages.sendMessage");
        wait_until("sends", || {
            world.calls("messages.sendMessage") >= before + 17 + kill
                || engine.try_wait().unwrap().is_some()
        });
        engine.kill().unwrap();
        engine.wait().unwrap();
    }
    world.script(&json!([]));
    world.tg(&["run", "--until-idle"]).ok();
    assert_eq!(world.judge()["sent"], 300);
}
