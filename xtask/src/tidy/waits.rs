//! Time: tests do not wait for it, and the engine asks the clock it was given.

use super::finding::Finding;
use super::rust::{Blank, blank, marked};

/// Calls that wait.
const SLEEPS: &[&str] = &["thread::sleep", "time::sleep"];

/// Where time, randomness and identifiers come through ports, so that a run can be replayed.
const REPLAYABLE: &[&str] = &["crates/tg-core/src/", "crates/tg-engine/src/", "crates/tg-app/src/"];

/// Calls that ask the machine instead.
const MACHINE: &[&str] = &[
    "SystemTime::now",
    "std::time::Instant::now",
    "Timestamp::now",
    "Zoned::now",
    "Uuid::new_v4",
    "Uuid::now_v7",
    "rand::",
    "getrandom::",
];

/// A test that waits for time to pass is slow on a good day and wrong on a bad one. The pause
/// between two looks at a condition says `// tidy: poll` and what it looks for.
pub(super) fn sleeps(path: &str, text: &str) -> Vec<Finding> {
    let Some(from) = first_test_line(path, text) else { return Vec::new() };
    let code = blank(text, Blank::CommentsAndStrings);
    code.lines()
        .enumerate()
        .skip(from)
        .filter(|(_, line)| SLEEPS.iter().any(|call| line.contains(call)))
        .filter(|(index, _)| !marked(text, index + 1, "poll"))
        .map(|(index, _)| {
            let message = "a test that sleeps: wait for the condition, or use the virtual clock; \
                a pause between looks at a condition says `// tidy: poll`";
            Finding::at("sleep", path, index + 1, message)
        })
        .collect()
}

/// Where the test code of a file starts, from 0; none if it has no tests.
fn first_test_line(path: &str, text: &str) -> Option<usize> {
    if !path.ends_with(".rs") {
        return None;
    }
    if path.starts_with("tests/") || path.contains("/tests/") || path.ends_with("/tests.rs") {
        return Some(0);
    }
    let lines: Vec<_> = text.lines().collect();
    lines.iter().enumerate().position(|(index, line)| {
        let module = lines.iter().skip(index + 1).find(|next| !next.trim().starts_with("#["));
        line.trim() == "#[cfg(test)]"
            && module.is_some_and(|next| next.contains("mod ") && next.trim_end().ends_with('{'))
    })
}

/// Decisions depend on the `Clock` and `Entropy` ports alone.
pub(super) fn ports(path: &str, text: &str) -> Vec<Finding> {
    if !path.ends_with(".rs") || !REPLAYABLE.iter().any(|folder| path.starts_with(folder)) {
        return Vec::new();
    }
    let code = blank(text, Blank::CommentsAndStrings);
    let mut found = Vec::new();
    for (index, line) in code.lines().enumerate() {
        if let Some(call) = MACHINE.iter().find(|call| calls(line, call)) {
            let message = format!(
                "`{call}`: time, randomness and ids come through the Clock and Entropy ports"
            );
            found.push(Finding::at("port", path, index + 1, message));
        }
    }
    found
}

fn calls(line: &str, call: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(call).any(|(at, _)| !line[..at].chars().next_back().is_some_and(part))
}

#[cfg(test)]
mod tests {
    use super::super::finding::lines;
    use super::{ports, sleeps};

    #[test]
    fn tests_that_sleep_are_found_wherever_tests_stand() {
        let text = "//! Doc.\nuse a;\nstd::thread::sleep(d);\ntokio::time::sleep(d).await;\n";
        for path in ["tests/it/a.rs", "crates/a/tests/it.rs", "crates/a/src/x/tests.rs"] {
            assert_eq!(lines(&sleeps(path, text)), [3, 4], "{path}");
        }
        assert!(sleeps("crates/a/src/x.rs", text).is_empty());
    }

    #[test]
    fn in_other_files_only_the_test_module_counts() {
        let text = "fn f() { thread::sleep(d); }\n#[cfg(test)]\n#[allow(a)]\nmod tests {\n    thread::sleep(d);\n}\n";
        assert_eq!(lines(&sleeps("crates/a/src/x.rs", text)), [5]);
        let elsewhere = "#[cfg(test)]\nmod tests;\nthread::sleep(d);\n";
        assert!(sleeps("crates/a/src/x.rs", elsewhere).is_empty());
    }

    #[test]
    fn a_poll_says_so() {
        let text =
            "// tidy: poll, until the journal has a line\nthread::sleep(d);\nthread::sleep(d);\n";
        assert_eq!(lines(&sleeps("tests/it/a.rs", text)), [3]);
    }

    #[test]
    fn the_machine_is_not_asked_where_runs_can_be_replayed() {
        let text =
            "let t = SystemTime::now();\nlet b = operand::x();\nlet r = rand::rng();\n// rand::\n";
        assert_eq!(lines(&ports("crates/tg-core/src/a.rs", text)), [1, 3]);
        assert_eq!(lines(&ports("crates/tg-engine/src/a.rs", text)), [1, 3]);
        assert!(ports("crates/tg-cli/src/a.rs", text).is_empty());
    }
}
