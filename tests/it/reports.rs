//! The same report as a table, as JSON, as CSV whose numbers add up, and as a page that loads nothing.

use crate::world::{World, assert_sum};
use serde_json::{Value, json};
use std::fs;

/// A finished campaign of 40, with refusals, a wait, an answer and an opt-out.
fn finished() -> World {
    let world = World::with_campaign(2, 40);
    let users = world.users();
    world.script(&json!([
        {"on": {"method": "messages.sendMessage", "to": users[3]},
         "do": {"rpc_error": [400, "USER_IS_BLOCKED"]}},
        {"on": {"method": "messages.sendMessage", "nth": 9},
         "do": {"rpc_error": [420, "FLOOD_WAIT_1"]}, "times": 1},
    ]));
    let people = fs::read_to_string(world.sim_file("people.csv")).unwrap();
    let names = people.lines().skip(1).map(|row| row.split(',').next().unwrap());
    let other = names.skip(4).find(|name| !name.is_empty()).unwrap();
    world.tg(&["audience", "suppress", "friends", &format!("@{other}")]).ok();
    world.tg(&["campaign", "start", "spring"]).ok();
    world.tg(&["run", "--until-idle"]).ok();
    let account = |user: i64| {
        let all = world.deliveries();
        all.iter().find(|d| d["user_id"] == user).unwrap()["account"].as_str().unwrap().to_owned()
    };
    world.say(users[0], &account(users[0]), "Thank you!");
    world.say(users[1], &account(users[1]), "STOP");
    world.tg(&["run", "--until-idle"]).ok();
    world
}

/// The sum over a timeline of one of its numbers.
fn over_time(report: &Value, what: &str) -> u64 {
    let slices = report["timeline"]["slices"].as_array().unwrap();
    slices.iter().map(|slice| slice[what].as_u64().unwrap()).sum()
}

#[test]
fn a_timeline_comes_to_what_the_report_says() {
    let world = finished();
    let report = world.report();
    assert_sum(&report);
    assert_eq!(report["timeline"]["span_seconds"], 10);
    assert_eq!(over_time(&report, "sent"), report["sent"].as_u64().unwrap());
    assert_eq!(over_time(&report, "failed"), 1);
    assert_eq!(over_time(&report, "skipped"), 1);
    assert_eq!(over_time(&report, "waits"), 1);
    assert_eq!((over_time(&report, "replies"), over_time(&report, "opt_outs")), (2, 1));
    assert_eq!((&report["replied"], &report["opted_out"]), (&json!(2), &json!(1)));
}

#[test]
fn a_csv_adds_up_to_the_recipients_and_names_each_account() {
    let world = finished();
    let said = world.tg(&["campaign", "report", "spring", "--format", "csv"]).ok();
    let mut rows = csv::Reader::from_reader(said.out.as_bytes());
    let head: Vec<_> = rows.headers().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(head, ["campaign", "account", "outcome", "reason", "recipients"]);
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    let number = |row: &csv::StringRecord| row[4].parse::<u64>().unwrap();
    assert_eq!(rows.iter().map(number).sum::<u64>(), 40);
    let report = world.report();
    for account in report["accounts"].as_array().unwrap() {
        let sent = rows.iter().find(|row| account["name"] == row[1] && &row[2] == "sent").unwrap();
        assert_eq!(account["sent"], number(sent));
    }
    let refused = rows.iter().find(|row| &row[2] == "failed").unwrap();
    assert_eq!((&refused[3], number(refused)), ("USER_IS_BLOCKED", 1));
}

#[test]
fn an_account_has_a_report_of_its_own() {
    let world = finished();
    let (mut sent, mut failed) = (0, 0);
    for account in world.report()["accounts"].as_array().unwrap() {
        let name = account["name"].as_str().unwrap();
        let report = world.tg_json(&["account", "report", name]).ok().json();
        assert_eq!(report["schema"], "tg.account_report/1");
        assert_eq!(report["campaigns"][0]["campaign"], "spring");
        assert_eq!(report["sent"], account["sent"]);
        sent += report["sent"].as_u64().unwrap();
        failed += report["failed"].as_u64().unwrap();
        let sheet = world.tg(&["account", "report", name, "--format", "csv"]).ok().out;
        let row = format!("{name},spring,sent,,{}", report["sent"]);
        assert!(sheet.lines().any(|line| line == row), "{row} is not in {sheet}");
    }
    assert_eq!((sent, failed), (38, 1));
    world.tg(&["account", "report", "acc01", "--to", "a.html"]).fails(2);
    world.tg(&["account", "report", "nobody"]).fails(3);
}

#[test]
fn a_page_is_one_file_that_loads_nothing() {
    let world = finished();
    let said = world.tg_json(&["campaign", "report", "spring", "--to", "spring.html"]).ok().json();
    assert_eq!(
        (&said["schema"], &said["file"]),
        (&json!("tg.report_file/1"), &json!("spring.html"))
    );
    let page = fs::read_to_string(world.path("spring.html")).unwrap();
    assert!(page.starts_with("<!doctype html>") && page.trim_end().ends_with("</html>"));
    for shown in ["38 sent + 1 failed + 1 skipped = 40", "USER_IS_BLOCKED", "Delivered over time"] {
        assert!(page.contains(shown), "{shown} is not in {page}");
    }
    assert_eq!(page.matches("<svg").count(), 3, "deliveries, answers, waits");
    for loads in ["<script", "<link", "<img", "src=", "href=", "@import", "url("] {
        assert!(!page.contains(loads), "{loads} in {page}");
    }
}

#[test]
fn a_report_of_what_has_not_begun_is_empty_in_every_format() {
    let world = World::with_campaign(1, 3);
    for format in ["table", "json", "csv", "html"] {
        world.tg(&["campaign", "report", "spring", "--format", format]).ok();
    }
    let unknown = world.tg_json(&["campaign", "report", "winter", "--to", "w.html"]).fails(3);
    assert!(unknown.err.contains("winter"), "{}", unknown.err);
    assert!(!world.path("w.html").exists());
    world.tg(&["campaign", "report", "spring", "--to", "no/such/folder.html"]).fails(1);
}
