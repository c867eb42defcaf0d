//! Resident memory after many sends, with few and with many rows planned behind them.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::claims::FEW;
use super::figure::{Bar, Figure};
use super::measure;
use super::people;
use super::programs::Programs;
use super::world::{Home, Sim, text};

/// Accounts that send.
const ACCOUNTS: u32 = 20;
/// No run takes longer.
const LIMIT: Duration = Duration::from_secs(600);

/// Memory after `sends` messages with `many` further rows planned against [`FEW`].
pub(super) fn memory(
    programs: &Programs,
    sends: u32,
    many: u64,
    rounds: u32,
) -> Result<Vec<Figure>> {
    // The large home takes long to make: all rounds use it, each in a process of its own.
    let mut large = World::new(programs, sends * (rounds + 1), many)?;
    let mut pairs = Vec::new();
    for _ in 0..rounds {
        let few = World::new(programs, sends + sends / 2, FEW)?.after(sends)?;
        pairs.push((large.after(sends)?, few));
    }
    let what = format!("resident memory after {sends} sends: {many} planned - {FEW}");
    Ok(vec![Figure::difference(what, "MiB", pairs, Bar::AtMost(20.0))])
}

/// A simulator with people who exist, and a campaign to them and to others who do not.
struct World<'a> {
    sim: Sim,
    home: Home<'a>,
    /// Lines of the journal so far.
    delivered: usize,
}

impl<'a> World<'a> {
    fn new(programs: &'a Programs, people: u32, planned: u64) -> Result<Self> {
        let sim = Sim::start(programs, ACCOUNTS, people)?;
        let home = Home::new(programs)?;
        home.tg(&["account", "import", &text(&sim.file("accounts.json"))])?;
        // Those who exist are imported first, so their rows are claimed first: those who do not are
        // never reached.
        home.import(&sim.file("people.csv"))?;
        let list = home.path("people.csv");
        people::write(&list, planned)?;
        home.import(&list)?;
        home.draft("spring")?;
        home.tg(&["campaign", "start", "spring"])?;
        Ok(Self { sim, home, delivered: 0 })
    }

    /// The engine's resident memory, MiB, when it has sent `sends` messages.
    fn after(&mut self, sends: u32) -> Result<f64> {
        let mut command = self.home.command(&["run", "--until-idle"]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut run = Run(command.spawn().context("the engine cannot be started")?);
        let until = self.delivered + usize::try_from(sends)?;
        wait_for(&self.sim.file("journal.jsonl"), until, &mut run)?;
        let resident = measure::resident(run.0.id())?;
        drop(run);
        self.delivered = lines(&self.sim.file("journal.jsonl"))?;
        Ok(resident)
    }
}

/// A running engine, ended with the measurement: the home is thrown away.
struct Run(Child);

impl Drop for Run {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Lines of a file.
fn lines(path: &Path) -> Result<usize> {
    Ok(std::fs::read(path)?.iter().filter(|byte| **byte == b'\n').count())
}

/// Waits until the journal has so many lines.
fn wait_for(journal: &Path, lines: usize, run: &mut Run) -> Result<()> {
    let mut file = File::open(journal)?;
    let (mut seen, start) = (0, Instant::now());
    let mut buffer = vec![0; 1 << 16];
    while start.elapsed() < LIMIT {
        let read = file.read(&mut buffer)?;
        seen += buffer.iter().take(read).filter(|byte| **byte == b'\n').count();
        if seen >= lines {
            return Ok(());
        }
        if read == 0 {
            if let Some(status) = run.0.try_wait()? {
                bail!("the engine ended with {status} after {seen} messages");
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
    bail!("{seen} of {lines} messages were delivered in {LIMIT:?}")
}
