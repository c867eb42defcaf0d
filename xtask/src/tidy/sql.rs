//! SQL is text that was written, not text that was put together.

use super::finding::Finding;
use super::rust::{Blank, blank, line_of, marked};

const MACROS: &[&str] = &["format!(", "write!(", "writeln!(", "format_args!("];
const VERBS: &[&str] = &["SELECT", "INSERT", "UPDATE", "DELETE"];

/// Values reach SQL as bound parameters. Where the text itself has to vary between constants (a
/// table, an order), the line says `// tidy: sql-constant`.
pub(super) fn built(path: &str, text: &str) -> Vec<Finding> {
    if !path.ends_with(".rs") || !path.starts_with("crates/tg-store/") {
        return Vec::new();
    }
    let code = blank(text, Blank::Comments);
    let mut found = Vec::new();
    for name in MACROS {
        for (at, _) in code.match_indices(name) {
            let inside = &code[at..at + call_length(&code[at..])];
            if !is_built_sql(inside) {
                continue;
            }
            let first = line_of(&code, at);
            let last = first + inside.matches('\n').count();
            if !(first..=last).any(|line| marked(text, line, "sql-constant")) {
                let message = "SQL put together from pieces: bind the values (`?1`); where only \
                    constants vary, say `// tidy: sql-constant`";
                found.push(Finding::at("sql", path, first, message));
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

/// The length of a macro call up to its closing parenthesis, strings skipped.
fn call_length(code: &str) -> usize {
    let bare = blank(code, Blank::CommentsAndStrings);
    let mut depth = 0_u32;
    for (at, byte) in bare.bytes().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' if depth == 1 => return at + 1,
            b')' => depth -= 1,
            _ => {}
        }
    }
    code.len()
}

fn is_built_sql(call: &str) -> bool {
    let bare = blank(call, Blank::CommentsAndStrings);
    // What blanking took away is the content of the strings.
    let strings: String = call
        .bytes()
        .zip(bare.bytes())
        .map(|(byte, left)| if byte == left { ' ' } else { char::from(byte) })
        .collect();
    let words: Vec<_> = strings.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect();
    let statement = VERBS.iter().any(|verb| words.contains(verb));
    statement && call.replace("{{", "").contains('{')
}

#[cfg(test)]
mod tests {
    use super::super::finding::lines;
    use super::built;

    fn found(text: &str) -> Vec<usize> {
        lines(&built("crates/tg-store/src/a.rs", text))
    }

    #[test]
    fn interpolated_statements_are_found() {
        assert_eq!(found("let q = format!(\"SELECT a FROM t WHERE b = '{b}'\");\n"), [1]);
        assert_eq!(found("a;\nlet q = format!(\n    \"DELETE FROM {}\",\n    t(),\n);\n"), [2]);
        assert_eq!(found("write!(q, \"UPDATE {t} SET a = 1\")?;\n"), [1]);
        assert_eq!(found("format!(r#\"INSERT INTO {t} VALUES (\"a)\")\"#);\n"), [1]);
    }

    #[test]
    fn text_about_statements_is_fine() {
        assert_eq!(found("format!(\"the Update of {a} failed\");\n"), [0; 0]);
        assert_eq!(found("format!(\"SELECT '{{}}'\");\n"), [0; 0]);
        assert_eq!(found("// format!(\"SELECT {a}\")\n"), [0; 0]);
        assert_eq!(found("c.execute(\"DELETE FROM t WHERE a = ?1\", [a])?;\n"), [0; 0]);
        assert_eq!(found("format!(\"{a}\"); c.execute(\"DELETE FROM t\", {a})\n"), [0; 0]);
    }

    #[test]
    fn constants_say_so() {
        let text = "// tidy: sql-constant, the order is one of two literals\nformat!(\"SELECT a ORDER BY {o}\");\n";
        assert_eq!(found(text), [0; 0]);
        let inside =
            "format!(\n    \"SELECT a ORDER BY {o}\", // tidy: sql-constant, of two literals\n);\n";
        assert_eq!(found(inside), [0; 0]);
    }

    #[test]
    fn only_the_store_has_sql() {
        let text = "format!(\"SELECT {a}\");\n";
        assert!(built("crates/tg-app/src/a.rs", text).is_empty());
    }
}
