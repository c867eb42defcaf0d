//! Which measurements, how large, in which order, and where the report goes.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::ValueEnum;

use super::figure::Figure;
use super::programs::Programs;
use super::report::Report;
use super::{audit, bulk, claims, fleet, memory, sends, start, vault};
use crate::shell;

/// Options of `cargo xtask bench`.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Small numbers: whether everything runs, not how fast
    #[arg(long, conflicts_with = "large")]
    quick: bool,
    /// Claims before ten million rows instead of one
    #[arg(long)]
    large: bool,
    /// Only this part; may be given several times
    #[arg(long, value_enum, value_name = "PART")]
    only: Vec<Part>,
    /// How often either side is measured, in turns
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=50))]
    rounds: Option<u32>,
    /// Where the JSON goes [default: target/bench/results.json]
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Replace the table in docs/benchmarks.md
    #[arg(long)]
    publish: bool,
}

/// A part of the measurements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// The engine against grammers alone
    Sends,
    /// The engine against Telethon
    Telethon,
    /// Claiming and settling with few and many rows behind them
    Claims,
    /// The audit row of a change
    Audit,
    /// Import, planning, status
    Bulk,
    /// Resident memory
    Memory,
    /// The program's start
    Start,
    /// Unsealing the sessions of a thousand accounts
    Vault,
    /// Many accounts that only listen, against Telethon
    Fleet,
}

/// How much is measured.
#[derive(Clone, Copy, Debug)]
struct Size {
    name: &'static str,
    rounds: u32,
    /// Messages of one campaign; a fifth of them against Telethon, which takes longer.
    messages: u32,
    /// Rows behind a claim.
    behind: u64,
    /// Rows of an import and a plan.
    rows: u64,
    /// Sends before memory is looked at.
    sends: u32,
    /// Accounts that only listen.
    fleet: u32,
}

const QUICK: Size = Size {
    name: "quick",
    rounds: 1,
    messages: 2_000,
    behind: 50_000,
    rows: 20_000,
    sends: 2_000,
    fleet: 200,
};
const DEFAULT: Size = Size {
    name: "default",
    rounds: 5,
    messages: 20_000,
    behind: 1_000_000,
    rows: 1_000_000,
    sends: 20_000,
    fleet: 1_000,
};
const LARGE: Size = Size { name: "large", behind: 10_000_000, ..DEFAULT };

impl Args {
    fn size(&self) -> Size {
        let size = match (self.quick, self.large) {
            (true, _) => QUICK,
            (_, true) => LARGE,
            _ => DEFAULT,
        };
        match self.rounds {
            Some(rounds) => Size { rounds, ..size },
            None => size,
        }
    }
}

/// Builds, measures, reports. A missed bar is a finding, not an error.
///
/// # Errors
/// If something cannot be built or run.
pub(crate) fn run(args: &Args) -> Result<()> {
    let size = args.size();
    let programs = Programs::build()?;
    let parts: Vec<Part> =
        if args.only.is_empty() { Part::value_variants().to_vec() } else { args.only.clone() };
    let mut figures = Vec::new();
    for part in parts {
        shell::complain(&format!("bench: {part:?}"));
        figures.extend(measure(part, &programs, size).with_context(|| format!("{part:?}"))?);
    }
    let report = Report::new(format!("{}, {} rounds", size.name, size.rounds), figures);
    let root = shell::root()?;
    let json = args.json.clone().unwrap_or_else(|| root.join("target/bench/results.json"));
    if let Some(folder) = json.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(&json, report.json()?)
        .with_context(|| format!("{} cannot be written", json.display()))?;
    shell::say(&report.markdown());
    if args.publish {
        report.publish(&root.join("docs/benchmarks.md"))?;
    }
    Ok(())
}

fn measure(part: Part, programs: &Programs, size: Size) -> Result<Vec<Figure>> {
    match part {
        Part::Sends => sends::grammers(programs, size.messages, size.rounds),
        Part::Telethon => sends::telethon(programs, size.messages / 5, size.rounds),
        Part::Claims => claims::claims(programs, size.behind, size.rounds.min(7)),
        Part::Audit => audit::audit(programs, size.rounds),
        Part::Bulk => bulk::bulk(programs, size.rows, size.rounds),
        Part::Memory => {
            memory::memory(programs, size.sends, size.behind.min(1_000_000), size.rounds)
        }
        Part::Start => start::start(programs, size.rounds),
        Part::Vault => vault::vault(programs, size.rounds),
        Part::Fleet => fleet::fleet(programs, size.fleet, size.rounds.min(3)),
    }
}
