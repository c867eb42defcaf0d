//! The master key, the vault and the database are replaced, and the process ends at every point in
//! between: whatever the moment, the home opens, nothing sealed is lost, and nothing is sent twice.

use crate::world::{Said, World, said};
use serde_json::{Value, json};
use std::fs;
use std::io::Write;
use std::process::{Output, Stdio};
use tg_engine::home_steps::HomeStep;

const HASH: &str = "00112233445566778899aabbccddeeff";

/// Runs a command with something on its standard input.
fn fed(world: &World, args: &[&str], input: &str, env: &[(&str, &str)]) -> Said {
    let mut command = world.command(args);
    command.envs(env.iter().copied()).stdin(Stdio::piped());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    said(child.wait_with_output().unwrap())
}

fn with_env(world: &World, args: &[&str], env: &[(&str, &str)]) -> Said {
    said(world.command(args).envs(env.iter().copied()).output().unwrap())
}

/// Ends a command at a point, as a crash would.
#[track_caller]
fn stopped(world: &World, args: &[&str], step: HomeStep) {
    let output: Output =
        world.command(args).env("TG_STOP_AT", format!("{}:1", step.name())).output().unwrap();
    let Said { code, out, err } = said(output);
    assert_eq!(code, None, "{step:?} was not passed: {out}{err}");
}

fn secrets(world: &World) -> Vec<(String, Value)> {
    let list = world.tg_json(&["secret", "list"]).ok().json();
    let secrets = list["secrets"].as_array().unwrap();
    secrets.iter().map(|s| (s["name"].as_str().unwrap().to_owned(), s["version"].clone())).collect()
}

/// A home in the middle of a campaign, with something in doubt: an answer was lost, and the run was
/// killed before it could ask again.
fn in_doubt() -> World {
    let world = World::with_campaign(2, 12);
    fed(&world, &["secret", "set", "telegram.api_hash", "--stdin"], HASH, &[]).ok();
    let users = world.users();
    world.script(&json!([
        {"on": {"method": "messages.sendMessage", "to": users[3], "nth": 1}, "do": {"drop": "after"}}
    ]));
    world.tg(&["campaign", "start", "spring"]).ok();
    let output =
        world.command(&["run", "--until-idle"]).env("TG_STOP_AT", "Answered:3").output().unwrap();
    assert_eq!(output.status.code(), None);
    world
}

