//! The binary `tg`.

mod args;
mod clock;
mod commands;
mod config;
mod context;
mod credentials;
#[cfg(feature = "demo")]
mod demo;
mod doctor;
mod dumps;
mod engine;
mod env;
mod error;
mod exit;
mod guests;
mod home;
mod input;
mod keys;
mod launch;
mod logging;
mod malloc;
mod need;
mod opening;
mod outside;
mod page;
mod printer;
mod progress;
mod reading;
mod report_out;
mod reporter;
mod rewrite;
mod signals;
mod signing;
mod source;
mod table;
mod terminal;
mod text;
mod texts;
mod typed;
mod wire;
mod writing;

use std::process::ExitCode;

fn main() -> ExitCode {
    launch::launch().into()
}
