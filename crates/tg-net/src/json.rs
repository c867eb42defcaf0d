//! JSON that others wrote, read with the place of every fault and without repeating any of it.

use serde::de::DeserializeOwned;
use serde_json::error::Category;
use serde_path_to_error::{Path, Segment};

/// The longest name of a member that an error repeats, in bytes, and the longest path, in parts.
const LONGEST: (usize, usize) = (32, 16);

/// Where a text is not the JSON that was expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} at {path}, line {line}, column {column}")]
pub(crate) struct Unexpected {
    what: &'static str,
    path: String,
    line: usize,
    column: usize,
}

/// Reads a text, whose size its bearer has bounded. What is kept of it is nested at most 128 deep, and
/// what is passed over costs no stack.
///
/// # Errors
/// The first fault, with the path, the line and the column.
pub(crate) fn read<T: DeserializeOwned>(text: &[u8]) -> Result<T, Unexpected> {
    let mut json = serde_json::Deserializer::from_slice(text);
    let read: Result<T, _> = serde_path_to_error::deserialize(&mut json);
    let value = read.map_err(|error| unexpected(way(error.path()), error.inner()))?;
    json.end().map_err(|error| unexpected(".".to_owned(), &error))?;
    Ok(value)
}

fn unexpected(path: String, error: &serde_json::Error) -> Unexpected {
    let what = match error.classify() {
        Category::Data => "an unexpected shape",
        Category::Eof => "it ends early",
        _ => "no JSON",
    };
    Unexpected { what, path, line: error.line(), column: error.column() }
}

/// A path without names that are more than names.
fn way(path: &Path) -> String {
    let plain = |b: u8| b.is_ascii_alphabetic() || b == b'_';
    let parts = path.iter().take(LONGEST.1).map(|segment| match segment {
        Segment::Seq { index } => format!("[{index}]"),
        Segment::Map { key } if key.len() <= LONGEST.0 && key.bytes().all(plain) => {
            format!(".{key}")
        }
        Segment::Map { .. } => ".[…]".to_owned(),
        Segment::Enum { .. } | Segment::Unknown => String::new(),
    });
    let text: String = parts.collect();
    if text.is_empty() { ".".to_owned() } else { text }
}
