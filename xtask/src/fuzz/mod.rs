//! `cargo xtask fuzz`: every fuzz target for some minutes, and what came of it.

mod outcome;
mod run;
mod target;
mod tools;

pub(crate) use run::{Args, run};
