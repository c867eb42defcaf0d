//! What a plan says about the end before anything starts.

use crate::world::World;

fn create(world: &World, name: &str, pace: &str) {
    let line = format!(
        "campaign create {name} --audience friends --template hello --accounts all --pace {pace}"
    );
    world.tg(&line.split(' ').collect::<Vec<_>>()).ok();
}

#[test]
fn a_plan_predicts_the_end_and_names_what_limits_it() {
    let world = World::with_campaign(2, 40);
    create(&world, "slow", "standard");
    let plan = world.tg_json(&["campaign", "plan", "slow"]).ok().json();
    let end = plan["ends_at"].as_str().unwrap();
    assert!(plan["no_end_because"].is_null());
    for account in plan["accounts"].as_array().unwrap() {
        assert_eq!(account["limited_by"], "resolving", "nobody is known yet: {account}");
        assert!(account["ends_at"].as_str().unwrap() <= end);
    }
    let human = world.tg(&["campaign", "plan", "slow"]).ok().out;
    assert!(human.contains("would be done") && human.contains("resolving"), "{human}");
    // Once they know everybody, only the pace of sending is left.
    world.tg(&["campaign", "start", "spring"]).ok();
    world.tg(&["run", "--until-idle"]).ok();
    let plan = world.tg_json(&["campaign", "plan", "slow"]).ok().json();
    for account in plan["accounts"].as_array().unwrap() {
        assert_eq!(account["limited_by"], "sending", "{account}");
    }
    assert!(plan["ends_at"].as_str().unwrap() < end, "sooner than before: {plan}");
}

#[test]
fn without_a_pace_there_is_no_prediction_and_a_reason() {
    let world = World::with_campaign(1, 3);
    let plan = world.tg_json(&["campaign", "plan", "spring"]).ok().json();
    assert!(plan["ends_at"].is_null() && plan["accounts"][0]["ends_at"].is_null());
    assert!(plan["no_end_because"].as_str().unwrap().starts_with("an unlimited pace"), "{plan}");
}
