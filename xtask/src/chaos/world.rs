//! A simulated Telegram and a home with a started campaign, in a folder of their own.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tempfile::TempDir;

use super::control::Control;
use super::ledger::{Journal, Row, rows};

/// The name of the campaign.
const CAMPAIGN: &str = "spring";

/// How large a world is, and what it is made from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    pub(super) accounts: u32,
    pub(super) recipients: u32,
    pub(super) seed: u64,
    /// Proxies: one for each account, and spares; or none.
    pub(super) proxies: u32,
}

/// The world. Its simulator ends with it; its folder goes, unless it is kept.
pub(super) struct World {
    folder: Option<TempDir>,
    path: PathBuf,
    programs: PathBuf,
    simulator: Child,
    pub(super) control: Control,
    pub(super) journal: Journal,
}

#[derive(Deserialize)]
struct Ready {
    control: String,
}

impl World {
    /// Starts a simulator and makes a home whose campaign is running, with nobody at work yet.
    pub(super) fn new(programs: &Path, size: Size) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("tg-chaos-").tempdir()?;
        let path = folder.path().to_owned();
        let (simulator, control) = simulator(programs, &path, size)?;
        let journal = Journal::new(&path.join("sim/journal.jsonl"));
        let programs = programs.to_owned();
        let world = Self { folder: Some(folder), path, programs, simulator, control, journal };
        world.prepare(size.proxies > 0)?;
        Ok(world)
    }

    fn prepare(&self, proxied: bool) -> Result<()> {
        std::fs::write(self.path.join("hello.md"), "Hi {{ first_name }}, **spring** is here.")?;
        for command in [
            "init",
            "account import sim/accounts.json",
            "audience import friends sim/people.csv --consent chaos",
            "template add hello hello.md",
            "campaign create spring --audience friends --template hello --accounts all --pace unlimited",
            "campaign start spring",
        ] {
            self.tg(command)?;
        }
        if proxied {
            self.tg("proxy add --file sim/proxies.txt")?;
            self.tg("proxy assign --auto")?;
        }
        Ok(())
    }

    /// Leaves the folder where it is; says where.
    pub(super) fn keep(&mut self) -> PathBuf {
        if let Some(folder) = self.folder.take() {
            // The path is known; what remains is that it is not removed.
            let _ = folder.keep();
        }
        self.path.clone()
    }

    /// Runs `tg` with these arguments, separated by single spaces, to its end.
    pub(super) fn tg(&self, arguments: &str) -> Result<String> {
        let output = self.command(arguments).output().context("tg cannot be started")?;
        if !output.status.success() {
            let error = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            bail!("`tg {arguments}` ended with {}: {error}", output.status);
        }
        String::from_utf8(output.stdout).context("tg wrote no UTF-8")
    }

    /// Runs `tg` to its end; whether it succeeded. A refusal or a failure of what is remote is an
    /// answer, anything else an error.
    pub(super) fn ask(&self, arguments: &str) -> Result<bool> {
        let output = self.command(arguments).output().context("tg cannot be started")?;
        match output.status.code() {
            Some(0) => Ok(true),
            Some(4 | 5) => Ok(false),
            _ => {
                let error = String::from_utf8_lossy(&output.stderr).trim().to_owned();
                bail!("`tg {arguments}` ended with {}: {error}", output.status)
            }
        }
    }

    /// Starts the engine. What it says goes to the end of `run.log`.
    pub(super) fn engine(&self) -> Result<Child> {
        let log = OpenOptions::new().create(true).append(true).open(self.log())?;
        self.command("run --until-idle")
            .stderr(log)
            .stdout(Stdio::null())
            .spawn()
            .context("tg cannot be started")
    }

    fn log(&self) -> PathBuf {
        self.path.join("run.log")
    }

    /// The last words of the engine.
    pub(super) fn last_words(&self) -> String {
        let text = std::fs::read_to_string(self.log()).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(10)..].join("\n")
    }

    /// Every delivery of the campaign.
    pub(super) fn rows(&self) -> Result<Vec<Row>> {
        rows(&self.tg(&format!("campaign deliveries {CAMPAIGN} --output json"))?)
    }

    /// What the simulator wrote down beside messages.
    pub(super) fn events(&self) -> Result<String> {
        let path = self.path.join("sim/events.jsonl");
        std::fs::read_to_string(&path).with_context(|| format!("no {}", path.display()))
    }

    /// The campaign's report.
    pub(super) fn report<T: DeserializeOwned>(&self) -> Result<T> {
        let json = self.tg(&format!("campaign report {CAMPAIGN} --output json"))?;
        serde_json::from_str(&json).with_context(|| format!("no report: {json}"))
    }

    fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(self.programs.join("tg"));
        command
            .args(arguments.split(' '))
            .current_dir(&self.path)
            .env_clear()
            .env("TG_HOME", self.path.join("home"))
            // Long enough for a closed connection to be noticed; Telegram takes longer.
            .env("TG_PROXY_PAUSE", "3s")
            .stdin(Stdio::null());
        command
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = self.simulator.kill();
        let _ = self.simulator.wait();
    }
}

fn simulator(programs: &Path, path: &Path, size: Size) -> Result<(Child, Control)> {
    let log = File::create(path.join("sim.log"))?;
    let mut child = Command::new(programs.join("tg-sim"))
        .current_dir(path)
        .args(["--state", "sim"])
        .args(["--accounts", &size.accounts.to_string()])
        .args(["--users", &size.recipients.to_string()])
        .args(["--seed", &size.seed.to_string()])
        .args(["--proxies", &size.proxies.to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log)
        .spawn()
        .context("tg-sim cannot be started")?;
    let control = greeting(&mut child).and_then(|ready| Control::connect(&ready.control));
    if control.is_err() {
        let _ = child.kill();
        let _ = child.wait();
    }
    Ok((child, control?))
}

fn greeting(child: &mut Child) -> Result<Ready> {
    let stdout = child.stdout.take().context("tg-sim has no stdout")?;
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line).context("tg-sim says nothing")?;
    serde_json::from_str(&line).with_context(|| format!("tg-sim says {line:?}"))
}
