//! A whole chaos run: build, world, kills, the end of the campaign, the verdict.

use std::time::Instant;

use anyhow::{Context, Result, bail};
use serde::Serialize;

use super::build::{Profile, programs};
use super::draw::Draw;
use super::histogram::Histogram;
use super::judge::{Verdict, judge};
use super::kills::kill;
use super::rules::faults;
use super::world::{Size, World};
use crate::shell::{complain, say};

/// Options of `cargo xtask chaos`.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct Args {
    /// How often the engine is killed
    #[arg(long, value_name = "N", default_value_t = 300)]
    kills: u32,
    /// How many people the campaign has
    #[arg(long, value_name = "N", default_value_t = 5000)]
    recipients: u32,
    /// How many accounts send it
    #[arg(long, value_name = "N", default_value_t = 4)]
    accounts: u32,
    /// What the moments of the kills, the faults and the world are drawn from
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Leave the folder of home and simulator behind, also after a success
    #[arg(long)]
    keep: bool,
    /// Use the build that the tests use, not an optimised one
    #[arg(long)]
    debug: bool,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

/// The result, as `--json` prints it.
#[derive(Debug, Serialize)]
struct Outcome {
    /// What runs it again.
    command: String,
    seconds: u64,
    good: bool,
    verdict: Verdict,
    histogram: Histogram,
}

/// The short form that is part of `cargo xtask ci`, with the programs that the tests have built.
///
/// # Errors
/// As [`run`].
pub(crate) fn short() -> Result<()> {
    run(&Args {
        kills: 12,
        recipients: 200,
        accounts: 2,
        seed: 1,
        keep: false,
        debug: true,
        json: false,
    })
}

/// Runs chaos.
///
/// # Errors
/// If somebody has no message, two, or an outcome that is not true; or if the run itself fails. The
/// folder stays in both cases, and the error says where it is and how to run it again.
pub(crate) fn run(args: &Args) -> Result<()> {
    if args.accounts == 0 || args.recipients == 0 {
        bail!("a campaign needs --accounts and --recipients");
    }
    let programs = programs(if args.debug { Profile::Debug } else { Profile::Release })?;
    let start = Instant::now();
    let Args { accounts, recipients, seed, .. } = *args;
    let mut world = World::new(&programs, Size { accounts, recipients, seed })?;
    let outcome = campaign(args, &mut world, start);
    let good = outcome.as_ref().is_ok_and(|outcome| outcome.good);
    if args.keep || !good {
        complain(&format!("home and simulator are in {}", world.keep().display()));
    }
    let outcome = outcome.with_context(|| format!("to run it again: {}", args.command()))?;
    outcome.print(args.json)?;
    if !good {
        bail!("the ledger and the journal do not agree; to run it again: {}", args.command());
    }
    Ok(())
}

fn campaign(args: &Args, world: &mut World, start: Instant) -> Result<Outcome> {
    let kills = u64::from(args.kills);
    let mut draw = Draw::new(args.seed);
    world.control.script(&faults())?;
    let met = kill(world, &mut draw, kills, u64::from(args.recipients))?;
    world.control.script(&serde_json::json!([]))?;
    world.tg("run --until-idle")?;
    world.tg("db check")?;
    let rows = world.rows()?;
    let report = world.report()?;
    let verdict = judge(world.journal.messages()?, &rows, &report);
    Ok(Outcome {
        command: args.command(),
        seconds: start.elapsed().as_secs(),
        good: verdict.is_good(),
        verdict,
        histogram: Histogram::new(&met),
    })
}

impl Args {
    fn command(&self) -> String {
        let Self { kills, recipients, accounts, seed, debug, .. } = self;
        let debug = if *debug { " --debug" } else { "" };
        format!(
            "cargo xtask chaos --kills {kills} --recipients {recipients} --accounts {accounts} \
             --seed {seed}{debug}"
        )
    }
}

impl Outcome {
    fn print(&self, json: bool) -> Result<()> {
        if json {
            say(&serde_json::to_string_pretty(self)?);
            return Ok(());
        }
        let Verdict { recipients, delivered, lost, double, unknown, untrue, faults } =
            &self.verdict;
        say(&self.command);
        self.histogram.lines().iter().for_each(|line| say(line));
        say(&format!(
            "{recipients} recipients, {delivered} have the message, in {} s",
            self.seconds
        ));
        say(&format!(
            "{lost} lost, {double} double, {unknown} unknown, {untrue} with an untrue outcome"
        ));
        faults.iter().for_each(|fault| complain(&format!("  {fault}")));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Args;

    #[test]
    fn the_command_that_repeats_a_run_names_everything_that_it_depends_on() {
        let args = Args {
            kills: 3,
            recipients: 50,
            accounts: 2,
            seed: 9,
            keep: true,
            debug: true,
            json: true,
        };
        assert_eq!(
            args.command(),
            "cargo xtask chaos --kills 3 --recipients 50 --accounts 2 --seed 9 --debug"
        );
    }
}
