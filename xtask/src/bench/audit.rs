//! What the audit row of a change costs.

use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use super::figure::{Bar, Figure};
use super::measure;
use super::programs::Programs;

/// A change with its row against the same change without one.
pub(super) fn audit(programs: &Programs, rounds: u32) -> Result<Vec<Figure>> {
    let mut command = Command::new(&programs.audit_cost);
    let out = measure::run(command.arg(rounds.to_string()))?.out;
    let lines: Result<Vec<Value>, _> = out.lines().map(serde_json::from_str).collect();
    let lines = lines.context("the measurement's lines are not JSON")?;
    let of = |line: &Value, key: &str| line[key].as_f64().context("a measurement lacks a number");
    let pairs: Result<Vec<(f64, f64)>> =
        lines.iter().map(|line| Ok((of(line, "with_row_us")?, of(line, "without_us")?))).collect();
    let what = "a change with its audit row - the change alone, commits included";
    Ok(vec![Figure::difference(what, "µs", pairs?, Bar::None)])
}
