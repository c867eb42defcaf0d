//! An older copy of the database does not know what was sent after it was made: nothing is sent
//! again, and a person decides.

use crate::world::World;
use std::fs;

#[test]
fn an_older_copy_sends_nothing_again() {
    let world = World::with_campaign(2, 20);
    world.tg(&["campaign", "start", "spring"]).ok();
    let db = world.home().join("tg.db");
    let copy = world.path("copy.db");
    fs::copy(&db, &copy).unwrap();
    world.tg(&["run", "--until-idle"]).ok();
    assert_eq!(world.judge()["sent"], 20);
    for name in ["tg.db-wal", "tg.db-shm"] {
        let _ = fs::remove_file(world.home().join(name));
    }
    fs::copy(&copy, &db).unwrap();
    assert_eq!(world.report()["pending"], 20, "the copy believes that nothing was sent");
    world.tg(&["run", "--until-idle"]).ok();
    // The copy does not know whom it was sent to: the journal says that nobody got it again.
    assert!(world.journal().values().all(|lines| lines.len() == 1));
    assert_eq!(world.report()["unknown_by_reason"]["restored"], 20);
    // What is started from now on is sent as always.
    world.create("summer");
    world.tg(&["campaign", "start", "summer"]).ok();
    world.tg(&["run", "--until-idle"]).ok();
    let report = world.tg_json(&["campaign", "report", "summer"]).ok().json();
    assert_eq!(report["sent"], 20, "{report}");
}
