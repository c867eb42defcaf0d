//! A whole chaos run: build, world, kills, the end of the campaign, the verdict.

use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use clap::builder::PossibleValue;
use serde::Serialize;

use super::build::{Profile, programs};
use super::draw::Draw;
use super::histogram::Histogram;
use super::incidents::{Incidents, Tally, With};
use super::judge::{Verdict, judge};
use super::kills::kill;
use super::rules::faults;
use super::world::{Size, World};
use crate::shell::{complain, say};

/// Options of `cargo xtask chaos`.
#[derive(Clone, Debug, clap::Args)]
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
    /// What happens beside the kills
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    with: Vec<With>,
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
    incidents: Tally,
    histogram: Histogram,
}

/// The short form that is part of `cargo xtask ci`, with the programs that the tests have built.
///
/// # Errors
/// As [`run`].
pub(crate) fn short() -> Result<()> {
    let plain = Args {
        kills: 12,
        recipients: 200,
        accounts: 2,
        seed: 1,
        with: Vec::new(),
        keep: false,
        debug: true,
        json: false,
    };
    run(&plain)?;
    let with = vec![With::Proxies, With::Moves, With::Bans];
    run(&Args { accounts: 4, recipients: 480, kills: 8, with, ..plain })
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
    let mut incidents = Incidents::new(&args.with, accounts, recipients, seed)?;
    let size = Size { accounts, recipients, seed, proxies: incidents.proxies() };
    let mut world = World::new(&programs, size)?;
    let outcome = campaign(args, &mut world, &mut incidents, start);
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

fn campaign(
    args: &Args,
    world: &mut World,
    incidents: &mut Incidents,
    start: Instant,
) -> Result<Outcome> {
    let kills = u64::from(args.kills);
    let mut draw = Draw::new(args.seed);
    // The first that acts decides: what happens once comes before what happens often.
    world.control.script(&[incidents.rules(), faults()].concat().into())?;
    let met = kill(world, &mut draw, incidents, kills, u64::from(args.recipients))?;
    incidents.over(world)?;
    incidents.last_silence(world)?;
    world.tg("run --until-idle")?;
    world.tg("db check")?;
    let (rows, report) = (world.rows()?, world.report()?);
    let links = world.control.links()?;
    let mut verdict =
        judge(world.journal.messages()?, &rows, &report, incidents.banned().as_deref());
    verdict.links(&links, incidents.has(With::Proxies));
    Ok(Outcome {
        command: args.command(),
        seconds: start.elapsed().as_secs(),
        good: verdict.is_good(),
        verdict,
        incidents: incidents.counted(&world.events()?)?,
        histogram: Histogram::new(&met),
    })
}

impl Args {
    fn command(&self) -> String {
        let Self { kills, recipients, accounts, seed, with, debug, .. } = self;
        let names: Vec<_> = with.iter().filter_map(With::to_possible_value).collect();
        let names: Vec<_> = names.iter().map(PossibleValue::get_name).collect();
        let with =
            if names.is_empty() { String::new() } else { format!(" --with {}", names.join(",")) };
        let debug = if *debug { " --debug" } else { "" };
        format!(
            "cargo xtask chaos --kills {kills} --recipients {recipients} --accounts {accounts} \
             --seed {seed}{with}{debug}"
        )
    }
}

impl Outcome {
    fn print(&self, json: bool) -> Result<()> {
        if json {
            say(&serde_json::to_string_pretty(self)?);
            return Ok(());
        }
        let Verdict { recipients, delivered, lost, double, unknown, untrue, .. } = &self.verdict;
        let Verdict { excused, past_proxies, two_addresses, used_in_turns, faults, .. } =
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
        self.incidents.line().iter().for_each(|line| say(line));
        say(&format!(
            "{excused} left to a person because their account was banned with them in hand"
        ));
        say(&format!(
            "{past_proxies} connections past a proxy, {two_addresses} from two addresses at once, \
             {used_in_turns} used beside a newer one"
        ));
        faults.iter().for_each(|fault| complain(&format!("  {fault}")));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Args, With};

    #[test]
    fn the_command_that_repeats_a_run_names_everything_that_it_depends_on() {
        let args = Args {
            kills: 3,
            recipients: 50,
            accounts: 2,
            seed: 9,
            with: vec![With::Proxies, With::HalfOpen],
            keep: true,
            debug: true,
            json: true,
        };
        assert_eq!(
            args.command(),
            "cargo xtask chaos --kills 3 --recipients 50 --accounts 2 --seed 9 \
             --with proxies,half-open --debug"
        );
    }
}
