//! A list that leaves the home.

use crate::world::World;
use std::fs;

/// Three people, one of whom tries a formula and one of whom said no.
fn world() -> World {
    let world = World::new(1, 1);
    world.tg(&["init"]).ok();
    let people = "username,phone,first_name,city\nanna_1,+4915112345678,Anna,Bonn\n\
                  bob_22,,\"=HYPERLINK(\"\"http://x\"\")\",-1+2\n,+4915112345679,Carla,\n";
    fs::write(world.path("list.csv"), people).unwrap();
    world.tg(&["audience", "import", "friends", "list.csv", "--consent", "at the desk"]).ok();
    world.tg(&["audience", "suppress", "friends", "@bob_22"]).ok();
    world
}

#[test]
fn people_come_out_as_they_went_in_and_no_cell_calculates() {
    let world = world();
    let said = world.tg(&["audience", "export", "friends"]).ok();
    let lines: Vec<&str> = said.out.lines().collect();
    assert_eq!(
        lines[0],
        "username,phone,user_id,first_name,last_name,lang,tz,city,consent,consented_at,\
         opted_out_at,suppressed,consent_evidence,consent_scope,tags"
    );
    assert!(lines[1].starts_with("anna_1,+4915112345678,,Anna,,,,Bonn,at the desk,20"));
    assert!(
        lines[2].starts_with("bob_22,,,\"'=HYPERLINK(\"\"http://x\"\")\",,,,'-1+2,at the desk,")
    );
    assert!(lines[2].ends_with(",,yes,,,"), "{}", lines[2]);
    assert_eq!(lines.len(), 4);
    let json = world.tg_json(&["audience", "export", "friends"]).ok();
    let first: serde_json::Value = serde_json::from_str(json.out.lines().next().unwrap()).unwrap();
    assert_eq!(first["schema"], "tg.member/1");
    assert_eq!(first["phone"], "+4915112345678");
    assert_eq!(json.out.lines().count(), 3);
}

#[test]
fn a_file_appears_whole_and_can_be_imported_elsewhere() {
    let world = world();
    fs::write(world.path("out.csv"), "older").unwrap();
    let done = world.tg_json(&["audience", "export", "friends", "--to", "out.csv"]).ok().json();
    assert_eq!(done["schema"], "tg.audience_export/1");
    assert_eq!((done["people"].as_u64(), done["file"].as_str()), (Some(3), Some("out.csv")));
    let text = fs::read_to_string(world.path("out.csv")).unwrap();
    assert_eq!(text, world.tg(&["audience", "export", "friends"]).ok().out);
    let again = world
        .tg_json(&["audience", "import", "copies", "out.csv", "--consent", "moved"])
        .ok()
        .json();
    assert_eq!((&again["rows"], &again["rejected"]), (&3.into(), &0.into()), "{again}");
    world.tg(&["audience", "export", "strangers", "--to", "none.csv"]).fails(3);
    assert!(!world.path("none.csv").exists());
    world.tg(&["audience", "export", "friends", "--to", "no/such/folder.csv"]).fails(1);
}
