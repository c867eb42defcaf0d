//! What people read: their language, and their variant, which is the same whatever is killed.

use crate::world::{World, wait_until};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;

/// A home with people, accounts and the texts `hello`, `hello` in German, and `offer`.
fn ready(accounts: u32, users: u32) -> World {
    let world = World::new(accounts, users);
    world.tg(&["init"]).ok();
    world.tg(&["account", "import", &world.sim_file("accounts.json")]).ok();
    let people = world.sim_file("people.csv");
    world.tg(&["audience", "import", "friends", &people, "--consent", "asked"]).ok();
    for (file, text) in [
        ("hello.md", "Hi {{ first_name }}"),
        ("hallo.md", "Hallo {{ first_name }}"),
        ("offer.md", "An offer, {{ first_name }}"),
    ] {
        fs::write(world.path(file), text).unwrap();
    }
    world.tg(&["template", "add", "hello", "hello.md"]).ok();
    world.tg(&["template", "add", "hello", "hallo.md", "--lang", "de"]).ok();
    world.tg(&["template", "add", "offer", "offer.md"]).ok();
    world
}

fn create(world: &World, more: &[&str]) {
    let base = ["campaign", "create", "spring", "--audience", "friends", "--accounts", "all"];
    world.tg(&[&base[..], more, &["--pace", "unlimited"]].concat()).ok();
}

/// Languages of the people, by user: the list is in the order of the users.
fn langs(world: &World) -> BTreeMap<i64, String> {
    let text = fs::read_to_string(world.sim_file("people.csv")).unwrap();
    let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let lang = lines.next().unwrap().iter().position(|name| *name == "lang").unwrap();
    world.users().into_iter().zip(lines.map(|cells| cells[lang].to_owned())).collect()
}

#[test]
fn everybody_reads_their_own_language() {
    let world = ready(2, 60);
    let langs = langs(&world);
    create(&world, &["--template", "hello"]);
    world.tg(&["campaign", "start", "spring"]).ok();
    world.tg(&["run", "--until-idle"]).ok();
    let mut german = 0;
    for (user, lines) in world.journal() {
        let text = lines[0]["text"].as_str().unwrap();
        let expected = if langs[&user] == "de" { "Hallo " } else { "Hi " };
        assert!(text.starts_with(expected), "{user} reads {}: {text}", langs[&user]);
        german += usize::from(expected == "Hallo ");
    }
    assert!(german > 0, "nobody of the people reads German");
    let late = ["template", "add", "hello", "hello.md", "--lang", "fr"];
    let late = world.tg(&late).fails(4);
    assert!(late.err.contains("the campaign \"spring\" says \"hello\" already"), "{}", late.err);
}

#[test]
fn faults_are_found_in_every_language() {
    let world = ready(1, 1);
    fs::write(world.path("bonjour.md"), "Bonjour\n{{ prenom }}").unwrap();
    world.tg(&["template", "add", "hello", "bonjour.md", "--lang", "fr"]).ok();
    let lint = world.tg(&["template", "lint", "hello", "--audience", "friends"]).fails(1);
    assert!(lint.out.starts_with("hello.fr:2:4: unknown field \"prenom\""), "{}", lint.out);
    let create = "campaign create x --audience friends --template hello --accounts all";
    let refused = world.tg(&create.split_whitespace().collect::<Vec<_>>()).fails(4);
    assert!(refused.err.contains("fr, line 2, column 4"), "{}", refused.err);
}

/// The variant of each delivery, by user; each tells the truth about the message.
fn variants(world: &World) -> BTreeMap<i64, String> {
    let journal = world.journal();
    let mut all = BTreeMap::new();
    for delivery in world.deliveries() {
        let user = delivery["user_id"].as_i64().unwrap();
        let variant = delivery["variant"].as_str().unwrap().to_owned();
        let text = journal[&user][0]["text"].as_str().unwrap();
        assert_eq!(text.starts_with("An offer"), variant == "B", "{variant}: {text}");
        all.insert(user, variant);
    }
    all
}

