//! The shape of source files: how they open, how long they are, where logic may stand.

use super::finding::Finding;
use super::rust::{Blank, blank};

/// The most lines a source file may have.
pub(super) const MAX_LINES: usize = 400;
/// The most bytes any file may have: 1 MiB.
pub(super) const MAX_BYTES: u64 = 1024 * 1024;

/// Every source file opens by saying what it is for.
pub(super) fn header(path: &str, text: &str) -> Vec<Finding> {
    if !path.ends_with(".rs") || after_attributes(text).starts_with("//!") {
        return Vec::new();
    }
    let message = "opens without `//!`: say in a line what the file is for";
    vec![Finding::at("header", path, 1, message)]
}

/// The text after attributes of the whole file and empty lines.
fn after_attributes(text: &str) -> &str {
    let mut rest = text.trim_start();
    while rest.starts_with("#![") {
        let mut depth = 0_u32;
        let end = rest.char_indices().find(|(_, c)| {
            match c {
                '[' => depth += 1,
                ']' => depth -= 1,
                _ => {}
            }
            *c == ']' && depth == 0
        });
        let Some((end, _)) = end else { return "" };
        rest = rest[end + 1..].trim_start();
    }
    rest
}

/// Source files stay short enough to be read in one go.
pub(super) fn long_file(path: &str, text: &str) -> Vec<Finding> {
    let lines = text.lines().count();
    if !path.ends_with(".rs") || lines <= MAX_LINES {
        return Vec::new();
    }
    let message = format!(
        "{lines} lines, more than {MAX_LINES}: split it by purpose, or give the reason in xtask/tidy-allow.toml"
    );
    vec![Finding::whole("long-file", path, message)]
}

/// `mod.rs` and `lib.rs` are tables of contents: no function stands in them.
pub(super) fn logic_free(path: &str, text: &str) -> Vec<Finding> {
    let name = path.rsplit('/').next().unwrap_or(path);
    if name != "mod.rs" && name != "lib.rs" {
        return Vec::new();
    }
    let code = blank(text, Blank::CommentsAndStrings);
    let words = |line: &str| -> bool {
        let mut words = line.split(|c: char| !(c.is_alphanumeric() || c == '_'));
        // `fn(…)` alone is a type; a name after it makes it a function.
        words.any(|word| word == "fn") && line.contains("fn ")
    };
    code.lines()
        .enumerate()
        .filter(|(_, line)| words(line))
        .map(|(index, _)| {
            let message =
                format!("a function in {name}: move it to a file named after its purpose");
            Finding::at("logic-free", path, index + 1, message)
        })
        .collect()
}

/// No file is so large that it makes every clone slow.
pub(super) fn large_file(path: &str, bytes: u64) -> Option<Finding> {
    (bytes > MAX_BYTES).then(|| {
        let message = format!("{bytes} bytes, more than 1 MiB: make it when it is needed");
        Finding::whole("large-file", path, message)
    })
}

#[cfg(test)]
mod tests {
    use super::super::finding::lines;
    use super::{MAX_BYTES, MAX_LINES, header, large_file, logic_free, long_file};

    #[test]
    fn a_header_may_follow_attributes_and_nothing_else() {
        let fine = |text: &str| header("crates/a/src/x.rs", text).is_empty();
        assert!(fine("//! Purpose.\n"));
        assert!(fine("#![allow(a)]\n#![expect(\n    b[0],\n)]\n\n//! Purpose.\n"));
        assert!(!fine("use a;\n//! Late.\n"));
        assert!(!fine("// Not documentation.\n"));
        assert!(!fine("#![never_closed"));
        assert!(!fine(""));
        assert!(header("notes.md", "").is_empty());
    }

    #[test]
    fn the_limit_is_the_last_length_allowed() {
        let found = |lines: usize| long_file("a.rs", &"x\n".repeat(lines)).len();
        assert_eq!((found(MAX_LINES), found(MAX_LINES + 1)), (0, 1));
        assert!(long_file("a.md", &"x\n".repeat(MAX_LINES + 1)).is_empty());
    }

    #[test]
    fn functions_in_tables_of_contents_are_found() {
        let text =
            "//! Doc: fn main() {}\nmod a;\npub fn b() {\n}\ntype F = fn(u8);\nasync fn c() {}\n";
        assert_eq!(lines(&logic_free("crates/a/src/lib.rs", text)), [3, 6]);
        assert_eq!(lines(&logic_free("crates/a/src/b/mod.rs", text)), [3, 6]);
        assert!(logic_free("crates/a/src/main.rs", text).is_empty());
    }

    #[test]
    fn a_mebibyte_is_allowed() {
        assert!(large_file("a", MAX_BYTES).is_none());
        assert!(large_file("a", MAX_BYTES + 1).is_some());
    }
}
