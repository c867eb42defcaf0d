//! A fleet that only listens: what one more account costs in memory, how long it takes until all are
//! connected, what they cost while nothing happens; before and after a storm in which the data
//! centre goes away and all connect again. Beside as many Telethon clients with SQLite sessions.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::figure::{Bar, Figure};
use super::measure::{self, as_f64};
use super::programs::Programs;
use super::telethon::Telethon;
use super::world::{Home, Sim, text};

/// The smaller of the two fleets: what there is besides accounts cancels out.
const FEW: u32 = 100;
/// How long all may take to be connected.
const LIMIT: Duration = Duration::from_secs(300);
/// Between the last connection and a look at memory, and for how long idleness is watched.
const QUIET: Duration = Duration::from_secs(10);

/// What a fleet cost.
#[derive(Clone, Copy, Debug)]
struct Cost {
    /// Until all were connected, seconds.
    connected: f64,
    /// Resident memory, MiB.
    resident: f64,
    /// The same after the storm.
    after_storm: f64,
    /// Processor time while idle, percent of one core.
    idle: f64,
}

/// A fleet of [`FEW`] and of `many` accounts, ours and Telethon's, in turns.
pub(super) fn fleet(programs: &Programs, many: u32, rounds: u32) -> Result<Vec<Figure>> {
    let telethon = Telethon::install()?;
    let (mut few, mut large) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        few.push((ours(programs, FEW)?, theirs(programs, &telethon, FEW)?));
        large.push((ours(programs, many)?, theirs(programs, &telethon, many)?));
    }
    let more = f64::from(many - FEW);
    let slopes = |of: fn(&Cost) -> f64| {
        let per = |large: &Cost, few: &Cost| (of(large) - of(few)) * 1024.0 / more;
        few.iter().zip(&large).map(|(f, l)| (per(&l.0, &f.0), per(&l.1, &f.1))).collect()
    };
    let of = |take: fn(&Cost) -> f64| large.iter().map(|l| (take(&l.0), take(&l.1))).collect();
    let third = Bar::AtMost(1.0 / 3.0);
    Ok(vec![
        Figure::ratio(
            format!("memory of one more account, {FEW} to {many}"),
            "KiB",
            slopes(|c| c.resident),
            third,
        ),
        Figure::ratio(
            "the same after all connected again",
            "KiB",
            slopes(|c| c.after_storm),
            third,
        ),
        Figure::ratio(
            format!("until {many} accounts are connected"),
            "s",
            of(|c| c.connected),
            Bar::None,
        ),
        Figure::ratio(
            format!("{many} idle accounts, share of a core"),
            "%",
            of(|c| c.idle),
            Bar::None,
        ),
    ])
}

/// `tg run`, which stays connected to hear.
fn ours(programs: &Programs, accounts: u32) -> Result<Cost> {
    let sim = Sim::start(programs, accounts, 1)?;
    let home = Home::new(programs)?;
    home.tg(&["account", "import", &text(&sim.file("accounts.json"))])?;
    let command = home.command(&["run"]);
    cost(programs, sim, command, accounts)
}

fn theirs(programs: &Programs, telethon: &Telethon, accounts: u32) -> Result<Cost> {
    let sim = Sim::start(programs, accounts, 1)?;
    let sessions = tempfile::TempDir::new()?;
    let command = telethon.fleet(&sim.file("accounts.json"), sessions.path())?;
    cost(programs, sim, command, accounts)
}

fn cost(programs: &Programs, mut sim: Sim, mut command: Command, accounts: u32) -> Result<Cost> {
    let begun = Instant::now();
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut fleet = Fleet(command.spawn().context("the fleet cannot be started")?);
    fleet.connected(&sim, accounts)?;
    let connected = begun.elapsed().as_secs_f64();
    std::thread::sleep(QUIET);
    let resident = measure::resident(fleet.0.id())?;
    let (before, from) = (measure::ticks_of(fleet.0.id())?, Instant::now());
    std::thread::sleep(QUIET);
    let ticks = as_f64(measure::ticks_of(fleet.0.id())? - before) / measure::ticks_per_second()?;
    let idle = 100.0 * ticks / from.elapsed().as_secs_f64();
    sim.restart(programs)?;
    fleet.connected(&sim, accounts)?;
    std::thread::sleep(QUIET);
    let after_storm = measure::resident(fleet.0.id())?;
    Ok(Cost { connected, resident, after_storm, idle })
}

/// A running fleet, ended with the measurement.
struct Fleet(Child);

impl Fleet {
    /// Waits until the simulator has so many sockets open.
    fn connected(&mut self, sim: &Sim, accounts: u32) -> Result<()> {
        let start = Instant::now();
        let mut open = 0;
        while start.elapsed() < LIMIT {
            open = sim.connections()?;
            if open >= u64::from(accounts) {
                return Ok(());
            }
            if let Some(status) = self.0.try_wait()? {
                bail!("the fleet ended with {status} when {open} accounts were connected");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        bail!("{open} of {accounts} accounts were connected in {LIMIT:?}")
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
