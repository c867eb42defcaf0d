//! The engine, with its durable ledger, against grammers alone and against Telethon: the same
//! people through the same accounts, the same text, everybody's address known beforehand.

use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::figure::{Bar, Figure};
use super::measure::{self, as_f64};
use super::programs::Programs;
use super::telethon::Telethon;
use super::world::{Home, Sim, TEXT, text};

/// What one client did.
struct Sent {
    /// Processor time of the whole process per message, microseconds.
    cpu: f64,
    /// Messages a second, by the simulator's journal.
    rate: f64,
}

/// A simulator, a home and a peers file whose owners have asked about everybody.
struct Bench<'a> {
    programs: &'a Programs,
    sim: Sim,
    home: Home<'a>,
    users: u32,
    campaigns: u32,
}

impl<'a> Bench<'a> {
    fn new(programs: &'a Programs, accounts: u32, users: u32) -> Result<Self> {
        let sim = Sim::start(programs, accounts, users)?;
        let home = Home::new(programs)?;
        home.tg(&["account", "import", &text(&sim.file("accounts.json"))])?;
        home.import(&sim.file("people.csv"))?;
        let mut bench = Self { programs, sim, home, users, campaigns: 0 };
        bench.resolve(users)?;
        // The first campaign asks for addresses; those that are measured know them.
        bench.engine(8)?;
        Ok(bench)
    }

    /// Lets the bare loop learn its addresses.
    fn resolve(&self, users: u32) -> Result<()> {
        measure::run(
            Command::new(&self.programs.bare_loop)
                .arg("resolve")
                .arg(self.sim.folder())
                .arg(self.home.path("peers.json"))
                .arg(users.to_string()),
        )
        .map(drop)
    }

    /// One campaign to everybody.
    fn engine(&mut self, depth: u32) -> Result<Sent> {
        self.campaigns += 1;
        let name = format!("campaign-{}", self.campaigns);
        // What another client sent through these accounts meanwhile is heard beforehand: it is no
        // part of sending.
        self.home.tg(&["run", "--until-idle"])?;
        self.home.draft(&name)?;
        self.home.tg(&["campaign", "start", &name])?;
        let mut run = self.home.command(&["run", "--until-idle"]);
        run.env("TG_RUN_IN_FLIGHT", depth.to_string());
        self.sent(&mut run, self.users)
    }

    fn bare(&mut self, depth: u32) -> Result<Sent> {
        let mut run = Command::new(&self.programs.bare_loop);
        run.arg("send").arg(self.sim.folder()).arg(self.home.path("peers.json"));
        run.arg(depth.to_string()).arg(TEXT);
        self.sent(&mut run, self.users)
    }

    fn sent(&mut self, run: &mut Command, expected: u32) -> Result<Sent> {
        let done = measure::run(run)?;
        let (count, rate) = self.sim.delivered()?;
        ensure!(count == u64::from(expected), "{count} of {expected} messages were delivered");
        Ok(Sent { cpu: done.spent.cpu.as_secs_f64() * 1e6 / as_f64(count), rate })
    }
}

/// The engine against the bare loop, at each number of accounts and each depth.
pub(super) fn grammers(programs: &Programs, users: u32, rounds: u32) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for accounts in [1, 20] {
        let mut bench = Bench::new(programs, accounts, users)?;
        for depth in [1, 8] {
            let (mut cpu, mut rate) = (Vec::new(), Vec::new());
            for _ in 0..rounds {
                let (ours, bare) = (bench.engine(depth)?, bench.bare(depth)?);
                cpu.push((ours.cpu, bare.cpu));
                rate.push((ours.rate, bare.rate));
            }
            let what = format!("engine / grammers alone, {accounts} accounts, depth {depth}");
            let what = what.replace("1 accounts", "1 account");
            let bar = if (accounts, depth) == (20, 1) { Bar::AtLeast(0.8) } else { Bar::None };
            figures.push(Figure::ratio(&*what, "µs CPU per message", cpu, Bar::AtMost(2.0)));
            figures.push(Figure::ratio(&*what, "messages/s", rate, bar));
        }
    }
    Ok(figures)
}

/// The engine as it is set by default against Telethon, which commits each message to SQLite.
pub(super) fn telethon(programs: &Programs, users: u32, rounds: u32) -> Result<Vec<Figure>> {
    let telethon = Telethon::install().context("Telethon could not be installed")?;
    let mut bench = Bench::new(programs, 20, users)?;
    let (mut cpu, mut rate) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let ours = bench.engine(8)?;
        let peers = bench.home.path("peers.json");
        let mut run =
            telethon.command(bench.sim.folder(), &peers, &bench.home.path("ledger.db"), TEXT);
        let theirs = bench.sent(&mut run, users)?;
        cpu.push((ours.cpu, theirs.cpu));
        rate.push((ours.rate, theirs.rate));
    }
    let what = "engine / Telethon 1.45.0, 20 accounts";
    Ok(vec![
        Figure::ratio(what, "µs CPU per message", cpu, Bar::AtMost(0.1)),
        Figure::ratio(what, "messages/s", rate, Bar::AtLeast(8.0)),
    ])
}
