//! The simulator under judgement: built, and started in an empty folder.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use serde::Deserialize;
use tempfile::TempDir;

use super::lines::Running;
use crate::shell::Cmd;

/// How long it may take to make its world.
const PATIENCE: Duration = Duration::from_mins(1);
/// One account and one bot for each transport of a client, and some to spare.
const WORLD: [&str; 6] = ["--accounts", "8", "--bots", "8", "--users", "60"];

/// A running simulator; it and its folder end with this.
#[derive(Debug)]
pub(super) struct Sim {
    control: String,
    _process: Running,
    state: TempDir,
}

/// The part of its first line that we need.
#[derive(Deserialize)]
struct Ready {
    control: String,
}

impl Sim {
    /// Starts `program` and waits until it serves.
    ///
    /// # Errors
    /// It cannot be started, or its first line is not the expected one.
    pub(super) fn start(program: &Path, log: &Path) -> Result<Self> {
        let state = tempfile::tempdir().context("no temporary folder for the simulator")?;
        let mut command = Command::new(program);
        command.arg("--state").arg(state.path()).args(WORLD);
        let process = Running::start("tg-sim", &mut command, log)?;
        let line = process.next(PATIENCE)?.with_context(|| {
            format!("tg-sim ended before it was ready; what it said is in {}", log.display())
        })?;
        let ready: Ready = serde_json::from_str(&line)
            .with_context(|| format!("tg-sim is not ready, but says: {line}"))?;
        Ok(Self { control: ready.control, _process: process, state })
    }

    /// Where it keeps its world.
    pub(super) fn state(&self) -> &Path {
        self.state.path()
    }

    /// The address of its control interface.
    pub(super) fn control(&self) -> &str {
        &self.control
    }
}

/// Builds a program of a package; gives the program.
///
/// # Errors
/// It does not build.
pub(super) fn build(package: &str, bin: &str) -> Result<PathBuf> {
    let command = Cmd::cargo(&format!(
        "build --locked -p {package} --bin {bin} --message-format json-render-diagnostics"
    ));
    program(&command.read()?)
        .with_context(|| format!("cargo built {bin} and did not say where it is"))
}

/// The program in what cargo writes about its work, a JSON object per line.
fn program(messages: &str) -> Option<PathBuf> {
    #[derive(Deserialize)]
    struct Message {
        executable: Option<PathBuf>,
    }
    let parsed = messages.lines().filter_map(|line| serde_json::from_str::<Message>(line).ok());
    parsed.filter_map(|message| message.executable).next_back()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::program;

    #[test]
    fn the_program_is_found_among_cargo_s_messages() {
        let messages = concat!(
            "{\"reason\":\"compiler-artifact\",\"executable\":null}\n",
            "{\"reason\":\"compiler-artifact\",\"executable\":\"t/debug/tg-sim\"}\n",
            "{\"reason\":\"build-finished\",\"success\":true}\n",
        );
        assert_eq!(program(messages).as_deref(), Some(Path::new("t/debug/tg-sim")));
        assert_eq!(program("no JSON\n"), None);
    }
}
