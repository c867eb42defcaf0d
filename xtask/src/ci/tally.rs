//! Finds in what a test runner prints how many tests it ran, so that the recap can repeat it.

/// Reads the lines of `cargo nextest run` or `cargo test` as they pass.
#[derive(Debug, Default)]
pub(super) struct Tally {
    nextest: Option<String>,
    passed: u64,
    ignored: u64,
    binaries: u64,
}

impl Tally {
    /// Takes in one line; lines that say nothing about totals are ignored.
    pub(super) fn feed(&mut self, line: &str) {
        let line = plain(line);
        let line = line.trim();
        if let Some(rest) = line.strip_prefix("Summary [") {
            if let Some((_, totals)) = rest.split_once(']') {
                self.nextest = Some(totals.trim().to_owned());
            }
        } else if let Some(rest) = line.strip_prefix("test result: ") {
            self.binaries += 1;
            self.passed += count(rest, "passed");
            self.ignored += count(rest, "ignored");
        }
    }

    /// The totals in a few words; none if no runner reported any.
    pub(super) fn summary(&self) -> Option<String> {
        if let Some(totals) = &self.nextest {
            return Some(totals.clone());
        }
        (self.binaries > 0).then(|| {
            let Self { passed, ignored, binaries, .. } = self;
            format!("{passed} passed, {ignored} ignored in {binaries} test binaries")
        })
    }
}

/// The number in front of `word`, as in `3 passed; 0 failed`.
fn count(text: &str, word: &str) -> u64 {
    let words: Vec<&str> = text.split([' ', ';']).filter(|part| !part.is_empty()).collect();
    words
        .iter()
        .position(|part| *part == word)
        .and_then(|at| words.get(at.checked_sub(1)?))
        .and_then(|number| number.parse().ok())
        .unwrap_or(0)
}

/// The text without terminal colours.
fn plain(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' {
            // A colour sequence ends with its first letter.
            chars.by_ref().find(char::is_ascii_alphabetic);
        } else {
            text.push(c);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::Tally;

    fn tally(lines: &[&str]) -> Option<String> {
        let mut tally = Tally::default();
        lines.iter().for_each(|line| tally.feed(line));
        tally.summary()
    }

    #[test]
    fn nextest_reports_once() {
        let lines = [
            "        PASS [   0.010s] tg-core ids::tests::round_trip",
            "\u{1b}[32;1m     Summary\u{1b}[0m [   1.250s] 12 tests run: 12 passed, 1 skipped",
        ];
        assert_eq!(tally(&lines).as_deref(), Some("12 tests run: 12 passed, 1 skipped"));
    }

    #[test]
    fn the_built_in_runner_reports_per_binary() {
        let lines = [
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished",
            "test result: ok. 4 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished",
        ];
        assert_eq!(tally(&lines).as_deref(), Some("7 passed, 1 ignored in 2 test binaries"));
    }

    #[test]
    fn silence_is_no_summary() {
        assert_eq!(tally(&["Compiling tg-core", ""]), None);
    }
}