/// The campaign goes on as if nothing had happened: sessions open, and what is repeated carries the
/// id that it had, or the simulator would deliver it twice.
#[track_caller]
fn finishes(world: &World) {
    world.tg(&["run", "--until-idle"]).ok();
    assert_eq!(world.judge()["sent"], 12);
    // Neither a new key nor a copy in the database's place breaks the log.
    world.tg(&["audit", "verify"]).ok();
    assert_eq!(secrets(world), [("telegram.api_hash".to_owned(), json!(1))]);
    let doctor = world.tg_json(&["doctor"]).json();
    let faults: Vec<_> = doctor["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|f| f["check"] == "key" || f["check"] == "database")
        .collect();
    assert_eq!(faults, [&Value::Null; 0], "{doctor}");
}

#[test]
fn a_new_master_key_survives_a_crash_at_every_point() {
    let steps = [
        (HomeStep::RekeyDrafted, 1),
        (HomeStep::RekeySealed, 1),
        (HomeStep::RekeyCommitted, 2),
        (HomeStep::RekeyKept, 2),
        (HomeStep::RekeySwapped, 2),
    ];
    let all = HomeStep::ALL.into_iter().filter(|step| step.name().starts_with("Rekey"));
    assert!(all.eq(steps.iter().map(|(step, _)| *step)), "each point is tried");
    for (step, version) in steps {
        let world = in_doubt();
        let before = fs::read(world.home().join("master.key")).unwrap();
        stopped(&world, &["secret", "rekey"], step);
        // A command that is not alone reads with whichever key holds, and touches no file.
        assert_eq!(secrets(&world).len(), 1, "{step:?}");
        world.tg(&["account", "list"]).ok();
        finishes(&world);
        // Who was alone has finished or undone the rest.
        let home = world.home();
        assert!(!home.join("master.key.next").exists(), "{step:?}");
        let line = fs::read_to_string(home.join("master.key")).unwrap();
        assert!(line.starts_with(&format!("tg-master-key/{version}:")), "{step:?}");
        assert_eq!(home.join("master.key.v1").exists(), version == 2, "{step:?}");
        if version == 2 {
            assert_eq!(fs::read(home.join("master.key.v1")).unwrap(), before);
        }
        let again = world.tg_json(&["secret", "rekey"]).ok().json();
        world.tg(&["audit", "verify"]).ok();
        assert_eq!(again["version"], version + 1, "{step:?}");
        assert_eq!((&again["sessions"], &again["secrets"]), (&json!(2), &json!(1)));
        world.tg(&["db", "check"]).ok();
    }
}

#[test]
fn a_key_that_was_replaced_opens_nothing_any_more() {
    let world = in_doubt();
    let old = fs::read_to_string(world.home().join("master.key")).unwrap();
    world.tg(&["secret", "rekey"]).ok();
    for key in [old.trim().to_owned(), format!("tg-master-key/2:{}", "ab".repeat(32))] {
        let said = with_env(&world, &["secret", "list"], &[("TG_MASTER_KEY", &key)]).fails(1);
        assert!(said.err.contains("master key"), "{}", said.err);
        assert!(!said.err.contains("abab"), "{}", said.err);
    }
    finishes(&world);
}

#[test]
fn a_passphrase_opens_the_home_and_can_be_changed() {
    let world = World::new(1, 1);
    let first = [("TG_NEW_PASSPHRASE", "correct horse battery")];
    let weak = with_env(&world, &["init", "--passphrase"], &[("TG_NEW_PASSPHRASE", "short")]);
    assert!(weak.fails(2).err.contains("12 characters"));
    with_env(&world, &["init", "--passphrase"], &first).ok();
    let key = world.home().join("master.key");
    let text = fs::read_to_string(&key).unwrap();
    assert!(text.starts_with("tg-master-key/1:argon2id:65536:3:4:"), "{text}");
    let right = [("TG_PASSPHRASE", "correct horse battery")];
    fed(&world, &["secret", "set", "telegram.api_hash", "--stdin"], HASH, &right).ok();
    let wrong = with_env(&world, &["secret", "list"], &[("TG_PASSPHRASE", "correct horse batter")]);
    assert!(wrong.fails(1).err.contains("the passphrase does not open"));
    let turned = [right[0], ("TG_NEW_PASSPHRASE", "another horse, another stable")];
    with_env(&world, &["secret", "rekey"], &turned).ok();
    with_env(&world, &["secret", "list"], &right).fails(1);
    let new = [("TG_PASSPHRASE", "another horse, another stable")];
    let list = with_env(&world, &["secret", "list"], &new).ok().out;
    assert!(list.contains("telegram.api_hash"), "{list}");
    with_env(&world, &["secret", "rekey", "--plain"], &new).ok();
    assert_eq!(secrets(&world).len(), 1);
}

#[test]
fn a_plaintext_file_is_whole_or_without_its_secrets() {
    let steps = [
        (HomeStep::MigrateSealed, true),
        (HomeStep::MigrateVerified, true),
        (HomeStep::MigrateDrafted, true),
        (HomeStep::MigrateReplaced, false),
    ];
    let all = HomeStep::ALL.into_iter().filter(|step| step.name().starts_with("Migrate"));
    assert!(all.eq(steps.iter().map(|(step, _)| *step)), "each point is tried");
    let plain = format!("# ours\nAPI_ID=7\nAPI_HASH={HASH} # mine\nDB_PASSWORD=x\n");
    let bare = "# ours\nAPI_ID=7\nAPI_HASH= # mine\nDB_PASSWORD=x\n";
    for (step, there) in steps {
        let world = World::new(1, 1);
        world.tg(&["init"]).ok();
        let file = world.path("old.env");
        fs::write(&file, &plain).unwrap();
        let dry = world.tg_json(&["secret", "migrate", "old.env", "--dry-run"]).ok().json();
        assert_eq!(dry["recognised"][0]["name"], "telegram.api_hash");
        assert_eq!(dry["left"][0]["key"], "DB_PASSWORD");
        assert!(secrets(&world).is_empty(), "a dry run changes nothing");
        stopped(&world, &["secret", "migrate", "old.env"], step);
        let expected = if there { plain.as_str() } else { bare };
        assert_eq!(fs::read_to_string(&file).unwrap(), expected, "{step:?}");
        assert_eq!(secrets(&world).len(), 1, "sealed before the file is touched");
        let again = world.tg_json(&["secret", "migrate", "old.env"]).ok().json();
        assert_eq!(again["sealed"], 0, "{step:?}: sealed once");
        assert_eq!(fs::read_to_string(&file).unwrap(), bare, "{step:?}");
    }
}

#[test]
fn a_value_that_differs_from_the_vaults_changes_nothing() {
    let world = World::new(1, 1);
    world.tg(&["init"]).ok();
    fed(&world, &["secret", "set", "telegram.api_hash", "--stdin"], &"ff".repeat(16), &[]).ok();
    let plain = format!("{{\"api_hash\": \"{HASH}\", \"gemini_api_key\": \"k\"}}");
    fs::write(world.path("old.json"), &plain).unwrap();
    let said = world.tg(&["secret", "migrate", "old.json"]).fails(4);
    assert!(said.err.contains("the vault has another value"), "{}", said.err);
    assert_eq!(fs::read_to_string(world.path("old.json")).unwrap(), plain);
    assert_eq!(secrets(&world).len(), 1);
}

#[test]
fn a_copy_takes_the_databases_place_or_does_not() {
    let steps = [HomeStep::RestoreStaged, HomeStep::RestoreAside, HomeStep::RestoreReplaced];
    let all = HomeStep::ALL.into_iter().filter(|step| step.name().starts_with("Restore"));
    assert!(all.eq(steps), "each point is tried");
    for step in steps {
        let world = in_doubt();
        let made = world.tg_json(&["db", "backup", "copy.db"]).ok().json();
        assert_eq!(made["schema"], "tg.db_backup/1");
        stopped(&world, &["db", "restore", "copy.db"], step);
        if step == HomeStep::RestoreAside {
            let said = world.tg(&["secret", "list"]).fails(1);
            assert!(said.err.contains("restore the file from a backup"), "{}", said.err);
            world.tg(&["db", "restore", "copy.db"]).ok();
        }
        assert!(step == HomeStep::RestoreStaged || !world.home().join("tg.db.restoring").exists());
        finishes(&world);
    }
}

#[test]
fn a_copy_of_before_sends_nothing_again_and_says_so_in_the_log() {
    let world = World::with_campaign(2, 12);
    world.tg(&["campaign", "start", "spring"]).ok();
    // Made while nothing is claimed, sealed under the first key.
    world.tg(&["db", "backup", "copy.db"]).ok();
    let copy = fs::read(world.path("copy.db")).unwrap();
    world.tg(&["run", "--until-idle"]).ok();
    assert_eq!(world.judge()["sent"], 12);
    world.tg(&["secret", "rekey"]).ok();
    let done = world.tg_json(&["db", "restore", "copy.db"]).ok().json();
    assert_eq!((&done["behind"], &done["resealed"]), (&json!(true), &json!(true)));
    assert_eq!(fs::read(world.path("copy.db")).unwrap(), copy, "the copy is only read");
    assert!(fs::exists(done["kept"].as_str().unwrap()).unwrap());
    world.tg(&["run", "--until-idle"]).ok();
    assert!(world.journal().values().all(|lines| lines.len() == 1));
    assert_eq!(world.report()["unknown_by_reason"]["restored"], 12);
    world.tg(&["db", "check"]).ok();
    // The log of the copy goes on with a row that says so, under the home's key for logs.
    world.tg(&["audit", "verify"]).ok();
    let log = world.tg_json(&["audit", "list", "--action", "db.restore"]).ok().json();
    let detail = log["entries"][0]["detail"].as_str().unwrap();
    assert!(detail.starts_with("from copy.db"), "{log}");
}

#[test]
fn what_is_no_copy_takes_no_place() {
    let world = in_doubt();
    fs::write(world.path("text.db"), "not a database").unwrap();
    world.tg(&["db", "restore", "text.db"]).fails(1);
    world.tg(&["db", "restore", "none.db"]).fails(1);
    world.tg(&["db", "backup", "copy.db"]).ok();
    world.tg(&["db", "backup", "copy.db"]).fails(1);
    let mut torn = fs::read(world.path("copy.db")).unwrap();
    let middle = torn.len() / 2;
    torn[middle..middle + 8_192].fill(0xa5);
    fs::write(world.path("torn.db"), torn).unwrap();
    world.tg(&["db", "restore", "torn.db"]).fails(1);
    // Of another home: sealed under a key that is not here.
    let other = World::new(1, 1);
    other.tg(&["init"]).ok();
    other.tg(&["db", "backup", "other.db"]).ok();
    let path = other.path("other.db").display().to_string();
    let said = world.tg(&["db", "restore", &path]).fails(1);
    assert!(said.err.contains("--key"), "{}", said.err);
    let key = other.home().join("master.key").display().to_string();
    assert!(!world.home().join("tg.db.restoring").exists());
    assert_eq!(secrets(&world).len(), 1, "nothing was changed");
    world.tg(&["db", "restore", &path, "--key", &key]).ok();
    assert!(secrets(&world).is_empty(), "the other home, under this home's key");
}

#[test]
fn a_copy_is_consistent_while_an_engine_sends() {
    let world = World::with_campaign(2, 400);
    world.script(&json!([{"on": {"method": "messages.sendMessage"}, "do": {"delay_ms": 2}}]));
    world.tg(&["campaign", "start", "spring"]).ok();
    let mut engine =
        world.command(&["run"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    for number in 0..5 {
        crate::world::wait_until("more was sent", || {
            world.calls("messages.sendMessage") > number * 40
        });
        world.tg(&["db", "backup", &format!("copy{number}.db")]).ok();
    }
    engine.kill().unwrap();
    engine.wait().unwrap();
    for number in 0..5 {
        world.tg(&["db", "restore", &format!("copy{number}.db")]).ok();
        let report = world.report();
        crate::world::assert_sum(&report);
        assert_eq!(report["recipients"], 400);
    }
}
