//! `cargo xtask bench`: how fast the house is, always as a ratio to something else that runs beside
//! it on the same machine. What the figures mean is in docs/benchmarks.md.

mod audit;
mod bulk;
mod claims;
mod figure;
mod fleet;
mod measure;
mod memory;
mod people;
mod programs;
mod report;
mod run;
mod sends;
mod start;
mod telethon;
mod vault;
mod world;

pub(crate) use run::{Args, run};
