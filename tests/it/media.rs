//! Messages with files and buttons: uploaded once, delivered once, whatever is killed or lost.

use crate::world::{World, wait_until};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and so on";

/// A home with people, accounts, and the template `hello` with these files.
fn ready(size: [u32; 3], text: &str, files: &[(&str, &[u8])]) -> World {
    let world = World::with_sim(size, &[]);
    world.tg(&["init"]).ok();
    world.tg(&["account", "import", &world.sim_file("accounts.json")]).ok();
    let people = world.sim_file("people.csv");
    world.tg(&["audience", "import", "friends", &people, "--consent", "asked"]).ok();
    fs::write(world.path("hello.md"), text).unwrap();
    let mut add = vec!["template".to_owned(), "add".into(), "hello".into(), "hello.md".into()];
    for (file, content) in files {
        let (_, name) = file.split_once(':').unwrap();
        fs::write(world.path(name), content).unwrap();
        add.extend(["--media".to_owned(), (*file).to_owned()]);
    }
    world.tg(&add.iter().map(String::as_str).collect::<Vec<_>>()).ok();
    // What was added is in the home: the files may go.
    for (file, _) in files {
        fs::remove_file(world.path(file.split_once(':').unwrap().1)).unwrap();
    }
    world
}

fn started(world: &World) {
    world.create("spring");
    world.tg(&["campaign", "start", "spring"]).ok();
}

fn all_sent(world: &World) {
    let report = world.report();
    assert_eq!(report["sent"], report["recipients"], "{report}");
}

#[test]
fn a_photo_is_uploaded_once_by_each_account() {
    let world = ready([2, 40, 0], "Hi {{ first_name }}", &[("photo:pic.png", PNG)]);
    started(&world);
    world.tg(&["run", "--until-idle"]).ok();
    assert_eq!(world.judge()["sent"], 40);
    for lines in world.journal().values() {
        let media = &lines[0]["media"];
        assert_eq!((&media["kind"], &media["name"]), (&json!("photo"), &json!("pic.png")));
        assert_eq!(media["size"], PNG.len());
        assert!(lines[0]["text"].as_str().unwrap().starts_with("Hi "));
    }
    assert_eq!(world.calls("messages.uploadMedia"), 2);
    assert_eq!(world.calls("messages.sendMessage"), 0);
    let shown = world.tg_json(&["template", "show", "hello"]).ok().json();
    assert_eq!(shown["media"][0]["mime"], "image/png");
}

#[test]
fn a_file_whose_reference_expired_is_uploaded_again() {
    let mut world = ready([1, 12, 0], "The list", &[("document:list.pdf", b"%PDF-1.7 x")]);
    started(&world);
    world.script(&json!([
        {"on": {"method": "messages.sendMedia", "nth": 4},
         "do": {"rpc_error": [400, "FILE_REFERENCE_EXPIRED"]}}
    ]));
    world.tg(&["run", "--until-idle"]).ok();
    assert_eq!(world.judge()["sent"], 12);
    assert_eq!(world.calls("messages.uploadMedia"), 2);
    // Another process, and another life of the data centre, know nothing of the upload.
    world.restart_sim();
    world.create("summer");
    world.tg(&["campaign", "start", "summer"]).ok();
    world.tg(&["run", "--until-idle"]).ok();
    let report = world.tg_json(&["campaign", "report", "summer"]).ok().json();
    assert_eq!(report["sent"], 12, "{report}");
    assert!(world.journal().values().all(|lines| lines.len() == 2));
}

/// A file that arrived is recognised in the chat when its answer was lost.
#[test]
fn a_lost_answer_is_found_in_the_history() {
    let world = ready([1, 6, 0], "", &[("photo:pic.png", PNG)]);
    let users = world.users();
    let send = "messages.sendMedia";
    world.script(&json!([
        {"on": {"method": send, "to": users[1], "nth": 1}, "do": {"drop": "after"}},
        {"on": {"method": send, "to": users[1], "nth": 2}, "do": {"rpc_error": [400, "USER_IS_BLOCKED"]}},
        {"on": {"method": send, "to": users[3], "nth": 1}, "do": {"drop": "after"}}
    ]));
    started(&world);
    world.tg(&["run", "--until-idle"]).ok();
    assert_eq!(world.judge()["sent"], 6);
}

/// Two lines for each person, which are one album under the ids that were committed.
fn judge_albums(world: &World, users: usize) {
    let journal = world.journal();
    assert_eq!(journal.len(), users);
    let mut ids: BTreeSet<String> = BTreeSet::new();
    for (user, lines) in &journal {
        assert_eq!(lines.len(), 2, "user {user} got {} files", lines.len());
        assert_eq!(lines[0]["media"]["grouped_id"], lines[1]["media"]["grouped_id"]);
        let names: Vec<&Value> = lines.iter().map(|line| &line["media"]["name"]).collect();
        assert_eq!(names, [&json!("a.pdf"), &json!("b.pdf")]);
        assert_eq!(
            (lines[0]["text"].as_str(), lines[1]["text"].as_str()),
            (Some("Both"), Some(""))
        );
        ids.extend(lines.iter().map(|line| line["random_id"].as_str().unwrap().to_owned()));
    }
    assert_eq!(ids.len(), 2 * users, "every file has an id of its own");
    for delivery in world.deliveries() {
        let lines = &journal[&delivery["user_id"].as_i64().unwrap()];
        assert_eq!(delivery["outcome"], "sent");
        assert_eq!(delivery["random_id"], lines[0]["random_id"]);
        assert_eq!(delivery["message_id"], lines[0]["message_id"]);
    }
}

