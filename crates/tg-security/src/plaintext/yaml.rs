//! Values of a YAML file with their places: the part of YAML in which configurations are written.
//!
//! Block mappings and sequences whose values stand on the line of their key (yaml.org/spec/1.2.2,
//! chapter 8). Flow collections, block scalars, anchors, tags and values over several lines are
//! passed over: what stands there is not reported, and stays.

use super::scalar::{PlaintextError, Scalar};
use std::ops::Range;
use zeroize::Zeroizing;

/// A level that is open: its indentation, and its key or the position of its item.
struct Level {
    indent: usize,
    step: Step,
}

enum Step {
    Key(String),
    Item(usize),
}

/// Reads a file.
pub(super) fn scan(text: &str) -> Result<Vec<Scalar>, PlaintextError> {
    let lines = lines(text);
    let (mut found, mut levels) = (Vec::new(), Vec::<Level>::new());
    let mut passed: Option<usize> = None;
    for (number, line) in lines.iter().enumerate() {
        let body = &text[line.clone()];
        let indent = body.len() - body.trim_start_matches(' ').len();
        let content = &body[indent..];
        if content.starts_with('\t') {
            let problem = "a tab stands where YAML wants blanks".to_owned();
            return Err(PlaintextError::Malformed { line: number + 1, problem });
        }
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        // What belongs to a value over several lines is deeper than its key.
        if passed.is_some_and(|deep| indent > deep) {
            continue;
        }
        passed = None;
        if content.starts_with("---") || content.starts_with("...") {
            levels.clear();
            continue;
        }
        let next = next_indent(text, &lines[number + 1..]);
        let mut walk = Walk { levels: &mut levels, found: &mut found, next };
        passed = walk.entry(line.start + indent, indent, content);
    }
    Ok(found)
}

/// How deep the next line stands that says something.
fn next_indent(text: &str, lines: &[Range<usize>]) -> usize {
    let says = |line: &&str| {
        let line = line.trim();
        !line.is_empty() && !line.starts_with('#')
    };
    let next = lines.iter().map(|line| &text[line.clone()]).find(says);
    next.map_or(0, |line| line.len() - line.trim_start().len())
}

/// Bytes of each line, without its end.
fn lines(text: &str) -> Vec<Range<usize>> {
    let mut at = 0;
    text.split_inclusive('\n')
        .map(|line| {
            let start = at;
            at += line.len();
            start..start + line.trim_end_matches(['\n', '\r']).len()
        })
        .collect()
}

/// One line on its way into what was found.
struct Walk<'a> {
    levels: &'a mut Vec<Level>,
    found: &'a mut Vec<Scalar>,
    /// How deep the next line stands.
    next: usize,
}

impl Walk<'_> {
    /// Dashes, a key, a value. Returns the depth below which lines are passed over.
    fn entry(&mut self, mut start: usize, mut indent: usize, mut content: &str) -> Option<usize> {
        let mut dash = None;
        while let Some(rest) = content.strip_prefix("- ").or((content == "-").then_some("")) {
            open_item(self.levels, indent);
            dash = Some(indent);
            let rest = rest.trim_start_matches(' ');
            let step = content.len() - rest.len();
            (start, indent, content) = (start + step, indent + step, rest);
        }
        let Some((key, after)) = key(content) else {
            // An item of a sequence; else the line is not understood.
            let depth = dash?;
            return if content.is_empty() { None } else { self.value(start, content, depth) };
        };
        self.levels.retain(|level| level.indent < indent);
        self.levels.push(Level { indent, step: Step::Key(key) });
        let written = content[after..].trim_start_matches(' ');
        let at = start + content.len() - written.len();
        if written.is_empty() || written.starts_with('#') {
            return None;
        }
        self.value(at, written, indent)
    }

    /// A value on its line. Returns the depth below which lines are passed over, if it goes on.
    fn value(&mut self, at: usize, written: &str, depth: usize) -> Option<usize> {
        let first = written.chars().next()?;
        let taken = match first {
            '"' | '\'' => quoted(written, first),
            '|' | '>' | '{' | '[' | '&' | '*' | '!' | '%' | '@' | '`' => None,
            _ => {
                let end = written.find(" #").unwrap_or(written.len());
                let plain = written[..end].trim_end();
                Some((plain.len(), plain.to_owned()))
            }
        };
        match taken {
            // A line that is deeper continues the value.
            Some((length, value)) if self.next <= depth => {
                let span = at..at + length;
                let path = path(self.levels);
                self.found.push(Scalar { path, span, value: Zeroizing::new(value) });
                None
            }
            _ => Some(depth),
        }
    }
}

/// A new item in a sequence at `indent`; the items before it are counted.
fn open_item(levels: &mut Vec<Level>, indent: usize) {
    let last = levels.iter().rev().find_map(|level| match level.step {
        Step::Item(number) if level.indent == indent => Some(number + 1),
        _ => None,
    });
    // A sequence may stand as deep as the key that it belongs to.
    levels.retain(|level| {
        level.indent < indent || (level.indent == indent && matches!(level.step, Step::Key(_)))
    });
    levels.push(Level { indent, step: Step::Item(last.unwrap_or(0)) });
}

fn path(levels: &[Level]) -> Vec<String> {
    levels
        .iter()
        .map(|level| match &level.step {
            Step::Key(key) => key.clone(),
            Step::Item(number) => number.to_string(),
        })
        .collect()
}

/// The key that a line begins with, and where its colon ends.
fn key(content: &str) -> Option<(String, usize)> {
    for quote in ['"', '\''] {
        if let Some(rest) = content.strip_prefix(quote) {
            let end = rest.find(quote)?;
            let after = rest[end + 1..].strip_prefix(':')?;
            let fits = after.is_empty() || after.starts_with(' ');
            return fits.then(|| (rest[..end].to_owned(), content.len() - after.len()));
        }
    }
    let colon = content.find(": ").or_else(|| content.strip_suffix(':').map(str::len))?;
    let key = &content[..colon];
    let plain =
        !key.is_empty() && !key.contains(['#', '{', '}', '[', ']', '&', '*', '!', '|', '>']);
    plain.then(|| (key.trim_end().to_owned(), colon + 1))
}

/// The length of a quoted value with its quotes, and the value; `None` if it does not end on its
/// line or has an escape that is rarely seen.
fn quoted(written: &str, quote: char) -> Option<(usize, String)> {
    let mut value = String::with_capacity(written.len());
    let mut letters = written.char_indices().skip(1).peekable();
    while let Some((place, letter)) = letters.next() {
        if letter == quote {
            if quote == '\'' && letters.peek().is_some_and(|(_, next)| *next == '\'') {
                letters.next();
                value.push('\'');
                continue;
            }
            let rest = written[place + 1..].trim_start();
            return (rest.is_empty() || rest.starts_with('#')).then_some((place + 1, value));
        }
        if letter == '\\' && quote == '"' {
            match letters.next()?.1 {
                'n' => value.push('\n'),
                't' => value.push('\t'),
                plain @ ('"' | '\\' | '/') => value.push(plain),
                _ => return None,
            }
            continue;
        }
        value.push(letter);
    }
    None
}
