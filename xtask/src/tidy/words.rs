//! Words that say that something was left for later, and paths of somebody's machine.

use super::finding::Finding;
use super::rust::{Blank, blank, marked};

/// Whole words that may not stand in code or its comments.
const WORDS: &[&str] = &["TODO", "FIXME", "XXX"];
/// Phrases, in any case.
const PHRASES: &[&str] = &["for now"];
/// Calls that end in a panic instead of a feature.
const MACROS: &[&str] = &["todo!", "unimplemented!"];
/// Beginnings of paths that exist on one machine only.
const MACHINE: &[&str] = &["/work/", "/root/", "/home/"];

/// Work is done or it is an issue; it is not a remark in the code.
pub(super) fn leftovers(path: &str, text: &str) -> Vec<Finding> {
    if !is_code(path) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let lower = line.to_lowercase();
        let word = WORDS.iter().find(|word| has_word(line, word));
        let phrase = PHRASES.iter().find(|phrase| has_word(&lower, phrase));
        if let Some(word) = word.or(phrase) {
            let message = format!("`{word}`: do it, or open an issue and leave no remark");
            found.push(Finding::at("leftover", path, index + 1, message));
        }
    }
    found
}

/// No test and no feature is switched off without saying why.
pub(super) fn stubs(path: &str, text: &str) -> Vec<Finding> {
    if !path.ends_with(".rs") {
        return Vec::new();
    }
    let code = blank(text, Blank::CommentsAndStrings);
    let mut found = Vec::new();
    for (index, line) in code.lines().enumerate() {
        if let Some(name) = MACROS.iter().find(|name| has_word(line, name)) {
            let message = format!("`{name}` is a feature that panics: write it or leave it out");
            found.push(Finding::at("stub", path, index + 1, message));
        }
        if line.contains("#[ignore]") {
            let message = "an ignored test without a reason: `#[ignore = \"…\"]`, or delete it";
            found.push(Finding::at("stub", path, index + 1, message));
        }
    }
    found
}

/// The tree works wherever it lies. A line that needs such a path as an example, for instance to
/// prove that it is refused, says `// tidy: path-example`.
pub(super) fn machine_paths(path: &str, text: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let here = MACHINE.iter().find(|start| starts_path(line, start));
        if let Some(start) = here
            && !marked(text, index + 1, "path-example")
        {
            let message = format!("`{start}…` exists on one machine: make it relative");
            found.push(Finding::at("machine-path", path, index + 1, message));
        }
    }
    found
}

/// Files that are written by hand and run, as opposed to read.
fn is_code(path: &str) -> bool {
    const ENDINGS: &[&str] = &[".rs", ".sql", ".toml", ".sh", ".yml", ".yaml", ".py", "Dockerfile"];
    ENDINGS.iter().any(|ending| path.ends_with(ending)) || path.starts_with(".ci/")
}

/// Whether `word` stands in the line with no letter, digit or underscore beside it.
fn has_word(line: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        !(before.is_some_and(part) || after.is_some_and(part) && word.ends_with(part))
    })
}

/// Whether an absolute path begins with `start`: `~/work/` and `docs/home/` do not.
fn starts_path(line: &str, start: &str) -> bool {
    let inside = |c: char| c.is_alphanumeric() || "._-~/$}*".contains(c);
    line.match_indices(start).any(|(at, _)| !line[..at].chars().next_back().is_some_and(inside))
}

#[cfg(test)]
mod tests {
    use super::super::finding::lines;
    use super::{leftovers, machine_paths, stubs};

    #[test]
    fn leftovers_are_found_in_code_and_comments() {
        let text = "// TODO later\nlet a = 1; // FIXME\n// good enough For Now.\nlet XXX: u8;\n";
        assert_eq!(lines(&leftovers("a.rs", text)), [1, 2, 3, 4]);
        assert_eq!(lines(&leftovers(".ci/run", "# TODO\n")), [1]);
        assert!(leftovers("a.md", text).is_empty());
    }

    #[test]
    fn parts_of_words_are_not_leftovers() {
        let text = "let TODOS = 1;\n// 99966XXXX\n// wait for nowhere\n// FLOOD_WAIT_XXX\n";
        assert!(leftovers("a.rs", text).is_empty());
    }

    #[test]
    fn stubs_are_found_in_code_alone() {
        let text = "// todo!() is banned\ntodo!();\nunimplemented!(\"x\");\n#[ignore]\n#[ignore = \"why\"]\nlet s = \"todo!\";\n";
        assert_eq!(lines(&stubs("a.rs", text)), [2, 3, 4]);
        assert!(stubs("a.toml", text).is_empty());
    }

    #[test]
    fn paths_of_a_machine_are_found_wherever_they_stand() {
        let text = "see /home/me/x\n\"/root/.ssh\"\n(/work/a)\n";
        assert_eq!(lines(&machine_paths("docs/a.md", text)), [1, 2, 3]);
    }

    #[test]
    fn paths_that_merely_contain_the_word_are_fine() {
        let text = "docs/home/x\n~/work/a\n$HOME/work/\n https://example.org/home/\n/homes/a\n";
        assert!(machine_paths("a.md", text).is_empty());
    }

    #[test]
    fn an_example_says_that_it_is_one() {
        let text = "refuse(\"/root/.ssh\"); // tidy: path-example, must be refused\n";
        assert!(machine_paths("a.rs", text).is_empty());
    }
}
