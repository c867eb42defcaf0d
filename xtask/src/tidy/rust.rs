//! Just enough of Rust's grammar to tell code from comments and strings.

/// What [`blank`] replaces by spaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Blank {
    /// Comments, documentation included.
    Comments,
    /// Comments and what is between the quotes of literals.
    CommentsAndStrings,
}

/// The text with comments, and strings if asked for, replaced by spaces. Every line keeps its
/// number and every byte its place.
pub(super) fn blank(text: &str, what: Blank) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let (end, erase) = match token(bytes, at) {
            Token::Comment(end) => (end, Some((at, end))),
            Token::Literal { open, close, end } => {
                let inside = (what == Blank::CommentsAndStrings).then_some((open, close));
                (end, inside)
            }
            Token::Other(end) => (end, None),
        };
        if let Some((from, to)) = erase {
            let inside = out.iter_mut().take(to).skip(from);
            inside.filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
        }
        at = end.max(at + 1);
    }
    // Only whole comments and contents of literals were replaced, so no character was cut in two.
    String::from_utf8_lossy(&out).into_owned()
}

/// The line, from 1, of a byte of the text.
pub(super) fn line_of(text: &str, byte: usize) -> usize {
    text.as_bytes().iter().take(byte).filter(|b| **b == b'\n').count() + 1
}

/// Whether `marker` stands on this line (from 1) or the one before, as a comment with a reason.
pub(super) fn marked(text: &str, line: usize, marker: &str) -> bool {
    let has = |line: &str| {
        line.split_once("// tidy:").is_some_and(|(_, rest)| rest.trim_start().starts_with(marker))
    };
    text.lines().skip(line.saturating_sub(2)).take(if line > 1 { 2 } else { 1 }).any(has)
}

enum Token {
    /// Ends before this byte.
    Comment(usize),
    /// The content of a literal, and where the literal ends.
    Literal { open: usize, close: usize, end: usize },
    /// Anything else, up to this byte.
    Other(usize),
}

fn token(bytes: &[u8], at: usize) -> Token {
    let rest = &bytes[at..];
    if rest.starts_with(b"//") {
        let length = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        return Token::Comment(at + length);
    }
    if rest.starts_with(b"/*") {
        return Token::Comment(block_comment_end(bytes, at));
    }
    match bytes[at] {
        b'"' => literal(bytes, at + 1, b'"'),
        b'\'' => character(bytes, at),
        byte if byte == b'_' || byte.is_ascii_alphanumeric() => word(bytes, at),
        _ => Token::Other(at + 1),
    }
}

/// Comments nest.
fn block_comment_end(bytes: &[u8], start: usize) -> usize {
    let mut depth = 0_u32;
    let mut at = start;
    while at < bytes.len() {
        if bytes[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if bytes[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    bytes.len()
}

/// A literal with escapes whose content starts at `open`.
fn literal(bytes: &[u8], open: usize, quote: u8) -> Token {
    let mut at = open;
    while at < bytes.len() && bytes[at] != quote {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    let close = at.min(bytes.len());
    Token::Literal { open, close, end: (close + 1).min(bytes.len()) }
}

/// A character literal, or the quote of a lifetime.
fn character(bytes: &[u8], at: usize) -> Token {
    let first = bytes.get(at + 1).copied().unwrap_or(b' ');
    // One character of up to four bytes and then a quote; otherwise it is a lifetime or a label.
    let short = (at + 2..at + 6).find(|end| bytes.get(*end) == Some(&b'\''));
    let one =
        |end: usize| std::str::from_utf8(&bytes[at + 1..end]).is_ok_and(|s| s.chars().count() == 1);
    if first == b'\\' || short.is_some_and(one) {
        literal(bytes, at + 1, b'\'')
    } else {
        Token::Other(at + 1)
    }
}

/// An identifier or number, and the literal it may be the prefix of.
fn word(bytes: &[u8], at: usize) -> Token {
    let part = |byte: &u8| *byte == b'_' || byte.is_ascii_alphanumeric() || !byte.is_ascii();
    let length = bytes[at..].iter().position(|byte| !part(byte)).unwrap_or(bytes.len() - at);
    let end = at + length;
    let raw = matches!(&bytes[at..end], b"r" | b"br" | b"cr");
    let hashes = bytes[end..].iter().take_while(|byte| raw && **byte == b'#').count();
    let quoted = bytes.get(end + hashes) == Some(&b'"');
    match &bytes[at..end] {
        b"b" | b"c" if quoted => literal(bytes, end + 1, b'"'),
        b"r" | b"br" | b"cr" if quoted => raw_literal(bytes, end + hashes + 1, hashes),
        _ => Token::Other(end),
    }
}

fn raw_literal(bytes: &[u8], open: usize, hashes: usize) -> Token {
    let closing: Vec<u8> = std::iter::once(b'"').chain(std::iter::repeat_n(b'#', hashes)).collect();
    let found = bytes[open..].windows(closing.len()).position(|window| window == closing);
    let close = found.map_or(bytes.len(), |length| open + length);
    Token::Literal { open, close, end: (close + closing.len()).min(bytes.len()) }
}

#[cfg(test)]
mod tests {
    use super::{Blank, blank, line_of, marked};

    fn check(text: &str, code: &str) {
        assert_eq!(blank(text, Blank::CommentsAndStrings), code, "{text}");
    }

    #[test]
    fn comments_vanish_and_places_stay() {
        check("a // b\nc", "a     \nc");
        check("a /* b /* c */ d */ e", "a                   e");
        check("a /* b\n*/ c", "a     \n   c");
        check("/* never closed", "               ");
    }

    #[test]
    fn strings_vanish_with_their_escapes() {
        check(r#"f("a\"b") + c"#, r#"f("    ") + c"#);
        check(r##"r#"a"b"# c"##, r##"r#"   "# c"##);
        check(r#"b"x" c"y" z"#, r#"b" " c" " z"#);
        check("\"never closed", "\"            ");
        check("\"// no comment\" d", "\"             \" d");
    }

    #[test]
    fn quotes_of_lifetimes_open_nothing() {
        check("fn f<'a>(x: &'a str) { '\"' }", "fn f<'a>(x: &'a str) { ' ' }");
        check(r"let c = '\''; d", r"let c = '  '; d");
        check("'outer: loop { break 'outer; }", "'outer: loop { break 'outer; }");
        check("('é', '/')", "('  ', ' ')");
    }

    #[test]
    fn an_identifier_that_ends_in_r_is_no_prefix() {
        check(r#"for"x""#, r#"for" ""#);
    }

    #[test]
    fn strings_stay_if_only_comments_are_to_go() {
        assert_eq!(blank("f(\"a // b\") // c", Blank::Comments), "f(\"a // b\")     ");
    }

    #[test]
    fn odd_ends_do_not_panic() {
        for text in ["'", "\"\\", "r#", "b", "/", "'\\", "é'", "r\"", "/*/"] {
            assert_eq!(blank(text, Blank::CommentsAndStrings).len(), text.len(), "{text}");
        }
    }

    #[test]
    fn lines_count_from_one() {
        assert_eq!((line_of("a\nb", 0), line_of("a\nb", 2)), (1, 2));
    }

    #[test]
    fn a_marker_holds_for_its_line_and_the_next() {
        let text = "// tidy: poll, until the port answers\nsleep();\nsleep();";
        assert!(marked(text, 1, "poll") && marked(text, 2, "poll"));
        assert!(!marked(text, 3, "poll"));
        assert!(!marked(text, 2, "sql-constant"));
    }
}
