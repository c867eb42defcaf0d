//! Claiming and settling with few and with many rows behind them.

use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use super::figure::{Bar, Figure};
use super::measure;
use super::programs::Programs;

/// The smaller home's rows.
pub(super) const FEW: u64 = 10_000;

/// Both costs with `many` rows against [`FEW`].
pub(super) fn claims(programs: &Programs, many: u64, rounds: u32) -> Result<Vec<Figure>> {
    let mut command = Command::new(&programs.claim_cost);
    command.args([FEW.to_string(), many.to_string(), rounds.to_string()]);
    let out = measure::run(&mut command)?.out;
    let rounds: Result<Vec<Value>, _> = out.lines().map(serde_json::from_str).collect();
    let rounds = rounds.context("the measurement's lines are not JSON")?;
    let pairs = |key: &str| -> Result<Vec<(f64, f64)>> {
        let of = |side: &Value| side[key].as_f64().context("a measurement lacks a number");
        rounds.iter().map(|round| Ok((of(&round["many"])?, of(&round["few"])?))).collect()
    };
    let what = |part| format!("claim and settle, {part}: {many} rows / {FEW}");
    Ok(vec![
        Figure::ratio(what("statements"), "µs per row", pairs("statements_us")?, Bar::AtMost(1.3)),
        Figure::ratio(
            what("with commit"),
            "µs per row",
            pairs("with_commit_us")?,
            Bar::AtMost(1.3),
        ),
    ])
}
