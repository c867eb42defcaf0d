//! Values of a file of `NAME=value` lines with their places.

use super::scalar::{PlaintextError, Scalar};
use zeroize::Zeroizing;

/// Reads a file: comments, `export`, values bare or in one pair of quotes.
pub(super) fn scan(text: &str) -> Result<Vec<Scalar>, PlaintextError> {
    let mut found = Vec::new();
    let mut at = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        found.extend(one(line, at, number + 1)?);
        at += line.len();
    }
    Ok(found)
}

fn one(line: &str, at: usize, number: usize) -> Result<Option<Scalar>, PlaintextError> {
    let body = line.trim_end_matches(['\n', '\r']);
    let bare = body.trim_start();
    if bare.is_empty() || bare.starts_with('#') {
        return Ok(None);
    }
    let malformed =
        |problem: &str| PlaintextError::Malformed { line: number, problem: problem.to_owned() };
    let equals = body.find('=').ok_or_else(|| malformed("there is no \"=\""))?;
    let key = body[..equals].trim();
    let key = key.strip_prefix("export ").unwrap_or(key).trim();
    if key.is_empty() || !key.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b)) {
        return Err(malformed("what stands before \"=\" is no name"));
    }
    let rest = &body[equals + 1..];
    let gap = rest.len() - rest.trim_start().len();
    let start = equals + 1 + gap;
    let written = body.get(start..).unwrap_or_default();
    let (length, value) = match written.chars().next() {
        Some(quote @ ('"' | '\'')) => {
            quoted(written, quote).ok_or_else(|| malformed("a quote has no end on its line"))?
        }
        // Nothing, and a comment.
        Some('#') if gap > 0 => (0, String::new()),
        _ => {
            let end = written.find(" #").unwrap_or(written.len());
            let value = written[..end].trim_end();
            (value.len(), value.to_owned())
        }
    };
    Ok(Some(Scalar {
        path: vec![key.to_owned()],
        span: at + start..at + start + length,
        value: Zeroizing::new(value),
    }))
}

/// The length of a quoted value with its quotes, and the value. In double quotes a backslash takes
/// the next letter as it is, but for `\n`.
fn quoted(written: &str, quote: char) -> Option<(usize, String)> {
    let mut value = String::with_capacity(written.len());
    let mut letters = written.char_indices().skip(1);
    while let Some((place, letter)) = letters.next() {
        match letter {
            _ if letter == quote => return Some((place + quote.len_utf8(), value)),
            '\\' if quote == '"' => match letters.next()?.1 {
                'n' => value.push('\n'),
                other => value.push(other),
            },
            _ => value.push(letter),
        }
    }
    None
}
