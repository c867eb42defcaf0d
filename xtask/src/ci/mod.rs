//! `cargo xtask ci`: everything CI checks, runnable on a desk.

mod run;
mod steps;
mod tally;

pub(crate) use run::{Args, run};
