//! How long the program takes to start.

use std::process::Command;

use anyhow::Result;

use super::figure::{Bar, Figure};
use super::measure::{self, ms};
use super::programs::Programs;

/// Starts of either program in one measurement: one alone is shorter than its noise.
const STARTS: u32 = 20;

/// `tg --version` against a program that does nothing.
pub(super) fn start(programs: &Programs, rounds: u32) -> Result<Vec<Figure>> {
    let time = |make: &dyn Fn() -> Command| -> Result<f64> {
        let mut sum = 0.0;
        for _ in 0..STARTS {
            sum += ms(measure::run(&mut make())?.spent.wall);
        }
        Ok(sum / f64::from(STARTS))
    };
    let ours = || {
        let mut command = Command::new(&programs.tg);
        command.arg("--version");
        command
    };
    let nothing = || Command::new("true");
    let mut pairs = Vec::new();
    for _ in 0..rounds {
        pairs.push((time(&ours)?, time(&nothing)?));
    }
    Ok(vec![Figure::ratio("tg --version / true", "ms", pairs, Bar::None)])
}
