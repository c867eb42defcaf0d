//! People whose lists are older than their names.

use crate::world::World;
use serde_json::Value;

/// Three people of the simulator with their numbers.
fn people(world: &World) -> Vec<(i64, String)> {
    let text = std::fs::read_to_string(world.sim_file("users.json")).unwrap();
    let users: Value = serde_json::from_str(&text).unwrap();
    let known =
        users.as_array().unwrap().iter().filter_map(|user| {
            Some((user["user_id"].as_i64()?, user["phone"].as_str()?.to_owned()))
        });
    known.take(3).collect()
}

#[test]
fn a_name_that_nobody_has_any_more_is_no_reason_to_fail_who_has_a_number() {
    let world = World::new(1, 40);
    let people = people(&world);
    let mut list = "username,phone,first_name\n".to_owned();
    for (n, (_, phone)) in people.iter().enumerate() {
        list.push_str(&format!("gone_long_ago_{n},{phone},P{n}\n"));
    }
    list.push_str("gone_without_number,,Q\ngone_with_wrong_number,+4915112345678,R\n");
    std::fs::write(world.path("people.csv"), list).unwrap();
    std::fs::write(world.path("hello.md"), "Hi {{ first_name }}").unwrap();
    let (people_file, template) = (world.path("people.csv"), world.path("hello.md"));
    world.tg(&["init"]).ok();
    world.tg(&["account", "import", &world.sim_file("accounts.json")]).ok();
    let import = ["audience", "import", "friends", people_file.to_str().unwrap()];
    world.tg(&[&import[..], &["--consent", "signed up"]].concat()).ok();
    world.tg(&["template", "add", "hello", template.to_str().unwrap()]).ok();
    world.create("spring");
    world.tg(&["campaign", "start", "spring"]).ok();
    world.tg(&["run", "--until-idle"]).ok();
    let outcomes = world.judge();
    assert_eq!((outcomes["sent"], outcomes["failed"]), (3, 2));
    let reached: Vec<i64> = world.journal().into_keys().collect();
    let mut meant: Vec<i64> = people.iter().map(|(user, _)| *user).collect();
    meant.sort_unstable();
    assert_eq!(reached, meant);
    let failed = &world.report()["failed"]["by_reason"];
    assert_eq!(
        (&failed["USERNAME_NOT_OCCUPIED"], &failed["PHONE_NOT_OCCUPIED"]),
        (&1.into(), &1.into())
    );
    // Each name was asked about once, and then the number.
    assert_eq!(world.calls("contacts.resolveUsername"), 5);
    assert_eq!(world.calls("contacts.resolvePhone"), 4);
}
