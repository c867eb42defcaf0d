//! Templates in Telegram's HTML and in plain text, as people receive them.

use crate::world::World;
use serde_json::json;
use std::fs;

/// A home with the list `friends`, and what a campaign with this template delivers to the one person.
fn delivered(file: &str, text: &str, more: &[&str]) -> serde_json::Value {
    let world = World::with_campaign(1, 1);
    fs::write(world.path(file), text).unwrap();
    let mut add = vec!["template", "add", "other", file];
    add.extend(more);
    world.tg(&add).ok();
    world.tg(&["template", "lint", "other", "--audience", "friends"]).ok();
    let create = "campaign create summer --audience friends --template other --accounts all \
                  --pace unlimited";
    world.tg(&create.split_whitespace().collect::<Vec<_>>()).ok();
    world.tg(&["campaign", "start", "summer"]).ok();
    world.tg(&["run", "--until-idle"]).ok();
    let journal = world.journal();
    assert_eq!(journal.len(), 1);
    journal.into_values().next().unwrap().remove(0)
}

#[test]
fn html_arrives_with_its_formatting() {
    let line = delivered(
        "offer.html",
        "<b>Hi</b> {{ first_name | replace(first_name, '<i>you</i>') }}\n<tg-spoiler>50 %</tg-spoiler>",
        &[],
    );
    assert_eq!(line["text"], "Hi <i>you</i>\n50 %");
    assert_eq!(
        line["entities"],
        json!([
            {"type": "bold", "offset": 0, "length": 2},
            {"type": "spoiler", "offset": 14, "length": 4}
        ])
    );
}

#[test]
fn plain_text_arrives_as_it_stands_and_a_flag_says_more_than_a_name() {
    let text = "**Hi** <b>you</b> &amp; all";
    for (file, more) in [("plain.txt", &[][..]), ("plain.md", &["--format", "plain"])] {
        let line = delivered(file, text, more);
        assert_eq!(line["text"], text);
        assert_eq!(line["entities"].as_array().map_or(0, Vec::len), 0);
    }
}

#[test]
fn what_telegram_does_not_know_is_a_fault_with_its_place() {
    let world = World::with_campaign(1, 1);
    fs::write(world.path("offer.html"), "Hi {{ first_name }},\n  <p>new</p>").unwrap();
    let added = world.tg_json(&["template", "add", "offer", "offer.html"]).ok().json();
    assert_eq!(added["format"], "html");
    let lint = world.tg(&["template", "lint", "offer"]).fails(1);
    assert!(lint.out.starts_with("offer:2:3: <p> is no tag that Telegram knows"), "{}", lint.out);
    let create = "campaign create x --audience friends --template offer --accounts all";
    world.tg(&create.split_whitespace().collect::<Vec<_>>()).fails(4);
}
