//! The programs that are measured: built optimised, from this tree, before anything starts.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::shell::{self, Cmd};

/// Where the programs are.
#[derive(Debug)]
pub(super) struct Programs {
    pub(super) tg: PathBuf,
    pub(super) sim: PathBuf,
    pub(super) bare_loop: PathBuf,
    pub(super) claim_cost: PathBuf,
    pub(super) unseal_cost: PathBuf,
    pub(super) audit_cost: PathBuf,
}

impl Programs {
    /// Builds what is not up to date.
    ///
    /// # Errors
    /// If it does not build.
    pub(super) fn build() -> Result<Self> {
        let say_nothing = |_: &str| ();
        Cmd::cargo("build --locked --release -p tg-cli -p tg-sim --bins").run(say_nothing)?;
        Cmd::cargo("build --locked --release -p tg-net --example bare_loop").run(say_nothing)?;
        Cmd::cargo("build --locked --release -p tg-store --example claim_cost").run(say_nothing)?;
        Cmd::cargo("build --locked --release -p tg-security --example unseal_cost")
            .run(say_nothing)?;
        Cmd::cargo("build --locked --release -p tg-app --example audit_cost").run(say_nothing)?;
        let metadata = Cmd::cargo("metadata --locked --no-deps --format-version 1").read()?;
        let metadata: serde_json::Value = serde_json::from_str(&metadata)?;
        let target =
            metadata["target_directory"].as_str().context("cargo names no target folder")?;
        let release = Path::new(target).join("release");
        Ok(Self {
            tg: release.join("tg"),
            sim: release.join("tg-sim"),
            bare_loop: release.join("examples/bare_loop"),
            claim_cost: release.join("examples/claim_cost"),
            unseal_cost: release.join("examples/unseal_cost"),
            audit_cost: release.join("examples/audit_cost"),
        })
    }
}

/// The `sqlite3` shell, which parts of the comparison are made with.
///
/// # Errors
/// If it is not installed.
pub(super) fn sqlite3() -> Result<Command> {
    if !shell::works("sqlite3", &["--version"]) {
        bail!(
            "the sqlite3 shell is missing: install the package sqlite3 (apt-get install sqlite3)"
        );
    }
    Ok(Command::new("sqlite3"))
}
