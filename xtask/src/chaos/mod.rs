//! `cargo xtask chaos`: kills the engine again and again while the simulated Telegram misbehaves,
//! and compares what was delivered with what the home says.

mod build;
mod control;
mod draw;
mod histogram;
mod incidents;
mod judge;
mod kills;
mod ledger;
mod links;
mod rules;
mod run;
mod world;

pub(crate) use run::{Args, run, short};