#[test]
fn variants_are_dealt_by_weight_and_compared() {
    let world = ready(2, 90);
    create(&world, &["--variant", "A=hello:2", "--variant", "B=offer:1"]);
    world.tg(&["campaign", "start", "spring"]).ok();
    world.tg(&["run", "--until-idle"]).ok();
    let outcomes = world.judge();
    let variants = variants(&world);
    let of = |name: &str| variants.values().filter(|v| *v == name).count() as u64;
    assert!(of("A") > of("B") && of("B") > 0, "{} to {}", of("A"), of("B"));
    let (user, account) = {
        let delivery = world.deliveries().remove(0);
        (delivery["user_id"].as_i64().unwrap(), delivery["account"].as_str().unwrap().to_owned())
    };
    world.say(user, &account, "thank you");
    create_nothing_more(&world);
    let report = world.report();
    let listed = report["variants"].as_array().unwrap();
    for (entry, (name, template, weight)) in
        listed.iter().zip([("A", "hello", 2), ("B", "offer", 1)])
    {
        assert_eq!((&entry["name"], &entry["template"]), (&name.into(), &template.into()));
        assert_eq!(entry["weight"], weight);
        assert_eq!(entry["sent"], of(name));
        assert_eq!(entry["replied"], u64::from(variants[&user] == name), "{report}");
    }
    let sent: u64 = listed.iter().map(|v| v["sent"].as_u64().unwrap()).sum();
    assert_eq!(sent, outcomes["sent"]);
    let told = world.tg(&["campaign", "report", "spring"]).ok();
    assert!(told.out.contains("VARIANT"), "{}", told.out);
}

/// A run that only hears.
fn create_nothing_more(world: &World) {
    let mut run = world.command(&["run", "--output", "json"]).spawn().unwrap();
    wait_until("the answer is heard", || {
        world.report()["replied"].as_u64().is_some_and(|n| n == 1)
    });
    run.kill().unwrap();
    run.wait().unwrap();
}

#[test]
fn a_variant_stays_whatever_is_killed() {
    let mut last = None;
    for kills in [0, 2] {
        let world = ready(2, 60);
        create(&world, &["--variant", "A=hello", "--variant", "B=offer"]);
        world.tg(&["campaign", "start", "spring"]).ok();
        for round in 1..=kills {
            let mut run = world.command(&["run", "--until-idle"]).spawn().unwrap();
            wait_until("some are delivered", || world.journal().len() >= round * 5);
            run.kill().unwrap();
            run.wait().unwrap();
        }
        world.tg(&["run", "--until-idle"]).ok();
        assert_eq!(world.judge().get("sent"), Some(&60));
        let names: Vec<Value> =
            world.deliveries().into_iter().map(|d| d["variant"].clone()).collect();
        variants(&world);
        // Another home has another key: it deals otherwise.
        if let Some(last) = last.replace(names.clone()) {
            assert_ne!(last, names);
        }
    }
}

#[test]
fn what_is_no_comparison_is_refused() {
    let world = ready(1, 1);
    let base = "campaign create x --audience friends --accounts all";
    let tried = |more: &str| {
        let line = format!("{base} {more}");
        world.tg(&line.split_whitespace().collect::<Vec<_>>())
    };
    for (more, code) in [
        ("", 2),
        ("--template hello --variant A=hello", 2),
        ("--variant A=hello:0", 2),
        ("--variant A=hello --variant A=offer", 2),
        ("--variant A=hello --variant B=none", 3),
        ("--variant A/B=hello", 2),
    ] {
        tried(more).fails(code);
    }
}

