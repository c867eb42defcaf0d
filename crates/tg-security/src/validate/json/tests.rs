//! Texts at the bounds and beyond, and broken in every place.

#![allow(clippy::unwrap_used)]

use super::*;
use proptest::prelude::*;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use std::collections::BTreeMap;

const BOUNDS: JsonBounds = JsonBounds { document: "doc", bytes: 10_000, depth: 8 };

#[derive(Debug, PartialEq, Deserialize)]
struct Person {
    name: String,
    #[serde(default)]
    age: u8,
    #[serde(default)]
    of: Vec<BTreeMap<String, i64>>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Strict {
    role: Role,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Role {
    Viewer,
}

/// Path, line, column and reason of the one fault.
fn fault<'a, T: Deserialize<'a>>(text: &'a str) -> (String, usize, usize, String) {
    match read_json::<T>(text.as_bytes(), BOUNDS).err().unwrap() {
        JsonError::Fault { reason, place } => (place.path, place.line, place.column, reason),
        other => panic!("{text}: {other}"),
    }
}

#[test]
fn a_fault_names_its_path_line_and_column() {
    for (text, path, line, column, says) in [
        ("{\n\"name\": 5}", "doc.name", 2, 9, "invalid type: integer, expected a string"),
        ("[]", "doc", 1, 2, "invalid length 0, expected struct Person with 3 elements"),
        ("{\"age\": 7}", "doc", 1, 10, "missing field `name`"),
        ("{\"name\": \"a\",\n \"age\": 256}", "doc.age", 2, 11, "invalid value: integer"),
        ("{\"name\": \"a\", \"name\": \"b\"}", "doc", 1, 20, "duplicate field `name`"),
        ("{\"of\": [{},\n{\"x\": 1, \"y\": true}]}", "doc.of[1].y", 2, 18, "invalid type: boolean"),
        ("{\"more\": {\"a\": [1,\n2, !]}}", "doc.more.a[2]", 2, 4, "expected value"),
        ("{\"more\": {\"a\": [1,", "doc.more.a[1]", 1, 18, "EOF while parsing"),
        ("{\"name\": \"a\"} x", "doc", 1, 15, "trailing characters"),
        ("", "doc", 1, 0, "EOF while parsing a value"),
        ("\u{FEFF}{}", "doc", 1, 1, "expected value"),
        ("{'name': 1}", "doc", 1, 2, "key must be a string"),
        ("{\"name\": NaN}", "doc.name", 1, 10, "expected value"),
        ("{\"name\": \"a\nb\"}", "doc.name", 2, 0, "control character"),
        ("{\"name\": \"\\ud800\"}", "doc.name", 1, 17, "hex escape"),
        ("{\"age\": 1e999}", "doc.age", 1, 13, "number out of range"),
        ("{\"age\": 01}", "doc.age", 1, 10, "invalid number"),
    ] {
        let found = fault::<Person>(text);
        assert_eq!((found.0.as_str(), found.1, found.2), (path, line, column), "{text}: {found:?}");
        assert!(found.3.contains(says), "{text}: {found:?}");
    }
    let error = read_json::<Person>(b"{\"name\": 5}", BOUNDS).unwrap_err();
    let text = "doc.name: invalid type: integer, expected a string, line 1, column 10";
    assert_eq!(error.to_string(), text);
    let error = error.on_line(70);
    assert!(error.to_string().ends_with("line 70, column 10"), "{error}");
    assert_eq!(error.place().unwrap().line, 70);
}

/// A key or a number in the wrong place must not get into a log that way.
#[test]
fn no_fault_quotes_a_value() {
    let (number, key) = ("+4915112345678", "5f".repeat(256));
    for text in [
        format!("{{\"name\": [\"{number}\"]}}"),
        format!("{{\"name\": \"a\", \"age\": \"{number}\"}}"),
        format!("{{\"name\": \"a\", \"age\": \"x, expected {number}\"}}"),
        "{\"name\": \"a\", \"age\": 4915112345678}".to_owned(),
        "{\"name\": \"a\", \"age\": -4915112345678}".to_owned(),
        "{\"name\": \"a\", \"age\": 4915112345678.5}".to_owned(),
        format!("\"{number}\""),
        format!("{{\"name\": \"a\", \"of\": [{{\"{number}\": \"\"}}]}}"),
        format!("{{\"name\": \"a\", \"of\": [{{\"{key}\": \"\"}}]}}"),
        format!("{{\"{number}\": {{\"{key}\": !}}}}"),
    ] {
        let error = read_json::<Person>(text.as_bytes(), BOUNDS).unwrap_err().to_string();
        assert!(!error.contains("4915112345678") && !error.contains("5f5f5f5f"), "{error}");
    }
    for text in [
        format!("{{\"role\": \"{number}\"}}"),
        format!("{{\"{number}\": 1}}"),
        format!("{{\"role\": {{\"{number}\": 1}}}}"),
        format!("{{\"role\": \"`, {number}\"}}"),
    ] {
        let error = read_json::<Strict>(text.as_bytes(), BOUNDS).unwrap_err().to_string();
        assert!(!error.contains("4915112345678"), "{error}");
    }
    let (_, _, _, reason) = fault::<Strict>("{\"is_admin\": true}");
    assert_eq!(reason, "unknown field, expected `role`");
}

#[test]
fn bounds_hold_before_anything_is_parsed() {
    let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    assert!(read_json::<IgnoredAny>(deep(8).as_bytes(), BOUNDS).is_ok());
    let error = read_json::<IgnoredAny>(deep(9).as_bytes(), BOUNDS).unwrap_err();
    assert_eq!(
        error.to_string(),
        "doc[0][0][0][0][0][0][0][0]: nested deeper than 8 levels, line 1, column 9"
    );
    let text = "{\"a\":\n [0, {\"b\": [[[[[[[\n";
    let JsonError::TooDeep { place, .. } = read_json::<Value>(text.as_bytes(), BOUNDS).unwrap_err()
    else {
        panic!("is too deep");
    };
    assert_eq!((place.path.as_str(), place.line), ("doc.a[1].b[0][0][0][0][0]", 2));
    let bomb = "{\"a\":".repeat(1_000_000);
    let bounds = JsonBounds { bytes: usize::MAX, ..BOUNDS };
    assert!(matches!(read_json::<Value>(bomb.as_bytes(), bounds), Err(JsonError::TooDeep { .. })));
    let long = format!("[{}]", " ".repeat(10_000));
    let error = read_json::<Value>(long.as_bytes(), BOUNDS).unwrap_err();
    assert_eq!(error.to_string(), "doc: longer than 10000 bytes");
    assert_eq!(error.on_line(3).place(), None);
}

/// Brackets in strings, and quotes behind backslashes, are no structure.
#[test]
fn strings_are_not_structure() {
    let text = br#"[1, {"[[[[[[[[[": "\"[[[[[[[[[", "\\": ["{{{{{{{{{{{{\\"]}, !"#;
    let JsonError::Fault { place, .. } = read_json::<Value>(text, BOUNDS).unwrap_err() else {
        panic!("is not too deep");
    };
    assert_eq!(place.path, "doc[2]");
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 32, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("\\PC{0,6}", inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn what_was_written_is_read_back(value in any_json()) {
        let pretty = serde_json::to_string_pretty(&value).unwrap();
        prop_assert_eq!(&read_json::<Value>(pretty.as_bytes(), BOUNDS).unwrap(), &value);
    }

    /// Cut or spoilt at any byte: a place inside the text, and no panic.
    #[test]
    fn broken_texts_have_a_place(
        value in any_json(), at in any::<prop::sample::Index>(), byte in any::<u8>()
    ) {
        let mut text = serde_json::to_vec_pretty(&value).unwrap();
        let at = at.index(text.len());
        text[at] = byte;
        for text in [&text[..], &text[..at]] {
            if let Err(error) = read_json::<Value>(text, BOUNDS) {
                let place = error.place().unwrap();
                let lines: Vec<_> = text.split(|b| *b == b'\n').collect();
                prop_assert!(place.path.starts_with("doc"));
                prop_assert!((1..=lines.len()).contains(&place.line));
                prop_assert!(place.column <= lines[place.line - 1].len() + 1, "{:?}", place);
            }
        }
    }
}
