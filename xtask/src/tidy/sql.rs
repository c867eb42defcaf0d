//! SQL is text that was written, not text that was put together.

use super::finding::Finding;
use super::rust::{Blank, blank, line_of, marked};

const MACROS: &[&str] = &["format!(", "write!(", "writeln!(", "format_args!("];
/// Words of statements and of the clauses that values go to.
const WORDS: &[&str] = &["SELECT", "INSERT", "UPDATE", "DELETE", "WHERE", "VALUES", "HAVING"];
const MESSAGE: &str = "SQL put together from pieces: bind the values (`?1`); where only constants \
    vary, say `// tidy: sql-constant`";

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
                found.push(Finding::at("sql", path, first, MESSAGE));
            }
        }
    }
    for at in glued(&code) {
        let line = line_of(&code, at);
        if !marked(text, line, "sql-constant") {
            found.push(Finding::at("sql", path, line, MESSAGE));
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

/// Where a piece of SQL is glued to something: by `+`, `push_str`, `concat`, `join` or `replace`.
fn glued(code: &str) -> Vec<usize> {
    let bare = blank(code, Blank::CommentsAndStrings);
    let mut quotes = bare.match_indices('"').map(|(at, _)| at);
    let mut found = Vec::new();
    while let (Some(open), Some(close)) = (quotes.next(), quotes.next()) {
        let is_sql = has_word(&code[open + 1..close]);
        if is_sql && (is_appended(&bare[..open]) || is_continued(&bare[close + 1..])) {
            found.push(open);
        }
    }
    found
}

/// Whether what stands before a string puts it behind something.
fn is_appended(before: &str) -> bool {
    let before = before.trim_end_matches(['r', '#', '&']).trim_end();
    ["push_str(", "write_str(", "+", "+="].iter().any(|end| before.ends_with(end))
}

/// Whether what stands behind a string goes on with it.
fn is_continued(after: &str) -> bool {
    let mut after = after.trim_start_matches('#').trim_start();
    while let Some(rest) = [".to_owned()", ".to_string()", ".into()", ".as_str()", ")"]
        .iter()
        .find_map(|owned| after.strip_prefix(owned))
    {
        after = rest.trim_start();
    }
    if [".replace(", ".replacen(", ".concat()", ".join("].iter().any(|by| after.starts_with(by)) {
        return true;
    }
    // A list of pieces; what follows it tells what becomes of them.
    let mut depth = 0_u32;
    let end = after.char_indices().find(|(_, c)| match c {
        '[' | '(' | '{' => {
            depth += 1;
            false
        }
        ']' | ')' | '}' if depth > 0 => {
            depth -= 1;
            false
        }
        ']' | ')' | '}' | ';' => true,
        _ => false,
    });
    let rest = end.and_then(|(at, _)| after.get(at..)).unwrap_or_default();
    let is_list = rest.strip_prefix(']').map(str::trim_start);
    after.starts_with('+')
        || is_list.is_some_and(|next| next.starts_with(".concat()") || next.starts_with(".join("))
}

fn has_word(text: &str) -> bool {
    let mut words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.any(|word| WORDS.contains(&word))
}

fn is_built_sql(call: &str) -> bool {
    let bare = blank(call, Blank::CommentsAndStrings);
    // What blanking took away is the content of the strings.
    let strings: String = call
        .bytes()
        .zip(bare.bytes())
        .map(|(byte, left)| if byte == left { ' ' } else { char::from(byte) })
        .collect();
    has_word(&strings) && call.replace("{{", "").contains('{')
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
    fn glued_statements_are_found() {
        assert_eq!(
            found("let q = \"SELECT a FROM t WHERE b = '\".to_owned() + &b + \"'\";\n"),
            [1]
        );
        assert_eq!(found("let q = String::from(\"SELECT a \") + b;\n"), [1]);
        assert_eq!(found("q += \" WHERE a = \";\n"), [1]);
        assert_eq!(found("x;\nq.push_str(\"DELETE FROM t\");\n"), [2]);
        assert_eq!(found("[\"SELECT a FROM \", &table].concat();\n"), [1]);
        assert_eq!(found("[\"a\", \"WHERE b\", &v].join(\" \");\n"), [1]);
        assert_eq!(found("\"SELECT ?t\".replace(\"?t\", &table);\n"), [1]);
        assert_eq!(found("format!(\" WHERE a = '{a}'\");\n"), [1]);
        let alone = "c.prepare(\"SELECT a\")?.query([a + 1]); let n = 1 + 2; [\"SELECT\"].len();\n";
        assert_eq!(found(alone), [0; 0]);
        assert_eq!(
            found("// tidy: sql-constant\nlet q = \"SELECT \".to_owned() + COLUMNS;\n"),
            [0; 0]
        );
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
