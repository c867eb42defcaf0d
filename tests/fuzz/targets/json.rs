//! The reader of JSON: any bytes; what is refused has a place inside them, what is read keeps its bounds.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use tg_security::validate::{JsonBounds, JsonError, read_json};

const BOUNDS: JsonBounds = JsonBounds { document: "doc", bytes: 1 << 16, depth: 12 };
/// What an error may say of a text, in bytes.
const MOST: usize = 1_000;

fuzz_target!(|data: &[u8]| {
    match read_json::<Value>(data, BOUNDS) {
        Ok(value) => {
            assert!(depth(&value) <= BOUNDS.depth);
            let again = serde_json::to_vec(&value).expect("it was JSON");
            let read = read_json::<Value>(&again, JsonBounds { bytes: usize::MAX, ..BOUNDS });
            assert_eq!(read.as_ref(), Ok(&value));
        }
        Err(JsonError::TooLarge { .. }) => assert!(data.len() > BOUNDS.bytes),
        Err(error) => {
            let text = error.to_string();
            assert!(text.len() < MOST, "{text}");
            let place = error.place().expect("only what is too long has none");
            assert!(place.path.starts_with("doc"), "{}", place.path);
            let line = data.split(|byte| *byte == b'\n').nth(place.line - 1);
            let line = line.expect("a line of the text");
            assert!(place.column <= line.len() + 1, "column {}", place.column);
        }
    }
});

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}
