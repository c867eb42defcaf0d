//! The figures as JSON and as a Markdown table, and where the table goes.

use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;

use super::figure::{Bar, Figure};

/// Between these lines of docs/benchmarks.md stands what was measured last.
const BEGIN: &str = "<!-- measured: begin -->";
const END: &str = "<!-- measured: end -->";

/// Everything that one run found.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    schema: &'static str,
    /// Which sizes.
    size: String,
    /// What it ran on, in words.
    machine: String,
    figures: Vec<Figure>,
}

impl Report {
    pub(super) fn new(size: String, figures: Vec<Figure>) -> Self {
        Self { schema: "tg.bench/1", size, machine: machine(), figures }
    }

    pub(super) fn json(&self) -> Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// The table, with a line about where it comes from.
    pub(super) fn markdown(&self) -> String {
        let mut out = format!("Sizes: {}. Machine: {}.\n\n", self.size, self.machine);
        out.push_str("| what | unit | ours | theirs | ratio | from … to | bar | |\n");
        out.push_str("|---|---|--:|--:|--:|--:|--:|---|\n");
        for figure in &self.figures {
            out.push_str(&line(figure));
        }
        out
    }

    /// Replaces the table in a document.
    ///
    /// # Errors
    /// If the document has no place for it.
    pub(super) fn publish(&self, document: &Path) -> Result<()> {
        let text = std::fs::read_to_string(document)?;
        let new = replaced(&text, &self.markdown())
            .with_context(|| format!("{} lacks `{BEGIN}` and `{END}`", document.display()))?;
        Ok(std::fs::write(document, new)?)
    }
}

fn replaced(text: &str, table: &str) -> Option<String> {
    let (before, rest) = text.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n\n{table}\n{END}{after}"))
}

fn line(figure: &Figure) -> String {
    let Figure { what, unit, ours, theirs, value, least, most, .. } = figure;
    let (bar, met) = match figure.bar {
        Bar::AtMost(bar) => (format!("≤ {bar}"), verdict(figure)),
        Bar::AtLeast(bar) => (format!("≥ {bar}"), verdict(figure)),
        Bar::None => (String::new(), ""),
    };
    let sign = if figure.is_difference { "Δ " } else { "" };
    format!(
        "| {what} | {unit} | {} | {} | {sign}{} | {} … {} | {bar} | {met} |\n",
        short(*ours),
        short(*theirs),
        short(*value),
        short(*least),
        short(*most)
    )
}

fn verdict(figure: &Figure) -> &'static str {
    if figure.met { "reached" } else { "**missed**" }
}

/// Three digits are more than two cores in company are good for.
fn short(value: f64) -> String {
    let places = match value.abs() {
        size if size >= 100.0 => 0,
        size if size >= 10.0 => 1,
        size if size >= 1.0 => 2,
        _ => 3,
    };
    format!("{value:.places$}")
}

/// Processor, cores, memory, and how busy it was at the end.
fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let field = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name));
        line.and_then(|line| line.split_once(':')).map(|(_, value)| value.trim().to_owned())
    };
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let model = field(&read("/proc/cpuinfo"), "model name").unwrap_or_else(|| "unknown".to_owned());
    let kib = field(&read("/proc/meminfo"), "MemTotal").unwrap_or_default();
    let gib = kib.trim_end_matches(" kB").parse::<f64>().unwrap_or(0.0) / 1_048_576.0;
    let load = read("/proc/loadavg");
    let load = load.split(' ').nth(2).unwrap_or("unknown").to_owned();
    format!("{model}, {cores} cores, {gib:.0} GiB, load over the last quarter of an hour {load}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{BEGIN, Bar, END, Figure, line, replaced, short};

    #[test]
    fn a_missed_bar_is_said_plainly() {
        let missed = Figure::ratio("a / b", "ms", vec![(5.0, 2.0)], Bar::AtMost(2.0));
        assert_eq!(
            line(&missed),
            "| a / b | ms | 5.00 | 2.00 | 2.50 | 2.50 … 2.50 | ≤ 2 | **missed** |\n"
        );
        let known = Figure::difference("a - b", "MiB", vec![(50.0, 40.0)], Bar::None);
        assert!(line(&known).contains("| Δ 10.0 | 10.0 … 10.0 |  |  |"));
    }

    #[test]
    fn only_what_stands_between_the_marks_is_replaced() {
        let text = format!("before\n{BEGIN}\nold\n{END}\nafter\n");
        let new = replaced(&text, "new\n").unwrap();
        assert_eq!(new, format!("before\n{BEGIN}\n\nnew\n\n{END}\nafter\n"));
        assert_eq!(replaced(&new, "new\n").unwrap(), new);
        assert!(replaced("nothing", "new").is_none());
    }

    #[test]
    fn numbers_are_short() {
        let shown: Vec<String> = [0.1234, 1.234, 12.34, 1234.4].map(short).into();
        assert_eq!(shown, ["0.123", "1.23", "12.3", "1234"]);
    }
}
