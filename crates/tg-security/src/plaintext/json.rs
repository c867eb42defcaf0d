//! Values of a JSON file with their places.

use super::scalar::{PlaintextError, Scalar};
use crate::validate::{JsonBounds, JsonError, read_json};
use serde::de::IgnoredAny;
use zeroize::Zeroizing;

/// A configuration that is longer or deeper is none.
const BOUNDS: JsonBounds = JsonBounds { document: "file", bytes: 16 << 20, depth: 64 };

/// Reads a file. It is judged first, its depth included: what is walked here is sound.
pub(super) fn scan(text: &str) -> Result<Vec<Scalar>, PlaintextError> {
    let _: IgnoredAny = read_json(text.as_bytes(), BOUNDS).map_err(|error| malformed(&error))?;
    let mut walk = Walk { text, at: 0, path: Vec::new(), found: Vec::new() };
    walk.value()?;
    Ok(walk.found)
}

/// The place and the kind of the fault, and nothing of the content.
fn malformed(error: &JsonError) -> PlaintextError {
    let line = error.place().map_or(1, |place| place.line);
    let problem = match error {
        JsonError::TooLarge { .. } => error.to_string(),
        JsonError::TooDeep { limit, place } => {
            format!(
                "it is nested deeper than {limit} levels ({}, column {})",
                place.path, place.column
            )
        }
        JsonError::Fault { reason, place } => {
            format!("it is not JSON: {reason} ({}, column {})", place.path, place.column)
        }
    };
    PlaintextError::Malformed { line, problem }
}

struct Walk<'a> {
    text: &'a str,
    at: usize,
    path: Vec<String>,
    found: Vec<Scalar>,
}

impl Walk<'_> {
    fn value(&mut self) -> Result<(), PlaintextError> {
        self.blanks();
        match self.peek() {
            Some(b'{') => self.members(),
            Some(b'[') => self.items(),
            _ => {
                let start = self.at;
                let value = self.scalar()?;
                let span = start..self.at;
                self.found.push(Scalar { path: self.path.clone(), span, value });
                Ok(())
            }
        }
    }

    fn members(&mut self) -> Result<(), PlaintextError> {
        self.at += 1;
        loop {
            self.blanks();
            if self.closes(b'}') {
                return Ok(());
            }
            let key = self.scalar()?;
            self.blanks();
            // The colon.
            self.at += 1;
            self.path.push(key.to_string());
            self.value()?;
            self.path.pop();
        }
    }

    fn items(&mut self) -> Result<(), PlaintextError> {
        self.at += 1;
        for number in 0usize.. {
            self.blanks();
            if self.closes(b']') {
                break;
            }
            self.path.push(number.to_string());
            self.value()?;
            self.path.pop();
        }
        Ok(())
    }

    /// Passes a comma, or the end of what is open; says whether it was the end.
    fn closes(&mut self, end: u8) -> bool {
        if self.peek() == Some(b',') {
            self.at += 1;
            self.blanks();
        }
        let closes = self.peek().is_none_or(|byte| byte == end);
        if closes {
            self.at += 1;
        }
        closes
    }

    /// A string without its quotes, or anything else as it is written.
    fn scalar(&mut self) -> Result<Zeroizing<String>, PlaintextError> {
        let bytes = self.text.as_bytes();
        let start = self.at;
        if self.peek() == Some(b'"') {
            self.at += 1;
            while let Some(byte) = self.peek().filter(|byte| *byte != b'"') {
                self.at += if byte == b'\\' { 2 } else { 1 };
            }
            self.at += 1;
            let raw = self.text.get(start..self.at).ok_or(PlaintextError::NotAlone)?;
            return read_json(raw.as_bytes(), BOUNDS)
                .map(Zeroizing::new)
                .map_err(|e| malformed(&e));
        }
        while bytes.get(self.at).is_some_and(|b| !b",]} \t\r\n".contains(b)) {
            self.at += 1;
        }
        Ok(Zeroizing::new(self.text[start..self.at].to_owned()))
    }

    fn blanks(&mut self) {
        while self.peek().is_some_and(|byte| b" \t\r\n".contains(&byte)) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }
}
