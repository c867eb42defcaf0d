//! `cargo xtask interop`: clients that we did not write judge the simulator.
//!
//! The checks themselves are Python, in xtask/interop; here is what they need around them.

mod lines;
mod outcome;
mod run;
mod sim;
mod table;
mod venv;

pub(crate) use run::{Args, run};
