//! JSON of any shape: to `account import`, and to the simulator's script endpoint.

use crate::world::World;
use serde_json::{Value, json};
use std::fs;

/// Texts that are no list of anything that is wanted.
fn shapes() -> Vec<Vec<u8>> {
    let mut shapes: Vec<Vec<u8>> = [
        "",
        " ",
        "null",
        "true",
        "0",
        "-1e400",
        "\"text\"",
        "{}",
        "[null]",
        "[[]]",
        "[{}]",
        "[1,2]",
        "[{\"name\":",
        "[,]",
        "[]]",
        "{\"a\":[{\"b\":1}]}",
        "[\"\\ud800\"]",
        "[{\"name\":\"a\"}]x",
        "[{\"name\":1e9999}]",
        "NaN",
        "[1] [2]",
        "/* */ []",
        "\u{feff}[{}]",
        "'a'",
        "[{\"__proto__\":{\"a\":1}}]",
        "[{\"do\":{}}]",
        "[{\"do\":{\"ban\":\"x\"}}]",
        "[{\"do\":{\"limit\":{}}}]",
        "[{\"on\":[],\"do\":{\"ban\":true}}]",
        "[{\"do\":{\"delay_ms\":-1}}]",
        "[{\"do\":{\"delay_ms\":18446744073709551616}}]",
    ]
    .iter()
    .map(|text| text.as_bytes().to_vec())
    .collect();
    shapes.push(vec![0xFF, 0xFE, b'[', b']']);
    shapes.push(b"[\"\xFF\"]".to_vec());
    shapes.push(vec![0; 64]);
    shapes.push("[".repeat(200_000).into_bytes());
    shapes.push("{\"a\":".repeat(200_000).into_bytes());
    shapes.push(format!("[{{\"name\":\"{}\"}}]", "x".repeat(1 << 20)).into_bytes());
    shapes
}

#[test]
fn no_shape_of_accounts_file_does_anything_but_fail_with_its_place() {
    let world = World::new(2, 1);
    world.tg(&["init"]).ok();
    world.tg(&["account", "import", &world.sim_file("accounts.json")]).ok();
    for shape in shapes() {
        fs::write(world.path("a.json"), &shape).unwrap();
        let said = world.tg_json(&["account", "import", "a.json"]).fails(1);
        let error: Value = serde_json::from_str(said.err.trim()).unwrap();
        let text = error.to_string();
        let begin = String::from_utf8_lossy(&shape[..shape.len().min(40)]).into_owned();
        // What is no text at all has no lines.
        let placed = ["line ", "it is empty", "it is no text"];
        assert!(placed.iter().any(|place| text.contains(place)), "{begin}: {text}");
        assert!(text.len() < 1_000, "{begin}: {text}");
    }
    let accounts = world.tg_json(&["account", "list"]).ok().json();
    assert_eq!(accounts["accounts"].as_array().map(Vec::len), Some(2));
}

#[test]
fn a_fault_in_one_account_names_its_path_and_no_key() {
    let world = World::new(3, 1);
    world.tg(&["init"]).ok();
    let good: Value =
        serde_json::from_str(&fs::read_to_string(world.sim_file("accounts.json")).unwrap())
            .unwrap();
    let key = good[1]["keys"]["2"].as_str().unwrap().to_owned();
    type Break = fn(&mut Value, &str);
    let faults: [(&str, Break); 9] = [
        ("accounts[1].name", |account, _| account["name"] = "../x".into()),
        ("accounts[1].name", |account, key| account["name"] = key.into()),
        ("accounts[1].user_id", |account, _| account["user_id"] = (-5).into()),
        ("accounts[1].user_id", |account, key| account["user_id"] = key.into()),
        ("accounts[1].home_dc", |account, _| account["home_dc"] = 99_999_999.into()),
        ("accounts[1].dcs.2", |account, _| account["dcs"]["2"] = "example.org:443".into()),
        ("accounts[1].keys.2", |account, key| account["keys"]["2"] = key[1..].into()),
        ("accounts[1].phone", |account, _| account["phone"] = json!({ "x": [1] })),
        ("accounts[1].keys", |account, key| account["keys"] = key.into()),
    ];
    for (path, fault) in faults {
        let mut broken = good.clone();
        fault(&mut broken[1], &key);
        fs::write(world.path("a.json"), serde_json::to_string_pretty(&broken).unwrap()).unwrap();
        let said = world.tg(&["account", "import", "a.json"]).fails(1);
        assert!(said.err.contains(path), "{path}: {}", said.err);
        assert!(said.err.contains("line "), "{path}: {}", said.err);
        assert!(!said.err.contains(&key[8..40]), "{path}: {}", said.err);
    }
    let accounts = world.tg_json(&["account", "list"]).ok().json();
    assert_eq!(accounts["accounts"].as_array().map(Vec::len), Some(0), "all of a file or none");
}

#[test]
fn no_shape_of_script_changes_the_rules_that_hold() {
    let world = World::with_campaign(1, 2);
    let rule = json!([{ "on": { "method": "messages.sendMessage" },
                        "do": { "rpc_error": [400, "USER_IS_BLOCKED"] } }]);
    world.script(&rule);
    for shape in shapes() {
        let begin = String::from_utf8_lossy(&shape[..shape.len().min(40)]).into_owned();
        let (status, answer) = world.post("script", shape);
        assert_eq!(status, 400, "{begin}: {answer}");
    }
    // Refused by its length; the connection may be closed before all of it was sent.
    assert!([0, 413].contains(&world.post("script", vec![b' '; 5 << 20]).0));
    for shape in shapes() {
        assert_ne!(world.post("say", shape).0, 200);
    }
    let (_, answer) = world.post("script", br#"[{"do":{"ban":true}},{"do":{"hang":7}}]"#.to_vec());
    assert!(answer.contains("rule 2"), "{answer}");
    world.tg(&["campaign", "start", "spring"]).ok();
    world.tg(&["run", "--until-idle"]).ok();
    assert_eq!(world.report()["failed"]["by_reason"]["USER_IS_BLOCKED"], 2);
}
