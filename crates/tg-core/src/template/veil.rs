//! Carries field values through the Markdown parser untouched.
//!
//! Each byte of a value becomes one character of a private plane, which no rule of Markdown knows;
//! after parsing the characters become bytes again. Escaping by backslash would need to know where
//! in the document the value stands (backslashes are literal in code), this does not.

use std::fmt::{self, Write};

const FIRST: u32 = 0xF_0000;
const LAST: u32 = FIRST + 0xFF;

/// Writes `value` veiled.
pub(super) fn veil(out: &mut dyn Write, value: &str) -> fmt::Result {
    for byte in value.bytes() {
        if let Some(c) = char::from_u32(FIRST + u32::from(byte)) {
            out.write_char(c)?;
        }
    }
    Ok(())
}

/// Whether `text` has characters that only a veiled value may have.
pub(super) fn is_veiled(text: &str) -> bool {
    text.chars().any(|c| byte_of(c).is_some())
}

/// How long a text is without veiled values, in bytes.
pub(super) fn bare_length(text: &str) -> usize {
    text.chars().filter(|c| byte_of(*c).is_none()).map(char::len_utf8).sum()
}

/// Turns veiled values back into text.
pub(super) fn unveil(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut hidden = Vec::new();
    for c in text.chars() {
        if let Some(byte) = byte_of(c) {
            hidden.push(byte);
        } else {
            flush(&mut hidden, &mut out);
            out.push(c);
        }
    }
    flush(&mut hidden, &mut out);
    out
}

fn byte_of(c: char) -> Option<u8> {
    let code = u32::from(c);
    if (FIRST..=LAST).contains(&code) { u8::try_from(code - FIRST).ok() } else { None }
}

fn flush(hidden: &mut Vec<u8>, out: &mut String) {
    if !hidden.is_empty() {
        out.push_str(&String::from_utf8_lossy(hidden));
        hidden.clear();
    }
}
