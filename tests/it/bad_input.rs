//! What people type wrong, and what is broken when they come: exit code, message, hint, and nothing
//! half-done.

use crate::world::{Said, World};
use std::fs;
use std::io::{Seek, SeekFrom, Write};

/// A whole invocation as people see it, with what differs between machines taken out.
fn shown(world: &World, said: &Said) -> String {
    let mut text = format!("exit: {}\n", said.code.map_or("none".to_owned(), |c| c.to_string()));
    for (name, stream) in [("out", &said.out), ("err", &said.err)] {
        if !stream.is_empty() {
            text.push_str(&format!("--- {name}\n{stream}"));
        }
    }
    let dir = world.path("").display().to_string();
    let home = world.home().display().to_string();
    text.replace(&home, "[HOME]").replace(dir.trim_end_matches('/'), "[DIR]")
}

macro_rules! tg_snapshot {
    ($world:expr, $args:expr, $name:literal) => {{
        let said = $world.tg($args);
        insta::with_settings!({
            filters => vec![(r"process \d+", "process [PID]"), (r"pid \d+", "pid [PID]"), (r"127\.0\.0\.1:\d+", "[ADDR]"), (r"\d+ s\b", "[N] s"), (r"knows \d+", "knows [N]")],
            prepend_module_to_snapshot => false,
            snapshot_path => "snapshots",
        }, { insta::assert_snapshot!($name, shown(&$world, &said)); });
        said
    }};
}

#[test]
fn rows_that_cannot_be_used_are_named_and_the_rest_is_imported() {
    let world = World::new(1, 3);
    world.tg(&["init"]).ok();
    fs::write(
        world.path("list.csv"),
        "username,phone,first_name\nanna_1,+49 151 12345678,Anna\n,12,Bob\n,,Carl\nanna_1,+4915112345678,Anne\ndora_9,,Dora\n@bad name,,Eve\n",
    )
    .unwrap();
    let said = world
        .tg_json(&["audience", "import", "friends", "list.csv", "--consent", "asked at the desk"])
        .ok();
    let json = said.json();
    assert_eq!(json["rows"], 6);
    assert_eq!(json["imported"], 2);
    assert_eq!(json["updated"], 1);
    assert_eq!(json["rejected"], 3);
    insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "snapshots" }, {
        insta::assert_snapshot!("rejects_file", fs::read_to_string(world.path("list.csv.rejects.csv")).unwrap());
    });
    // The same again changes nothing; strict imports nothing.
    let again = world
        .tg_json(&["audience", "import", "friends", "list.csv", "--consent", "asked at the desk"])
        .ok()
        .json();
    assert_eq!(again["imported"], 0);
    let strict =
        world.tg_json(&["audience", "import", "others", "list.csv", "--consent", "x", "--strict"]);
    assert_eq!(strict.code, Some(1), "{}", strict.err);
    world.tg(&["audience", "show", "others"]).fails(3);
}

#[test]
fn a_row_that_joins_two_people_is_a_conflict() {
    let world = World::new(1, 3);
    world.tg(&["init"]).ok();
    fs::write(world.path("a.csv"), "username,phone\nanna_1,\n,+4915112345678\n").unwrap();
    world.tg(&["audience", "import", "friends", "a.csv", "--consent", "c"]).ok();
    fs::write(world.path("b.csv"), "username,phone\nanna_1,+4915112345678\n").unwrap();
    tg_snapshot!(
        world,
        &["audience", "import", "friends", "b.csv", "--consent", "c"],
        "row_that_joins_two"
    )
    .ok();
    let rejects = fs::read_to_string(world.path("b.csv.rejects.csv")).unwrap();
    assert!(rejects.contains("phone"), "{rejects}");
}

#[test]
fn templates_with_unknown_fields() {
    let world = World::new(1, 3);
    world.tg(&["init"]).ok();
    world.tg(&["account", "import", &world.sim_file("accounts.json")]).ok();
    world
        .tg(&["audience", "import", "friends", &world.sim_file("people.csv"), "--consent", "c"])
        .ok();
    fs::write(world.path("t.md"), "Hi {{ first_name }},\nyour {{ colour }} hat").unwrap();
    world.tg(&["template", "add", "hat", "t.md"]).ok();
    tg_snapshot!(
        world,
        &["template", "lint", "hat", "--audience", "friends"],
        "lint_unknown_field"
    )
    .fails(1);
    tg_snapshot!(
        world,
        &[
            "campaign",
            "create",
            "c",
            "--audience",
            "friends",
            "--template",
            "hat",
            "--accounts",
            "all"
        ],
        "create_unknown_field"
    )
    .fails(4);
    let json = world
        .tg_json(&[
            "campaign",
            "create",
            "c",
            "--audience",
            "friends",
            "--template",
            "hat",
            "--accounts",
            "all",
        ])
        .fails(4);
    let error: serde_json::Value = serde_json::from_str(json.err.trim()).unwrap();
    assert_eq!(error["schema"], "tg.error/1");
    assert_eq!(error["exit"], 4);
}

