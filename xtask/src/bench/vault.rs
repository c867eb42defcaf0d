//! Unsealing the sessions of all accounts, as a start does, against reading them unsealed.

use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use super::figure::{Bar, Figure};
use super::measure;
use super::programs::Programs;

/// Accounts of a large home.
const ACCOUNTS: u32 = 1_000;

/// Milliseconds for all of them.
pub(super) fn vault(programs: &Programs, rounds: u32) -> Result<Vec<Figure>> {
    let mut command = Command::new(&programs.unseal_cost);
    command.args([ACCOUNTS.to_string(), rounds.to_string()]);
    let out = measure::run(&mut command)?.out;
    let pair = |line: &str| -> Result<(f64, f64)> {
        let round: Value = serde_json::from_str(line).context("a line is not JSON")?;
        let of = |key: &str| round[key].as_f64().context("a measurement lacks a number");
        Ok((of("open_ms")?, of("copy_ms")?))
    };
    let pairs: Result<Vec<_>> = out.lines().map(pair).collect();
    let what = format!("unseal {ACCOUNTS} sessions - copy their bytes");
    Ok(vec![Figure::difference(what, "ms", pairs?, Bar::None)])
}
