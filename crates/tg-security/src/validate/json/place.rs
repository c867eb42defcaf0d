//! Where in a JSON text something is: the way to it, its line and its column.

use std::fmt::Write;
use std::ops::Range;

/// A place in a JSON text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonPlace {
    /// The way to it, such as `accounts[3].keys.2`. Names that could be keys or numbers of people
    /// are `[…]`.
    pub path: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The byte in the line, counted from 1; 0 is the end of the line before.
    pub column: usize,
}

impl JsonPlace {
    /// Line and column for a person.
    #[must_use]
    pub fn position(&self) -> String {
        format!("line {}, column {}", self.line, self.column)
    }
}

/// The longest part of the text that an error repeats, in bytes: a name, not a key.
const LONGEST_NAME: usize = 32;
/// What has more digits in a row may be somebody's number.
const MOST_DIGITS: usize = 6;

/// Whether a part of the text may stand in an error.
pub(super) fn may_be_told(part: &str) -> bool {
    part.len() <= LONGEST_NAME
        && part.split(|c: char| !c.is_ascii_digit()).all(|digits| digits.len() <= MOST_DIGITS)
}

/// A path that is written step by step, from what the document is called.
pub(super) struct PathText(String);

impl PathText {
    pub(super) fn new(document: &str) -> Self {
        Self(document.to_owned())
    }

    pub(super) fn index(&mut self, index: usize) {
        // Writing to a string does not fail.
        let _ = write!(self.0, "[{index}]");
    }

    pub(super) fn member(&mut self, name: &str) {
        self.0.push('.');
        self.0.push_str(if is_telling(name) { name } else { "[…]" });
    }

    pub(super) fn finish(self) -> String {
        self.0
    }
}

fn is_telling(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    !name.is_empty() && name.bytes().all(plain) && may_be_told(name)
}

/// What is open at some byte.
enum Open {
    /// A list, at this element.
    List(usize),
    /// An object, at the member whose name stands there.
    Object(Range<usize>),
}

/// Walks over the brackets of a text without judging whether it is JSON. Needs as much memory as
/// the text may be deep.
pub(super) struct Scan<'a> {
    text: &'a [u8],
    open: Vec<Open>,
    at: usize,
}

impl<'a> Scan<'a> {
    pub(super) const fn new(text: &'a [u8]) -> Self {
        Self { text, open: Vec::new(), at: 0 }
    }

    /// Walks until more than `depth` brackets are open inside each other, or `end` is reached. Says
    /// whether the walk got to the end; the place is then that of the last byte before it.
    pub(super) fn walk(&mut self, depth: usize, end: usize) -> bool {
        // The last string, without its quotes.
        let mut string = 0..0;
        while self.at < end.min(self.text.len()) {
            match self.text[self.at] {
                b'"' => {
                    string = self.string(end);
                    continue;
                }
                b'[' | b'{' if self.open.len() == depth => return false,
                b'[' => self.open.push(Open::List(0)),
                b'{' => self.open.push(Open::Object(0..0)),
                b']' | b'}' => drop(self.open.pop()),
                b':' => {
                    if let Some(Open::Object(name)) = self.open.last_mut() {
                        *name = string.clone();
                    }
                }
                b',' => match self.open.last_mut() {
                    Some(Open::List(index)) => *index += 1,
                    Some(Open::Object(name)) => *name = 0..0,
                    None => {}
                },
                _ => {}
            }
            self.at += 1;
        }
        true
    }

    /// Passes a string; its content.
    fn string(&mut self, end: usize) -> Range<usize> {
        let start = self.at + 1;
        let end = end.min(self.text.len());
        self.at = start;
        while self.at < end && self.text[self.at] != b'"' {
            self.at += if self.text[self.at] == b'\\' { 2 } else { 1 };
        }
        let content = start..self.at.min(end);
        self.at += 1;
        content
    }

    /// The way to where the walk is.
    pub(super) fn path(&self, document: &str) -> String {
        let mut path = PathText::new(document);
        for open in &self.open {
            match open {
                Open::List(index) => path.index(*index),
                Open::Object(name) if name.is_empty() => {}
                Open::Object(name) => {
                    path.member(std::str::from_utf8(&self.text[name.clone()]).unwrap_or_default());
                }
            }
        }
        path.finish()
    }

    /// The place where the walk is.
    pub(super) fn place(&self, document: &str) -> JsonPlace {
        let before = &self.text[..self.at.min(self.text.len())];
        let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        JsonPlace {
            path: self.path(document),
            line: before.iter().filter(|byte| **byte == b'\n').count() + 1,
            column: before.len() - line_start + 1,
        }
    }
}

/// The byte at a line and a column, both as [`JsonPlace`] counts them.
pub(super) fn offset(text: &[u8], line: usize, column: usize) -> usize {
    let mut ends = text.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
    let start = match line.checked_sub(2) {
        None => 0,
        Some(before) => ends.nth(before).map_or(text.len(), |(at, _)| at + 1),
    };
    start.saturating_add(column.saturating_sub(1)).min(text.len())
}
