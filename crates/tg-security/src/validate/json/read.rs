//! The one reader through which JSON comes in.

use super::error::{JsonError, reason};
use super::place::{JsonPlace, PathText, Scan, offset};
use serde::de::{Deserialize, DeserializeSeed};
use serde_json::error::Category;
use serde_path_to_error::{Segment, Track};
use std::marker::PhantomData;

/// What a JSON text has to keep to.
#[derive(Clone, Copy, Debug)]
pub struct JsonBounds {
    /// What the document is called in paths, such as `accounts`.
    pub document: &'static str,
    /// How long it may be, in bytes.
    pub bytes: usize,
    /// How many brackets and braces may be open inside each other; at most 127, which is what the
    /// parser bears.
    pub depth: usize,
}

/// Reads a JSON text of the shape of `T`.
///
/// # Errors
/// Names the first fault with its path, line and column: size, depth, syntax, a value of another
/// kind, a member that is missing.
pub fn read_json<'de, T: Deserialize<'de>>(
    text: &'de [u8],
    bounds: JsonBounds,
) -> Result<T, JsonError> {
    read_json_with(PhantomData, text, bounds)
}

/// The same with a seed, for values that are judged while they are read.
///
/// # Errors
/// Those of [`read_json`].
pub fn read_json_with<'de, S: DeserializeSeed<'de>>(
    seed: S,
    text: &'de [u8],
    bounds: JsonBounds,
) -> Result<S::Value, JsonError> {
    let JsonBounds { document, bytes, depth } = bounds;
    if text.len() > bytes {
        return Err(JsonError::TooLarge { document, limit: bytes });
    }
    let mut scan = Scan::new(text);
    if !scan.walk(depth, text.len()) {
        return Err(JsonError::TooDeep { limit: depth, place: scan.place(document) });
    }
    let mut json = serde_json::Deserializer::from_slice(text);
    let mut track = Track::new();
    let read = seed.deserialize(serde_path_to_error::Deserializer::new(&mut json, &mut track));
    let value = read.map_err(|error| fault(&error, text, document, tracked(track, document)))?;
    json.end().map_err(|error| fault(&error, text, document, document.to_owned()))?;
    Ok(value)
}

/// An error of the parser; `path` is how far the types had got.
fn fault(error: &serde_json::Error, text: &[u8], document: &str, path: String) -> JsonError {
    let (line, column) = (error.line(), error.column());
    let path = match error.classify() {
        // The parser stopped at this byte; what no type asks for has a path, too.
        Category::Syntax => path_at(text, offset(text, line, column), document),
        Category::Eof => path_at(text, text.len(), document),
        Category::Data | Category::Io => path,
    };
    JsonError::Fault { reason: reason(error), place: JsonPlace { path, line, column } }
}

fn path_at(text: &[u8], end: usize, document: &str) -> String {
    let mut scan = Scan::new(text);
    scan.walk(usize::MAX, end);
    scan.path(document)
}

fn tracked(track: Track, document: &str) -> String {
    let mut text = PathText::new(document);
    for segment in track.path().iter() {
        match segment {
            Segment::Seq { index } => text.index(*index),
            Segment::Map { key } => text.member(key),
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    text.finish()
}
