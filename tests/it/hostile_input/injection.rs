//! Text that wants to be SQL or markup: it is stored, found and shown as the text that it is.

use crate::world::World;
use serde_json::Value;
use std::fs;

/// From OWASP's testing guide and the lists that testers use.
const SQL: [&str; 8] = [
    "' OR '1'='1",
    "'; DROP TABLE contacts; --",
    "\" OR \"\"=\"",
    "1; UPDATE contacts SET opted_out_at = NULL",
    "') UNION SELECT value FROM secrets --",
    "Robert'); DELETE FROM audit;--",
    "%' AND 1=randomblob(1000000000) --",
    "?1",
];

fn world() -> World {
    let world = World::new(1, 1);
    world.tg(&["init"]).ok();
    let mut list = csv::Writer::from_path(world.path("list.csv")).unwrap();
    list.write_record(["username", "first_name", "note"]).unwrap();
    for (n, text) in SQL.iter().enumerate() {
        list.write_record([&format!("anna_{n}"), *text, *text]).unwrap();
    }
    list.flush().unwrap();
    world.tg(&["audience", "import", "friends", "list.csv", "--consent", SQL[1]]).ok();
    world
}

#[test]
fn what_looks_like_sql_is_kept_as_text() {
    let world = world();
    let said = world.tg_json(&["audience", "export", "friends"]).ok();
    let people: Vec<Value> =
        said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(people.len(), SQL.len());
    for (person, text) in people.iter().zip(SQL) {
        assert_eq!(
            (&person["first_name"], &person["fields"]["note"]),
            (&text.into(), &text.into())
        );
        assert_eq!(person["consent"], SQL[1]);
    }
    world.tg(&["db", "check"]).ok();
}

#[test]
fn what_looks_like_sql_finds_nobody_and_changes_nothing() {
    let world = world();
    for text in SQL {
        let shown = world.tg(&["contact", "show", text]);
        assert!([2, 3].contains(&shown.code.unwrap()), "{text}: {}", shown.err);
        world.tg(&["audience", "show", text]).fails(2);
        world.tg(&["campaign", "report", text]).fails(2);
        let suppressed = world.tg(&["audience", "suppress", "friends", text]);
        assert!([2, 3].contains(&suppressed.code.unwrap()), "{text}: {}", suppressed.err);
    }
    let list = world.tg_json(&["audience", "show", "friends"]).ok().json();
    assert_eq!(list["members"], SQL.len(), "{list}");
    world.tg(&["db", "check"]).ok();
}

#[test]
fn what_looks_like_markup_in_a_field_is_text_in_every_format() {
    let world = World::new(1, 1);
    world.tg(&["init"]).ok();
    let payloads = [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href=\"javascript:alert(1)\">x</a>",
        "\"><svg/onload=alert(1)>",
        "</b><b>",
        "<!-- next message -->",
        "&lt;b&gt;",
        "[x](https://evil.example)",
        "**bold** `code` ~~x~~",
        "{{ 7 * 7 }}{% if %}",
    ];
    let mut list = csv::Writer::from_path(world.path("list.csv")).unwrap();
    list.write_record(["username", "note"]).unwrap();
    for (n, payload) in payloads.iter().enumerate() {
        list.write_record([&format!("anna_{n}"), *payload]).unwrap();
    }
    list.flush().unwrap();
    world.tg(&["audience", "import", "friends", "list.csv", "--consent", "c"]).ok();
    for (file, source, entities) in [
        ("t.md", "**a** {{ note }}", 1),
        ("t.html", "<b>a</b> {{ note }}", 1),
        ("t.txt", "a {{ note }}", 0),
    ] {
        fs::write(world.path(file), source).unwrap();
        let name = file.replace('.', "-");
        world.tg(&["template", "add", &name, file]).ok();
        let args = ["template", "preview", &name, "--audience", "friends", "--count", "50"];
        let shown = world.tg_json(&args).ok().json();
        let previews = shown["previews"].as_array().unwrap();
        assert_eq!(previews.len(), payloads.len());
        for (preview, payload) in previews.iter().zip(payloads) {
            let messages = preview["messages"].as_array().unwrap();
            assert_eq!(messages.len(), 1, "{payload}");
            assert_eq!(messages[0]["text"], format!("a {payload}"), "{file}");
            assert_eq!(
                messages[0]["entities"].as_array().map(Vec::len),
                Some(entities),
                "{payload}"
            );
        }
    }
}
