//! Telethon in a virtual environment below the target folder, and the campaign that it does.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::shell::{self, Cmd};

/// What is compared with; another version is another comparison.
const PACKAGE: &str = "telethon==1.45.0";
const CAMPAIGN: &str = include_str!("telethon_campaign.py");
const FLEET: &str = include_str!("fleet.py");

/// An environment with Telethon in it.
pub(super) struct Telethon {
    python: PathBuf,
    script: PathBuf,
}

impl Telethon {
    /// Makes the environment if there is none; needs Python and, the first time, PyPI.
    ///
    /// # Errors
    /// If there is no Python, or no package.
    pub(super) fn install() -> Result<Self> {
        let folder = shell::root()?.join("target").join("bench");
        std::fs::create_dir_all(&folder)?;
        let venv = folder.join("venv");
        let python = venv.join("bin").join("python");
        let name = python.display().to_string();
        let check = "import telethon, sys; sys.exit(telethon.__version__ != '1.45.0')";
        if !shell::works(&name, &["-c", check]) {
            let run = |cmd: Cmd| cmd.run(|_| ());
            run(Cmd::new("python3", &["-m", "venv", &venv.display().to_string()]))?;
            run(Cmd::new(&name, &["-m", "pip", "install", "--quiet", PACKAGE]))?;
        }
        let script = folder.join("telethon_campaign.py");
        std::fs::write(&script, CAMPAIGN)?;
        Ok(Self { python, script })
    }

    /// All accounts of a file, connected, with their sessions in `folder`.
    ///
    /// # Errors
    /// If the script cannot be written.
    pub(super) fn fleet(&self, accounts: &Path, folder: &Path) -> Result<Command> {
        let script = folder.join("fleet.py");
        std::fs::write(&script, FLEET)?;
        let mut command = Command::new(&self.python);
        command.arg(script).arg(accounts).arg(folder);
        Ok(command)
    }

    /// The campaign to everybody of `peers`, with `ledger` as its database.
    pub(super) fn command(&self, sim: &Path, peers: &Path, ledger: &Path, text: &str) -> Command {
        let mut command = Command::new(&self.python);
        command.arg(&self.script).arg(sim.join("accounts.json")).arg(peers).arg(ledger).arg(text);
        command
    }
}