const ALBUM: [(&str, &[u8]); 2] =
    [("document:a.pdf", b"%PDF-1.7 a"), ("document:b.pdf", b"%PDF-1.7 b")];

#[test]
fn albums_survive_kills_and_lost_answers() {
    let world = ready([2, 60, 0], "Both", &ALBUM);
    let send = "messages.sendMultiMedia";
    world.script(&json!([
        {"on": {"method": send, "nth": 7}, "do": {"drop": "after"}},
        {"on": {"method": send, "nth": 19}, "do": {"drop": "before"}},
        {"on": {"method": send, "every": 1}, "do": {"delay_ms": 5}}
    ]));
    started(&world);
    for kill in 1..=4u64 {
        let mut engine = world
            .command(&["run", "--until-idle"])
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let before = world.calls(send);
        wait_until("sends", || {
            world.calls(send) >= before + 5 + kill || engine.try_wait().unwrap().is_some()
        });
        engine.kill().unwrap();
        engine.wait().unwrap();
    }
    world.script(&json!([]));
    world.tg(&["run", "--until-idle"]).ok();
    all_sent(&world);
    judge_albums(&world, 60);
}

#[test]
fn an_album_stopped_between_claim_and_answer_is_one_album() {
    for point in
        ["BeforeHandOver:2", "HandedOver:2", "Answered:2", "TurnClaimed:1", "TurnCommitted:1"]
    {
        let world = ready([1, 4, 0], "Both", &ALBUM);
        started(&world);
        let output =
            world.command(&["run", "--until-idle"]).env("TG_STOP_AT", point).output().unwrap();
        assert!(output.status.code().is_none(), "{point} was not reached");
        world.tg(&["run", "--until-idle"]).ok();
        judge_albums(&world, 4);
    }
}

#[test]
fn what_cannot_go_with_a_message_is_refused_where_it_is_added() {
    let world = ready([1, 1, 0], "Hi", &[]);
    fs::write(world.path("list.pdf"), "%PDF-1.7").unwrap();
    fs::write(world.path("pic.png"), PNG).unwrap();
    fs::write(world.path("large.bin"), vec![0; 10 * 1024 * 1024 + 1]).unwrap();
    for (files, code) in [
        (&["photo:list.pdf"][..], 1),
        (&["document:large.bin"], 1),
        (&["document:none.bin"], 1),
        (&["video:pic.png"], 2),
    ] {
        let mut add = vec!["template", "add", "other", "hello.md"];
        add.extend(files.iter().flat_map(|file| ["--media", file]));
        world.tg(&add).fails(code);
    }
    let mixed = ["--media", "photo:pic.png", "--media", "document:list.pdf"];
    world.tg(&[&["template", "add", "mixed", "hello.md"], &mixed[..]].concat()).ok();
    let lint = world.tg(&["template", "lint", "mixed"]).fails(1);
    assert!(lint.out.contains("an album is of photos or of documents"), "{}", lint.out);
    fs::write(world.path("long.md"), "x".repeat(1_025)).unwrap();
    world.tg(&["template", "add", "long", "long.md", "--media", "photo:pic.png"]).ok();
    let shown = world.tg(&["template", "preview", "long", "--audience", "friends"]).fails(1);
    assert!(shown.out.contains("Telegram takes 1024"), "{}", shown.out);
}

#[test]
fn buttons_are_for_bots_and_arrive_below_the_message() {
    let text = "Hi {{ first_name }}\n\n[Shop](https://shop.example/?c={{ city }}){button} \
                [Help](tg://resolve?domain=help){button}\n[Terms](https://shop.example/terms){button}\n";
    let world = ready([1, 12, 1], text, &[]);
    world.tg(&["template", "lint", "hello", "--audience", "friends"]).ok();
    let base = ["campaign", "create", "spring", "--audience", "friends", "--template", "hello"];
    let refused = world.tg(&[&base[..], &["--accounts", "all"]].concat()).fails(4);
    assert!(refused.err.contains("which only bots send"), "{}", refused.err);
    world.tg(&[&base[..], &["--accounts", "bot01", "--pace", "unlimited"]].concat()).ok();
    // A bot can write to those who wrote to it.
    let person = world.users()[0];
    world.tg(&["run", "--until-idle"]).ok();
    world.say(person, "bot01", "/start");
    world.tg(&["run", "--until-idle"]).ok();
    world.tg(&["campaign", "start", "spring"]).ok();
    world.tg(&["run", "--until-idle"]).ok();
    let journal = world.journal();
    assert_eq!(journal.keys().copied().collect::<Vec<_>>(), [person]);
    for lines in journal.values() {
        let rows = lines[0]["buttons"].as_array().unwrap();
        let texts: Vec<Vec<&str>> = rows
            .iter()
            .map(|row| {
                row.as_array().unwrap().iter().map(|b| b["text"].as_str().unwrap()).collect()
            })
            .collect();
        assert_eq!(texts, [vec!["Shop", "Help"], vec!["Terms"]]);
        assert!(!lines[0]["text"].as_str().unwrap().contains("button"));
    }
}