#[test]
fn broken_accounts_files() {
    let world = World::new(1, 3);
    world.tg(&["init"]).ok();
    tg_snapshot!(world, &["account", "import", "nowhere.json"], "accounts_missing").fails(1);
    fs::write(world.path("cut.json"), "[{\"name\": \"a\",").unwrap();
    tg_snapshot!(world, &["account", "import", "cut.json"], "accounts_cut").fails(1);
    let good = fs::read_to_string(world.sim_file("accounts.json")).unwrap();
    let mut value: serde_json::Value = serde_json::from_str(&good).unwrap();
    value[0]["keys"]["2"] = "zz".into();
    fs::write(world.path("key.json"), serde_json::to_string_pretty(&value).unwrap()).unwrap();
    tg_snapshot!(world, &["account", "import", "key.json"], "accounts_bad_key").fails(1);
    let list = world.tg_json(&["account", "list"]).ok().json();
    assert_eq!(list["accounts"].as_array().map(Vec::len), Some(0));
}

#[test]
fn a_home_that_is_missing_something() {
    let world = World::with_campaign(1, 3);
    let key = world.home().join("master.key");
    let aside = world.path("master.key");
    fs::rename(&key, &aside).unwrap();
    tg_snapshot!(world, &["account", "list"], "key_missing").fails(1);
    fs::rename(&aside, &key).unwrap();
    world.tg(&["account", "list"]).ok();
    tg_snapshot!(world, &["init"], "init_twice").fails(4);
    tg_snapshot!(world, &["campaign", "start", "nothing"], "campaign_unknown").fails(3);
    tg_snapshot!(world, &["campaign", "pause", "spring"], "pause_a_draft").fails(4);
    tg_snapshot!(world, &["--home", "elsewhere", "account", "list"], "no_home").fails(1);
}

#[test]
fn a_home_of_a_newer_version() {
    let world = World::with_campaign(1, 3);
    // The schema's number stands in the file's header (sqlite.org/fileformat.html, offset 60).
    let mut db = fs::File::options().write(true).open(world.home().join("tg.db")).unwrap();
    db.seek(SeekFrom::Start(60)).unwrap();
    db.write_all(&9_999u32.to_be_bytes()).unwrap();
    drop(db);
    tg_snapshot!(world, &["account", "list"], "newer_home").fails(4);
}

#[test]
fn a_second_engine_on_one_home() {
    let world = World::with_campaign(1, 3);
    let mut first = world.command(&["run"]).stderr(std::process::Stdio::null()).spawn().unwrap();
    let lock = world.home().join("run.lock");
    crate::world::wait_until("the first engine holds the home", || {
        fs::read_to_string(&lock).is_ok_and(|pid| pid.trim() == first.id().to_string())
    });
    let said = tg_snapshot!(world, &["run", "--until-idle"], "second_engine");
    first.kill().unwrap();
    first.wait().unwrap();
    said.fails(6);
}

#[test]
fn nobody_answers() {
    let mut world = World::with_campaign(2, 3);
    world.tg(&["campaign", "start", "spring"]).ok();
    world.stop_sim();
    let said = world.tg(&["run", "--until-idle", "--connect-deadline", "2s"]).fails(5);
    assert!(said.err.contains("hint:"), "{}", said.err);
    assert_eq!(world.report()["pending"], 3);
}

#[test]
fn unlimited_pace_is_for_loopback_only() {
    let world = World::new(1, 3);
    world.tg(&["init"]).ok();
    let good = fs::read_to_string(world.sim_file("accounts.json")).unwrap();
    let mut value: serde_json::Value = serde_json::from_str(&good).unwrap();
    for (_, address) in value[0]["dcs"].as_object_mut().unwrap() {
        *address = "149.154.167.51:443".into();
    }
    fs::write(world.path("real.json"), value.to_string()).unwrap();
    world.tg(&["account", "import", "real.json"]).ok();
    world
        .tg(&["audience", "import", "friends", &world.sim_file("people.csv"), "--consent", "c"])
        .ok();
    fs::write(world.path("t.md"), "Hi").unwrap();
    world.tg(&["template", "add", "t", "t.md"]).ok();
    let args = [
        "campaign",
        "create",
        "c",
        "--audience",
        "friends",
        "--template",
        "t",
        "--accounts",
        "all",
        "--pace",
        "unlimited",
    ];
    tg_snapshot!(world, &args, "unlimited_refused").fails(4);
}
