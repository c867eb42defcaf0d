//! A simulator and a home for one measurement; both end with it.

use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;
use tempfile::TempDir;

use super::measure;
use super::programs::Programs;

/// What everybody is told. `{}` is where the bare loops put the first name.
pub(super) const TEXT: &str = "Hi {}, spring is here and the shop is open again from nine.";

/// A home in a folder of its own.
pub(super) struct Home<'a> {
    programs: &'a Programs,
    folder: TempDir,
}

impl<'a> Home<'a> {
    /// A home with the template `hello`.
    pub(super) fn new(programs: &'a Programs) -> Result<Self> {
        let home = Self { programs, folder: TempDir::new()? };
        let template = home.path("hello.md");
        std::fs::write(&template, TEXT.replace("{}", "{{ first_name }}"))?;
        home.tg(&["init"])?;
        home.tg(&["template", "add", "hello", &text(&template)])?;
        Ok(home)
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn database(&self) -> PathBuf {
        self.path("home").join("tg.db")
    }

    /// A command over this home, not started.
    pub(super) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.programs.tg);
        command.args(args).env("TG_HOME", self.path("home"));
        command
    }

    /// Runs a command to its end.
    pub(super) fn tg(&self, args: &[&str]) -> Result<measure::Done> {
        measure::run(&mut self.command(args))
    }

    /// Puts the people of a file on the audience `friends`.
    pub(super) fn import(&self, people: &Path) -> Result<measure::Done> {
        self.tg(&["audience", "import", "friends", &text(people), "--consent", "asked us to"])
    }

    /// Makes a campaign to the audience `friends`.
    pub(super) fn draft(&self, name: &str) -> Result<()> {
        self.tg(&[
            "campaign",
            "create",
            name,
            "--audience",
            "friends",
            "--template",
            "hello",
            "--accounts",
            "all",
            "--pace",
            "unlimited",
        ])
        .map(drop)
    }
}

/// A simulator.
pub(super) struct Sim {
    process: Child,
    /// Where it is asked and told.
    control: String,
    /// Accounts and users.
    world: (u32, u32),
    folder: TempDir,
    /// How much of the journal has been read.
    read: u64,
}

impl Sim {
    pub(super) fn start(programs: &Programs, accounts: u32, users: u32) -> Result<Self> {
        let folder = TempDir::new()?;
        let (process, control) = launch(programs, folder.path(), (accounts, users))?;
        Ok(Self { process, control, world: (accounts, users), folder, read: 0 })
    }

    /// Ends it at once, with every connection, and starts it again at the same addresses.
    pub(super) fn restart(&mut self, programs: &Programs) -> Result<()> {
        self.process.kill()?;
        self.process.wait()?;
        (self.process, self.control) = launch(programs, self.folder.path(), self.world)?;
        Ok(())
    }

    /// Sockets that are open now.
    pub(super) fn connections(&self) -> Result<u64> {
        let place = self.control.trim_start_matches("http://");
        let mut socket = TcpStream::connect(place)?;
        socket.set_read_timeout(Some(Duration::from_secs(10)))?;
        write!(socket, "GET /stats HTTP/1.1\r\nHost: {place}\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        socket.read_to_string(&mut answer)?;
        let (_, body) = answer.split_once("\r\n\r\n").context("the simulator says nothing")?;
        let stats: Value = serde_json::from_str(body.trim())?;
        stats["connections"].as_u64().context("the simulator counts no connections")
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// How many messages were delivered since the last call, and how many a second between the
    /// first and the last of them: the same yardstick for every client.
    pub(super) fn delivered(&mut self) -> Result<(u64, f64)> {
        let mut file = std::fs::File::open(self.file("journal.jsonl"))?;
        file.seek(SeekFrom::Start(self.read))?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        self.read += u64::try_from(text.len())?;
        let lines: Vec<&str> = text.lines().collect();
        let (Some(first), Some(last)) = (lines.first(), lines.last()) else { return Ok((0, 0.0)) };
        let count = u64::try_from(lines.len())?;
        let seconds = stamp(last)? - stamp(first)?;
        Ok((count, measure::as_f64(count.saturating_sub(1)) / seconds))
    }
}

fn launch(programs: &Programs, folder: &Path, world: (u32, u32)) -> Result<(Child, String)> {
    let mut process = Command::new(&programs.sim)
        .arg("--state")
        .arg(folder)
        .args(["--accounts", &world.0.to_string(), "--users", &world.1.to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .context("tg-sim cannot be started")?;
    let out = process.stdout.take().context("tg-sim has no stdout")?;
    let mut line = String::new();
    BufReader::new(out).read_line(&mut line)?;
    let ready: Value = serde_json::from_str(&line).context("tg-sim did not become ready")?;
    let control = ready["control"].as_str().context("tg-sim names no control interface")?;
    Ok((process, control.to_owned()))
}

impl Drop for Sim {
    fn drop(&mut self) {
        // Nothing of it is needed any more; both fail only if it has ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A journal line's time within its month, seconds. No measurement lasts longer than a day.
fn stamp(line: &str) -> Result<f64> {
    let line: Value = serde_json::from_str(line)?;
    seconds(line["at"].as_str().unwrap_or_default()).context("a journal line has no time")
}

/// Reads `2026-10-03T10:00:00.000Z`.
fn seconds(at: &str) -> Option<f64> {
    let (date, time) = at.strip_suffix('Z')?.split_once('T')?;
    let mut parts = time.split(':');
    let day: f64 = date.rsplit_once('-')?.1.parse().ok()?;
    let mut next = || parts.next()?.parse::<f64>().ok();
    let (hours, minutes, seconds) = (next()?, next()?, next()?);
    Some(day.mul_add(86_400.0, hours.mul_add(3_600.0, minutes.mul_add(60.0, seconds))))
}

/// A path as an argument.
pub(super) fn text(path: &Path) -> String {
    path.display().to_string()
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn times_of_the_journal_are_read_to_the_millisecond() {
        let span = |a, b| seconds(b).zip(seconds(a)).map(|(b, a)| ((b - a) * 1e3).round());
        let (before, after) = ("2026-10-03T23:59:59.250Z", "2026-10-04T00:00:01.000Z");
        assert_eq!(span(before, after), Some(1_750.0));
        assert_eq!(seconds("yesterday"), None);
    }
}
