//! What libFuzzer says about a run, and the table made of it.

use super::target::Target;

/// What one target's run came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Outcome {
    /// Inputs that were run.
    pub(super) executions: u64,
    /// Places in the code that were reached.
    pub(super) coverage: u64,
    /// Files with inputs that failed, and why.
    pub(super) findings: Vec<String>,
    reason: Option<String>,
}

impl Outcome {
    /// Takes a line of libFuzzer's (llvm.org/docs/LibFuzzer.html#output).
    pub(super) fn line(&mut self, line: &str) {
        if let Some(count) = line.strip_prefix("stat::number_of_executed_units:") {
            self.executions = count.trim().parse().unwrap_or(self.executions);
        } else if let Some(file) = line.split("Test unit written to ").nth(1) {
            let why = self.reason.take().unwrap_or_else(|| "it failed".to_owned());
            self.findings.push(format!("{why}: {}", file.trim()));
        } else if line.contains("ERROR: libFuzzer:") || line.contains("panicked at") {
            // The panic comes first and says more than what libFuzzer makes of it.
            self.reason.get_or_insert_with(|| line.trim().to_owned());
        } else if line.starts_with('#') {
            self.progress(line);
        }
    }

    /// `#123  NEW  cov: 45 ft: 67 …`
    fn progress(&mut self, line: &str) {
        let mut words = line.split_whitespace();
        let count = words.next().and_then(|word| word.strip_prefix('#')?.parse().ok());
        self.executions = self.executions.max(count.unwrap_or(0));
        while let Some(word) = words.next() {
            if word == "cov:" {
                let reached = words.next().and_then(|word| word.parse().ok());
                self.coverage = reached.unwrap_or(self.coverage);
            }
        }
    }
}

/// The runs as a table in Markdown.
pub(super) fn table(runs: &[(Target, Outcome)], minutes: u64) -> Vec<String> {
    let mut lines = vec![
        "| target | what it is fed | minutes | executions | edges reached | findings |".to_owned(),
        "|---|---|---:|---:|---:|---:|".to_owned(),
    ];
    lines.extend(runs.iter().map(|(target, outcome)| {
        format!(
            "| `{}` | {} | {minutes} | {} | {} | {} |",
            target.name,
            target.about,
            grouped(outcome.executions),
            grouped(outcome.coverage),
            outcome.findings.len()
        )
    }));
    lines
}

/// A number with commas between thousands.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Outcome, grouped, table};
    use crate::fuzz::target::Target;

    fn read(text: &str) -> Outcome {
        let mut outcome = Outcome::default();
        text.lines().for_each(|line| outcome.line(line));
        outcome
    }

    #[test]
    fn a_run_to_the_end() {
        let outcome = read(
            "INFO: seed corpus: files: 3\n#2\tINITED cov: 10 ft: 11 corp: 1/1b\n\
             #4096\tpulse  cov: 1234 ft: 2000 corp: 5/9b\nDone 5000 runs in 2 second(s)\n\
             stat::number_of_executed_units: 5000\nstat::peak_rss_mb: 30\n",
        );
        assert_eq!((outcome.executions, outcome.coverage), (5_000, 1_234));
        assert!(outcome.findings.is_empty());
    }

    #[test]
    fn a_finding_has_its_reason_and_its_file() {
        let outcome = read(
            "#700\tNEW cov: 12\nthread '<unnamed>' panicked at src/x.rs:1:2:\nout of order\n\
             ==7== ERROR: libFuzzer: deadly signal\n\
             artifact_prefix='a/'; Test unit written to a/crash-1\n",
        );
        let expected = "thread '<unnamed>' panicked at src/x.rs:1:2:: a/crash-1";
        assert_eq!(outcome.findings, [expected]);
        assert_eq!(outcome.executions, 700);
    }

    #[test]
    fn the_table_has_a_row_for_each_target() {
        let target = Target { name: "rows".to_owned(), about: "a list".to_owned() };
        let outcome = Outcome { executions: 1_234_567, coverage: 89, ..Outcome::default() };
        let lines = table(&[(target, outcome)], 10);
        assert_eq!(lines[2], "| `rows` | a list | 10 | 1,234,567 | 89 | 0 |");
        assert_eq!((grouped(0), grouped(1_000)), ("0".to_owned(), "1,000".to_owned()));
    }
}
