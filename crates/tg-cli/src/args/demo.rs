//! `tg demo`

use clap::Args;
use std::path::PathBuf;

/// What `tg help demo` adds.
pub(crate) const LONG: &str = "\
Starts a simulated Telegram on this machine, makes a home, imports accounts and people, runs a campaign through every \
command you would use, with limits, lost answers and people who blocked you, and compares the report with what the \
simulator saw. Nothing leaves this machine. Ends with 1 if the numbers do not match.

Examples:
  tg demo
  tg demo --accounts 20 --people 10000
  tg demo --keep --dir ./demo";

/// How large, and where.
#[derive(Args, Debug)]
pub(crate) struct Demo {
    /// Accounts that send
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) accounts: u32,
    /// People who receive
    #[arg(long, value_name = "N", default_value_t = 500, value_parser = clap::value_parser!(u32).range(10..=200_000))]
    pub(crate) people: u32,
    /// Keep the folder, to look around in it
    #[arg(long)]
    pub(crate) keep: bool,
    /// The folder, which must not exist or be empty; it is kept [default: a temporary one]
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
}
