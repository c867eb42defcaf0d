//! What people ask about the installation itself: settings, completions, what is wrong.

use crate::world::World;
use serde_json::{Value, json};
use std::fs;

fn messages(found: &Value) -> Vec<String> {
    let told = |f: &Value| {
        format!(
            "{} {}: {}",
            f["severity"].as_str().unwrap(),
            f["check"].as_str().unwrap(),
            f["message"].as_str().unwrap()
        )
    };
    found["findings"].as_array().unwrap().iter().map(told).collect()
}

/// Findings but those about the machine that the tests run on.
fn doctor(world: &World, code: i32) -> Vec<String> {
    let said = world.tg_json(&["doctor"]);
    assert_eq!(said.code, Some(code), "{}{}", said.out, said.err);
    let found = said.json();
    assert_eq!(found["schema"], "tg.doctor/1");
    assert_eq!(found["ok"].as_bool(), Some(code == 0));
    let mut all = messages(&found);
    all.retain(|line| !line.contains(" disk: ") && !line.contains(" filesystem: "));
    all
}

#[test]
fn the_settings_are_judged_all_at_once() {
    let world = World::new(1, 1);
    world.tg(&["init"]).ok();
    world.tg(&["config", "validate"]).ok();
    let path = world.home().join("config.toml");
    fs::write(&path, "[run]\ngrase = \"5s\"\nworkers = 0\n\n[store]\nreaders = \"x\"\n").unwrap();
    let said = world.tg_json(&["config", "validate"]).fails(1).json();
    assert_eq!((&said["schema"], &said["ok"]), (&json!("tg.config_validate/1"), &json!(false)));
    let places: Vec<_> = said["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| (p["line"].as_u64().unwrap(), p["key"].as_str().unwrap()))
        .collect();
    assert_eq!(places, [(2, "run.grase"), (3, "run.workers"), (6, "store.readers")]);
    let human = world.tg(&["config", "validate"]).fails(1).out;
    assert!(
        human.lines().next().unwrap().contains("config.toml:2: run.grase: unknown field"),
        "{human}"
    );
    assert_eq!(doctor(&world, 1).len(), 3);
    // Every other command names the first fault and stops.
    world.tg(&["account", "list"]).fails(1);
}

#[test]
fn a_shell_can_complete() {
    let world = World::new(1, 1);
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = world.tg(&["completions", shell]).ok().out;
        assert!(script.contains("campaign") && script.contains("doctor"), "{shell}");
    }
    world.tg(&["completions", "cobol"]).fails(2);
}

#[test]
fn the_doctor_names_what_is_broken_and_what_to_do() {
    let world = World::with_campaign(1, 2);
    assert_eq!(doctor(&world, 0), [""; 0]);
    world.tg(&["campaign", "start", "spring"]).ok();
    assert_eq!(
        doctor(&world, 0),
        ["warning campaigns: campaign spring is running, and no engine runs"]
    );
    world.tg(&["account", "pause", "acc01"]).ok();
    let stuck = doctor(&world, 1);
    assert!(
        stuck[0].starts_with("error campaigns: campaign spring is running, and none"),
        "{stuck:?}"
    );
    assert!(stuck[1].starts_with("warning accounts: acc01 is paused"), "{stuck:?}");
    let human = world.tg(&["doctor"]).fails(1).out;
    assert!(human.contains("tg account resume acc01"), "{human}");
}

#[cfg(unix)]
#[test]
fn the_doctor_looks_at_key_database_and_home() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new(1, 1);
    let none = doctor(&world, 1);
    assert!(none[0].starts_with("error home: there is no home"), "{none:?}");
    world.tg(&["init"]).ok();
    let key = world.home().join("master.key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let exposed = world.tg_json(&["doctor"]).fails(1).json();
    assert_eq!(exposed["findings"][0]["check"], "key", "{exposed}");
    assert!(exposed["findings"][0]["hint"].as_str().unwrap().starts_with("chmod 600"), "{exposed}");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(
        world.home().join("claims.mark"),
        "tg-claims/1 00000000-0000-4000-8000-000000000001 00000000000000000007\n",
    )
    .unwrap();
    let restored = doctor(&world, 1);
    assert!(
        restored[0].starts_with("error database: the database is an older copy"),
        "{restored:?}"
    );
    fs::remove_file(world.home().join("tg.db")).unwrap();
    let gone = doctor(&world, 1);
    assert!(gone[0].starts_with("error database: "), "{gone:?}");
}

#[test]
fn the_doctor_says_who_runs_the_engine() {
    let world = World::with_campaign(1, 1);
    world.tg(&["campaign", "start", "spring"]).ok();
    let mut engine = world.command(&["run"]).stdout(std::process::Stdio::null()).spawn().unwrap();
    crate::world::wait_until("sent", || world.report()["sent"] == 1);
    let said = doctor(&world, 0);
    assert_eq!(said, [format!("note engine: the home is in use by process {}", engine.id())]);
    engine.kill().unwrap();
    engine.wait().unwrap();
}
