//! Runs the clients one after the other and judges what they found.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use serde_json::json;

use super::outcome::{Outcome, Totals};
use super::sim::{self, Sim};
use super::{lines::Running, table, venv};
use crate::shell::{complain, root, say};

/// Longer than a single check is allowed to take on the Python side.
const PATIENCE: Duration = Duration::from_mins(2);

/// Options of `cargo xtask interop`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Run this client alone; may be given more than once
    #[arg(long, value_name = "CLIENT")]
    client: Vec<Client>,
    /// Print one JSON document instead of the table
    #[arg(long)]
    json: bool,
}

/// The clients, as the scripts in xtask/interop know them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Client {
    Telethon,
    Kurigram,
    /// Both, about the sessions that `tg` takes over and hands back.
    Sessions,
}

impl Client {
    fn name(self) -> &'static str {
        match self {
            Self::Telethon => "telethon",
            Self::Kurigram => "kurigram",
            Self::Sessions => "sessions",
        }
    }
}

/// What all clients need.
struct Place {
    /// For the environment and for logs.
    folder: PathBuf,
    scripts: PathBuf,
    python: PathBuf,
    simulator: PathBuf,
    tg: PathBuf,
}

/// Runs the clients that `args` ask for, all by default.
///
/// # Errors
/// A check failed; or nothing could be run, with the reason.
pub(crate) fn run(args: &Args) -> Result<()> {
    let place = prepare()?;
    let clients = if args.client.is_empty() { Client::value_variants() } else { &args.client };
    let mut outcomes = Vec::new();
    for client in clients {
        complain(&format!("checking with {}", client.name()));
        outcomes.extend(judge(*client, &place)?);
    }
    let totals = Totals::of(&outcomes);
    if args.json {
        say(&json!({ "totals": totals, "outcomes": outcomes }).to_string());
    } else {
        table::report(&outcomes).iter().for_each(|line| say(line));
    }
    if totals.failed > 0 {
        let folder = place.folder.display();
        bail!("{} checks failed; what clients logged is in {folder}", totals.failed);
    }
    if totals.passed == 0 {
        bail!("no check was run");
    }
    Ok(())
}

fn prepare() -> Result<Place> {
    let root = root()?;
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
    let folder = root.join(target).join("interop");
    fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let scripts = root.join("xtask/interop");
    let python = venv::ensure(&folder, &scripts.join("requirements.txt"))?;
    complain("building the simulator and tg");
    let (simulator, tg) = (sim::build("tg-sim", "tg-sim")?, sim::build("tg-cli", "tg")?);
    Ok(Place { folder, scripts, python, simulator, tg })
}

/// All outcomes of one client, against a simulator of its own.
fn judge(client: Client, place: &Place) -> Result<Vec<Outcome>> {
    let name = client.name();
    let sim = Sim::start(&place.simulator, &place.folder.join(format!("{name}-sim.log")))?;
    let mut command = Command::new(&place.python);
    // The scripts stay as they are: no byte code beside them.
    command.arg("-B");
    if client == Client::Sessions {
        command.arg(place.scripts.join("sessions.py")).args(["check", "--tg"]).arg(&place.tg);
    } else {
        command.arg(place.scripts.join("run.py")).args([
            "--client",
            name,
            "--control",
            sim.control(),
        ]);
    }
    command.arg("--state").arg(sim.state());
    let log = place.folder.join(format!("{name}.log"));
    let running = Running::start(name, &mut command, &log)?;
    Ok(collect(name, running, &log))
}

/// Reads outcomes to the end. A client that breaks off has failed, whatever it said before.
fn collect(name: &str, running: Running, log: &Path) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    let ended = loop {
        match running
            .next(PATIENCE)
            .and_then(|line| line.as_deref().map(Outcome::parse).transpose())
        {
            Ok(Some(outcome)) => outcomes.push(outcome),
            Ok(None) => break running.finish(),
            Err(error) => break Err(error),
        }
    };
    let fault = match ended {
        Ok(status) if status.success() && !outcomes.is_empty() => return outcomes,
        Ok(status) => format!("ended with {status}; its log is {}", log.display()),
        Err(error) => format!("{error:#}; its log is {}", log.display()),
    };
    let client = outcomes.last().map_or_else(|| name.to_owned(), |last| last.client.clone());
    outcomes.push(Outcome::aborted(&client, fault));
    outcomes
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::process::Command;

    use super::super::lines::Running;
    use super::super::outcome::{Outcome, Verdict};
    use super::collect;

    fn said(script: &str) -> Vec<Outcome> {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let mut command = Command::new("sh");
        let running = Running::start("sh", command.args(["-c", script]), &log).unwrap();
        collect("sh", running, &log)
    }

    const LINE: &str =
        r#"echo '{"client":"c 1","transport":"full","check":"send","outcome":"passed"}'"#;

    #[test]
    fn a_client_that_comes_to_its_end_is_believed() {
        let outcomes = said(LINE);
        assert_eq!(outcomes.len(), 1);
        assert_eq!(outcomes[0].verdict, Verdict::Passed);
    }

    #[test]
    fn a_client_that_breaks_off_has_failed() {
        for end in ["exit 1", "echo Traceback", "kill -9 $$"] {
            let outcomes = said(&format!("{LINE}; {end}"));
            assert_eq!(outcomes.len(), 2, "{end}");
            assert_eq!((outcomes[1].verdict, &*outcomes[1].client), (Verdict::Failed, "c 1"));
        }
        assert_eq!(said("true")[0].verdict, Verdict::Failed);
    }
}