#[test]
fn a_preview_says_what_will_be_sent_and_by_whom() {
    let world = ready(2, 30);
    create(&world, &["--variant", "A=hello", "--variant", "B=offer"]);
    let preview = || {
        let said = world.tg_json(&["campaign", "preview", "spring", "--count", "30"]).ok().json();
        said["previews"].as_array().unwrap().clone()
    };
    let before = preview();
    world.tg(&["campaign", "start", "spring"]).ok();
    let after = preview();
    world.tg(&["run", "--until-idle"]).ok();
    let journal = world.journal();
    for (n, delivery) in world.deliveries().iter().enumerate() {
        let line = &journal[&delivery["user_id"].as_i64().unwrap()][0];
        for shown in [&before[n], &after[n]] {
            assert_eq!(shown["contact"], delivery["contact"]);
            assert_eq!(shown["variant"], delivery["variant"]);
            assert_eq!(shown["messages"][0]["text"], line["text"]);
        }
        assert_eq!(after[n]["account"], delivery["account"]);
    }
    let told = world.tg(&["campaign", "preview", "spring", "--count", "3"]).ok();
    assert!(told.out.contains("variant "), "{}", told.out);
    assert!(!told.out.contains('\u{1b}'), "no escape sequences in a pipe: {}", told.out);
}

#[test]
fn a_test_goes_to_the_account_itself_and_counts_for_nothing() {
    let world = ready(1, 6);
    let own = || {
        let text = fs::read_to_string(world.sim_file("accounts.json")).unwrap();
        let accounts: Value = serde_json::from_str(&text).unwrap();
        accounts[0]["user_id"].as_i64().unwrap()
    };
    fs::write(world.path("two.md"), "**One** {{ first_name }}\n<!-- next message -->\ntwo")
        .unwrap();
    world.tg(&["template", "add", "two", "two.md"]).ok();
    create(&world, &["--template", "two"]);
    let test = world.tg_json(&["campaign", "test", "spring"]).ok().json();
    assert_eq!(test["schema"], "tg.campaign_test/1");
    assert_eq!(test["messages"].as_array().unwrap().len(), 2);
    assert_eq!(test["messages"][0]["outcome"], "pending");
    // A test whose answer is lost is repeated under its id.
    world.script(&serde_json::json!([
        {"on": {"method": "messages.sendMessage", "nth": 1}, "do": {"drop": "after"}}
    ]));
    world.tg(&["run", "--until-idle"]).ok();
    let journal = world.journal();
    assert_eq!(journal.keys().copied().collect::<Vec<_>>(), [own()]);
    let lines = &journal[&own()];
    assert_eq!(lines.len(), 2);
    assert!(lines[0]["text"].as_str().unwrap().starts_with("One "), "{}", lines[0]);
    assert_eq!(lines[0]["entities"][0]["type"], "bold");
    assert_eq!(lines[1]["text"], "two");
    assert_eq!(world.report()["recipients"], 0);
    let inbox = world.tg_json(&["inbox", "list"]).ok().json();
    assert_eq!(inbox["conversations"].as_array().map(Vec::len), Some(0), "{inbox}");
    let audit = world.tg(&["audit", "list"]).ok();
    assert!(audit.out.contains("campaign.test"), "{}", audit.out);
    world.tg(&["campaign", "test", "spring", "--account", "none"]).fails(3);
}

#[test]
fn lint_warns_of_links_and_tries_people() {
    let world = ready(1, 5);
    let text = "{{ first_name }}\n[shop](http://shop.example) {% if lang == \"de\" %}{{ nobody | int }}{% endif %}";
    fs::write(world.path("links.md"), text).unwrap();
    world.tg(&["template", "add", "links", "links.md"]).ok();
    let lint = world.tg(&["template", "lint", "links"]).ok();
    assert!(lint.out.contains("links:2:8: warning: the link http://shop.example"), "{}", lint.out);
    fs::write(world.path("empty.md"), "{% if first_name == \"?\" %}x{% endif %}").unwrap();
    world.tg(&["template", "add", "empty", "empty.md"]).ok();
    let lint = world.tg_json(&["template", "lint", "empty", "--audience", "friends"]).ok().json();
    assert_eq!((&lint["people"]["tried"], &lint["people"]["failing"]), (&5.into(), &5.into()));
}
