//! Audiences from outside: lists in every form, what they say about consent, and labels.

use crate::world::{Said, World};
use serde_json::Value;
use std::fs;
use std::io::Write;
use std::process::Stdio;

fn home() -> World {
    let world = World::new(1, 1);
    world.tg(&["init"]).ok();
    world
}

/// Runs a command that reads `input`.
fn pipe(world: &World, args: &[&str], input: &str) -> Said {
    let mut command = world.command(args);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    Said {
        code: output.status.code(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn counts(done: &Value) -> [u64; 5] {
    ["rows", "imported", "updated", "unchanged", "rejected"].map(|key| done[key].as_u64().unwrap())
}

#[test]
fn a_list_of_another_program_is_tried_and_then_taken() {
    let world = home();
    let list = "Mobile;\"Given, name\";Größe;Notes\n+4915112345678;Anna;38;x\n12;Bob;40;y\n";
    fs::write(world.path("crm.csv"), list).unwrap();
    let plain = ["audience", "import", "friends", "crm.csv", "--consent", "CRM"];
    let said = world.tg(&plain).fails(1);
    assert!(said.err.contains("--delimiter ';'"), "{}", said.err);
    fs::write(world.path("columns"), "# ours\nphone=Mobile\n\nfirst_name=\"Given, name\"\n")
        .unwrap();
    let mapped =
        [&plain[..], &["--delimiter", ";", "--map-file", "columns", "--ignore-rest"]].concat();
    let tried = world.tg_json(&[&mapped[..], &["--dry-run"]].concat()).ok().json();
    assert_eq!((counts(&tried), &tried["dry_run"]), ([2, 1, 0, 0, 1], &true.into()));
    world.tg(&["audience", "show", "friends"]).fails(3);
    let rejects = fs::read_to_string(world.path("crm.csv.rejects.csv")).unwrap();
    assert!(rejects.lines().nth(1).unwrap().starts_with("3,phone,"), "{rejects}");
    let done = world.tg_json(&mapped).ok().json();
    assert_eq!((counts(&done), &done["dry_run"]), (counts(&tried), &false.into()));
    let anna = world.tg_json(&["contact", "show", "+4915112345678"]).ok().json();
    assert_eq!((&anna["first_name"], &anna["fields"]), (&"Anna".into(), &serde_json::json!({})));
    // A column that is spoken of and is not there is no list of these.
    let said = world.tg(&[&mapped[..], &["--map", "lang=Sprache"]].concat()).fails(1);
    assert!(said.err.contains("no column \"Sprache\""), "{}", said.err);
    world.tg(&[&plain[..], &["--map", "phone"]].concat()).fails(2);
}

#[test]
fn lines_from_a_pipe_say_how_each_person_agreed() {
    let world = home();
    let lines = "{\"username\":\"anna_1\",\"consent\":\"shop\",\"consented_at\":\"2026-10-03\",\
         \"consent_evidence\":\"order 7\",\"tags\":[\"vip\"],\"city\":\"Bonn\"}\n\
         {\"username\":\"bob_22\"}\nnonsense\n";
    let import = ["audience", "import", "shop", "-", "--format", "jsonl", "--output", "json"];
    let done = pipe(&world, &[&import[..], &["--tag", "x"]].concat(), lines).ok().json();
    assert_eq!(counts(&done), [3, 1, 0, 0, 2]);
    let rejects = fs::read_to_string(world.path("stdin.rejects.csv")).unwrap();
    assert!(rejects.contains("2,consent,"), "{rejects}");
    let show = |who: &str| world.tg_json(&["contact", "show", who]).ok().json();
    let anna = show("@anna_1");
    assert_eq!(anna["tags"], serde_json::json!(["vip", "x"]));
    let consent = &anna["consents"][0];
    assert_eq!(
        *consent,
        serde_json::json!({"audience": "shop", "source": "shop", "at": "2026-10-03T00:00:00Z",
            "evidence": "order 7", "scope": ""})
    );
    // Whoever has not agreed yet may wait on the list; nothing is sent to them.
    let waiting = pipe(&world, &[&import[..], &["--pending"]].concat(), lines).ok().json();
    assert_eq!(counts(&waiting), [3, 1, 0, 1, 1]);
    assert_eq!(show("@bob_22")["waiting_on"], serde_json::json!(["shop"]));
    // What is said for all holds for those who say nothing themselves.
    let all = ["--consent", "by mail", "--consent-at", "2026-11-01", "--scope", "news"];
    pipe(&world, &[&import[..], &all].concat(), lines).ok();
    let (anna, bob) = (show("@anna_1"), show("@bob_22"));
    assert_eq!(anna["consents"][0], *consent, "the first consent stays");
    assert_eq!(bob["consents"][0]["at"], "2026-11-01T00:00:00Z");
    assert_eq!(
        (&bob["consents"][0]["scope"], &bob["waiting_on"][0]),
        (&"news".into(), &Value::Null)
    );
    pipe(&world, &[&import[..], &["--consent", "x", "--consent-at", "2999-01-01"]].concat(), lines)
        .fails(2);
}

#[test]
fn an_export_keeps_consents_labels_and_every_no() {
    let world = home();
    let list = "username,consent,consented_at,consent_scope,tags,city\n\
                anna_1,-fair,2026-10-03,news,a b,Bonn\nbob_22,fair,2026-10-04,,,\n";
    fs::write(world.path("list.csv"), list).unwrap();
    world.tg(&["audience", "import", "friends", "list.csv"]).ok();
    world.tg(&["audience", "suppress", "friends", "@bob_22"]).ok();
    world.tg(&["audience", "export", "friends", "--to", "out.csv"]).ok();
    let lines = world.tg_json(&["audience", "export", "friends"]).ok().out;
    fs::write(world.path("out.jsonl"), lines).unwrap();
    for (copy, file) in [("by-table", "out.csv"), ("by-lines", "out.jsonl")] {
        let other = home();
        fs::copy(world.path(file), other.path(file)).unwrap();
        other.tg(&["audience", "import", copy, file]).ok();
        let anna = other.tg_json(&["contact", "show", "@anna_1"]).ok().json();
        let consent = &anna["consents"][0];
        assert_eq!((&consent["source"], &consent["scope"]), (&"-fair".into(), &"news".into()));
        assert_eq!(consent["at"], "2026-10-03T00:00:00Z");
        assert_eq!(anna["tags"], serde_json::json!(["a", "b"]));
        let bob = other.tg_json(&["contact", "show", "@bob_22"]).ok().json();
        assert_eq!(bob["suppressed_on"], serde_json::json!([copy]));
    }
}

#[test]
fn people_are_chosen_by_what_is_known_of_them() {
    let world = World::new(1, 6);
    world.prepare("Hi {{ first_name }}");
    let all = world.tg_json(&["audience", "show", "friends"]).ok().json();
    assert_eq!(all["members"], 6);
    let lines = world.tg_json(&["audience", "export", "friends"]).ok().out;
    let people: Vec<Value> = lines.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let names: Vec<&str> = people.iter().filter_map(|p| p["username"].as_str()).collect();
    let who = format!("@{}", names[0]);
    world.tg(&["contact", "tag", &who, "+vip", "+x"]).ok();
    world.tg(&["contact", "tag", &who, "-x"]).ok();
    let show = |filter: &str| {
        let shown = ["--output", "json", "audience", "show", "friends", "--where", filter];
        world.tg(&shown).ok().json()["chosen"]["people"].as_u64().unwrap()
    };
    assert_eq!((show("tag = vip"), show("tag = x"), show("not tag = vip")), (1, 0, 5));
    let wrong = world.tg(&["segment", "add", "vips", "tag = vip and"]).fails(2);
    assert!(
        wrong.err.contains("column 14") && wrong.err.contains(&format!("\n{:>14}", "^")),
        "{}",
        wrong.err
    );
    world.tg(&["segment", "add", "vips", "tag = vip"]).ok();
    let again = world.tg(&["segment", "add", "vips", "tag = vip"]).fails(4);
    assert!(again.err.contains("exists already"), "{}", again.err);
    let shown = world.tg_json(&["segment", "show", "vips", "--audience", "friends"]).ok().json();
    assert_eq!((&shown["people"], &shown["filter"]), (&1.into(), &"tag = vip".into()));
    let out = world.tg(&["audience", "export", "friends", "--segment", "vips"]).ok().out;
    assert_eq!(out.lines().count(), 2);
    assert!(out.contains(names[0]));

    let create = |name: &str, which: [&str; 2]| {
        let base = ["campaign", "create", name, "--audience", "friends", "--template", "hello"];
        let rest = ["--accounts", "all", "--pace", "unlimited"];
        world.tg(&[&base[..], &rest, &which].concat())
    };
    let unknown = create("none", ["--where", "colour = red"]).fails(4);
    assert!(unknown.err.contains("no field colour"), "{}", unknown.err);
    create("vips", ["--segment", "vips"]).ok();
    create("others", ["--where", "not tag = vip"]).ok();
    // The campaign keeps what it was made with, whatever becomes of the segment.
    world.tg(&["segment", "remove", "vips"]).ok();
    world.tg(&["audience", "tag", "friends", "--where", "tag = vip", "+seen"]).ok();
    let plan = world.tg_json(&["campaign", "plan", "vips"]).ok().json();
    assert_eq!((&plan["recipients"], &plan["eligible"]), (&1.into(), &1.into()));
    for (name, recipients) in [("vips", 1), ("others", 5)] {
        let started = world.tg_json(&["campaign", "start", name]).ok().json();
        assert_eq!(started["recipients"], recipients, "{name}");
    }
    world.tg(&["run", "--until-idle"]).ok();
    assert_eq!((show("sent"), show("last_sent > 1d ago and tag = seen")), (6, 1));
    let report = world.tg_json(&["campaign", "report", "vips"]).ok().json();
    assert_eq!(report["sent"], 1);
}
