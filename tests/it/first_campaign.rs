//! The acceptance walk, as an operator types it.

use crate::world::{World, assert_sum};

#[test]
fn everybody_gets_it_once() {
    let world = World::with_campaign(4, 200);
    let plan = world.tg_json(&["campaign", "plan", "spring"]).ok().json();
    assert_eq!(plan["recipients"], 200);
    world.tg(&["campaign", "start", "spring"]).ok();
    let run = world.tg_json(&["run", "--until-idle"]).ok().json();
    assert_eq!(run["schema"], "tg.run/1");
    assert!(run["next_due"].is_null());
    let report = world.report();
    assert_sum(&report);
    assert_eq!(report["schema"], "tg.report/1");
    assert_eq!(report["state"], "finished");
    assert_eq!(report["sent"], 200);
    let outcomes = world.judge();
    assert_eq!(outcomes.into_iter().collect::<Vec<_>>(), [("sent".to_owned(), 200)]);
    // Every account had its share.
    for account in report["accounts"].as_array().unwrap() {
        assert!(account["sent"].as_u64().unwrap() > 0, "{account}");
    }
}

#[test]
fn the_text_is_what_the_template_says() {
    let world = World::with_campaign(1, 5);
    world.tg(&["campaign", "start", "spring"]).ok();
    world.tg(&["run", "--until-idle"]).ok();
    for lines in world.journal().values() {
        let text = lines[0]["text"].as_str().unwrap();
        assert!(text.starts_with("Hi ") && text.ends_with("spring is here."), "{text}");
        assert!(!text.contains("{{"), "{text}");
        assert_eq!(lines[0]["entities"].as_array().map(Vec::len), Some(1), "bold");
    }
}

#[test]
fn several_messages_arrive_in_order_from_one_account() {
    let world = World::new(3, 12);
    world.prepare("First for {{ first_name }}\n<!-- next message -->\nsecond");
    world.tg(&["campaign", "start", "spring"]).ok();
    world.tg(&["run", "--until-idle"]).ok();
    let journal = world.journal();
    assert_eq!(journal.len(), 12);
    for lines in journal.values() {
        assert_eq!(lines.len(), 2);
        assert!(lines[0]["text"].as_str().unwrap().starts_with("First"));
        assert_eq!(lines[1]["text"], "second");
        assert_eq!(lines[0]["from_user_id"], lines[1]["from_user_id"]);
    }
    assert_eq!(world.report()["sent"], 12);
}

#[test]
fn a_second_campaign_needs_no_second_question() {
    let world = World::with_campaign(2, 40);
    world.tg(&["campaign", "start", "spring"]).ok();
    world.tg(&["run", "--until-idle"]).ok();
    let asked = world.calls("contacts.resolveUsername") + world.calls("contacts.resolvePhone");
    world.create("summer");
    world.tg(&["campaign", "start", "summer"]).ok();
    world.tg(&["run", "--until-idle"]).ok();
    let again = world.calls("contacts.resolveUsername") + world.calls("contacts.resolvePhone");
    assert_eq!(asked, again, "the account that knows a person writes to them");
}
