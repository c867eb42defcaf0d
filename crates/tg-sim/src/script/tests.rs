//! Rules, from their JSON to what they do.

#![allow(clippy::unwrap_used)]

use std::time::{Duration, Instant};

use super::*;
use crate::seeded::Seeded;

struct TwoAccounts;

impl Cast for TwoAccounts {
    fn account(&self, name: &str) -> Option<usize> {
        ["acc01", "acc02"].iter().position(|known| *known == name)
    }

    fn has_user(&self, user_id: i64) -> bool {
        user_id < 100
    }

    fn has_dc(&self, dc: i32) -> bool {
        [2, 4].contains(&dc)
    }
}

fn script(json: &str) -> Script {
    let script = Script::new(Seeded::new(1));
    script.replace(parse(json, &TwoAccounts).unwrap());
    script
}

fn ask(script: &Script, account: usize, to: i64) -> Option<Action> {
    script.decide(&Asked { method: "messages.sendMessage", account, to: &[to], at: Instant::now() })
}

fn refused(json: &str) -> String {
    parse(json, &TwoAccounts).unwrap_err().to_string()
}

#[test]
fn a_rule_meets_the_calls_it_names() {
    let script = script(
        r#"[{"on":{"method":"messages.sendMessage","account":"acc02","to":7},"do":{"drop":"after"}}]"#,
    );
    assert_eq!(ask(&script, 0, 7), None);
    assert_eq!(ask(&script, 1, 8), None);
    assert_eq!(ask(&script, 1, 7), Some(Action::Drop(Moment::After)));
}

#[test]
fn nth_every_and_times_count_the_calls_that_fit() {
    let nth = script(r#"[{"on":{"to":7,"nth":2},"do":{"hang":true}}]"#);
    let acted = |script: &Script, to| ask(script, 0, to).is_some();
    assert!(!acted(&nth, 8));
    assert_eq!([7, 7, 7].map(|to| acted(&nth, to)), [false, true, false]);

    let every = script(r#"[{"on":{"every":2},"do":{"delay_ms":5},"times":2}]"#);
    let seen: Vec<bool> = (0..8).map(|_| acted(&every, 7)).collect();
    assert_eq!(seen, [false, true, false, true, false, false, false, false]);
}

#[test]
fn the_first_rule_that_acts_decides_and_the_others_still_count() {
    let script = script(
        r#"[{"on":{"nth":1},"do":{"rpc_error":[500,"FIRST"]}},
            {"on":{"nth":2},"do":{"rpc_error_after":[500,"SECOND"]}}]"#,
    );
    let text = |action| match action {
        Some(Action::RpcError { text, moment, .. }) => (text, moment),
        other => panic!("{other:?}"),
    };
    assert_eq!(text(ask(&script, 0, 7)), ("FIRST".into(), Moment::Before));
    assert_eq!(text(ask(&script, 0, 7)), ("SECOND".into(), Moment::After));
}

#[test]
fn probability_is_repeatable() {
    let json = r#"[{"on":{"probability":0.3},"do":{"drop":"before"}}]"#;
    let run = || {
        let script = script(json);
        (0..500).map(|_| ask(&script, 0, 7).is_some()).collect::<Vec<_>>()
    };
    let first = run();
    assert_eq!(first, run());
    let hits = first.iter().filter(|hit| **hit).count();
    assert!((100..200).contains(&hits), "{hits}");
}

#[test]
fn a_limit_slides_and_is_kept_for_each_account() {
    let script = script(r#"[{"do":{"limit":{"per_seconds":10,"count":2,"then":"FLOOD_WAIT"}}}]"#);
    let start = Instant::now();
    let ask = |account, seconds| {
        let action = script.decide(&Asked {
            method: "contacts.resolveUsername",
            account,
            to: &[],
            at: start + Duration::from_secs(seconds),
        });
        action.map(|action| match action {
            Action::RpcError { code, text, .. } => (code, text),
            other => panic!("{other:?}"),
        })
    };
    assert_eq!(ask(0, 0), None);
    assert_eq!(ask(0, 4), None);
    assert_eq!(ask(1, 5), None);
    assert_eq!(ask(0, 5), Some((420, "FLOOD_WAIT_5".into())));
    assert_eq!(ask(0, 10), None);
    assert_eq!(ask(0, 10), Some((420, "FLOOD_WAIT_4".into())));
}

#[test]
fn what_is_wrong_is_named() {
    assert!(refused("{").contains("line 1"));
    assert!(refused("{}").contains("not a JSON list"));
    assert!(
        refused(r#"[{"do":{"hang":true}},{"do":{"explode":1}}]"#)
            .contains("rule 2: unknown variant `explode`")
    );
    assert!(
        refused(r#"[{"on":{"metod":"x"},"do":{"hang":true}}]"#).contains("unknown field `metod`")
    );
    assert!(refused(r#"[{"on":{"account":"acc9"},"do":{"hang":true}}]"#).contains("acc9"));
    assert!(refused(r#"[{"on":{"to":1000},"do":{"hang":true}}]"#).contains("no user 1000"));
    assert!(refused(r#"[{"on":{"nth":0},"do":{"hang":true}}]"#).contains("count from 1"));
    assert!(
        refused(r#"[{"on":{"probability":2},"do":{"hang":true}}]"#).contains("between 0 and 1")
    );
    assert!(refused(r#"[{"do":{"freeze":{"until":"tomorrow"}}}]"#).contains("until"));
    assert!(refused(r#"[{"on":{"nth":1}}]"#).contains("missing field `do`"));
}

#[test]
fn every_action_of_the_contract_is_understood() {
    let json = r#"[{"do":{"rpc_error":[420,"FLOOD_WAIT_7"]}},{"do":{"drop":"before"}},
        {"do":{"drop":"after"}},{"do":{"delay_ms":5}},{"do":{"hang":true}},{"do":{"ban":true}},
        {"do":{"freeze":{"until":"2030-01-01T00:00:00Z","appeal_url":"https://t.me/spambot"}}},
        {"do":{"limit":{"per_seconds":1,"count":30,"then":"FLOOD_WAIT"}},"times":3},
        {"on":{"method":"messages.sendMessage","account":"acc01","to":5,"nth":1,"every":1,"probability":1},
         "do":{"hang":"after"}}]"#;
    assert_eq!(parse(json, &TwoAccounts).unwrap().len(), 9);
}

/// Whom the examples name is there.
struct Everybody;

impl Cast for Everybody {
    fn account(&self, _: &str) -> Option<usize> {
        Some(0)
    }

    fn has_user(&self, _: i64) -> bool {
        true
    }

    fn has_dc(&self, _: i32) -> bool {
        true
    }
}

#[test]
fn the_examples_of_the_manual_are_understood() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/design/simulator.md");
    let page = std::fs::read_to_string(path).unwrap();
    let examples: Vec<&str> = page
        .split("```json\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap_or_default())
        .collect();
    assert!(examples.len() >= 8, "{}", examples.len());
    for example in &examples {
        assert!(parse(example, &Everybody).is_ok(), "{:?}\n{example}", parse(example, &Everybody));
    }
    let shown = examples.concat();
    for name in [
        "rpc_error",
        "rpc_error_after",
        "drop",
        "delay_ms",
        "hang",
        "mute",
        "move",
        "ban",
        "freeze",
        "limit",
        "method",
        "account",
        "to",
        "nth",
        "every",
        "probability",
        "times",
    ] {
        assert!(shown.contains(&format!("\"{name}\"")), "{name} has no example");
    }
}
