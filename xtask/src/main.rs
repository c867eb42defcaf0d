//! What people and CI type: `cargo xtask TASK`. This file names the tasks and hands over to them.
//!
//! A task is a module of its own beside this file, with a `pub(crate) fn run`. To add one: the
//! module, a variant of [`Task`] whose doc comment is its help text, and an arm in [`dispatch`].

mod bench;
mod chaos;
mod ci;
mod cures;
mod fuzz;
mod interop;
mod layers;
mod reference;
mod shell;
mod tidy;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The chores of this workspace, the same on a desk and in CI.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

const EXAMPLES: &str = "\
Examples:
  cargo xtask ci                  all that CI checks, in CI's order
  cargo xtask ci --list           what the steps are
  cargo xtask ci --only clippy    one of them again
  cargo xtask tidy                the quick one, before a commit";

#[derive(Debug, Subcommand)]
enum Task {
    /// Measure how fast the house is, as ratios, and write JSON and a Markdown table.
    ///
    /// Every figure compares two things that take turns on this machine. A missed bar is a finding,
    /// not an error. What the figures mean is in docs/benchmarks.md.
    Bench(bench::Args),
    /// Kill the engine again and again while Telegram misbehaves, and compare what was delivered with
    /// what the home says.
    ///
    /// The simulated Telegram drops connections before and after it has carried out a call, delays,
    /// hangs and imposes waits. The moments of the kills come from a seed and are counted in calls.
    /// At the end everybody has to have the message once, and an outcome that says so.
    ///
    /// `--with all` puts every account behind a proxy and lets proxies die, go silent and be replaced,
    /// lines go dead, accounts move to another data centre, be frozen and banned with messages in hand.
    /// Nobody may then be seen past a proxy, or with a session open twice.
    Chaos(chaos::Args),
    /// Run every check that CI runs, in the same order, and stop at the first that fails.
    Ci(ci::Args),
    /// Take the cures against double sending away, one at a time, and show that tests notice.
    ///
    /// Works on a copy of the tree below target/cures. Takes some minutes per cure; needs
    /// cargo-nextest.
    Cures(cures::Args),
    /// Feed the parsers with what a fuzzer makes up, and print executions and findings.
    ///
    /// The targets are in tests/fuzz. Needs the nightly toolchain and cargo-fuzz. What was found is
    /// kept below target/fuzz, as is what was learned, for the next run.
    Fuzz(fuzz::Args),
    /// Let clients that we did not write judge the simulator.
    ///
    /// Telethon and kurigram, pinned, each over every transport that it offers: resolving, sending,
    /// repeating, histories, updates, lost connections, bots. Needs Python 3.11 and, the first time,
    /// a way to PyPI; therefore not a part of `ci`.
    Interop(interop::Args),
    /// Compare the dependencies of our crates with the drawing in ARCHITECTURE.md.
    ///
    /// An arrow that is not drawn, or an outside crate named where it does not belong, is a
    /// violation. The drawing is the table in xtask/src/layers/drawing.rs.
    Layers,
    /// Write docs/reference/cli.md from what the program itself says.
    Reference(reference::Args),
    /// Check the house rules that neither the compiler nor clippy knows.
    ///
    /// File headers and sizes, leftover words, waits in tests, SQL built from strings, machine
    /// paths, DEPS.md, manifests, migrations. Exceptions, each with its reason, are in
    /// xtask/tidy-allow.toml.
    Tidy,
}

fn main() -> ExitCode {
    match dispatch(Cli::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            shell::complain(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn dispatch(task: Task) -> anyhow::Result<()> {
    match task {
        Task::Bench(args) => bench::run(&args),
        Task::Chaos(args) => chaos::run(&args),
        Task::Ci(args) => ci::run(&args),
        Task::Cures(args) => cures::run(&args),
        Task::Fuzz(args) => fuzz::run(&args),
        Task::Interop(args) => interop::run(&args),
        Task::Layers => layers::run(),
        Task::Reference(args) => reference::run(&args),
        Task::Tidy => tidy::run(),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Cli;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_task_says_what_it_is_for() {
        for task in Cli::command().get_subcommands() {
            let about = task.get_about().map(ToString::to_string);
            assert!(about.is_some_and(|text| text.len() > 20), "{}", task.get_name());
        }
    }
}
