//! Builds `tg` and `tg-sim`, and finds them.

use std::path::PathBuf;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::shell::Cmd;

/// Which build is put to the test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Profile {
    /// As users get it.
    Release,
    /// As the tests get it.
    Debug,
}

impl Profile {
    /// What builds it. The debug build is the very command of CI's test step, so that after that step
    /// there is nothing left to do: asked for less, cargo unites features differently and builds anew.
    const fn build(self) -> &'static str {
        match self {
            Self::Release => "build --locked --release -p tg-cli -p tg-sim --bins",
            Self::Debug => "build --locked --workspace --bins --tests",
        }
    }

    const fn folder(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Debug => "debug",
        }
    }
}

#[derive(Deserialize)]
struct Metadata {
    target_directory: PathBuf,
}

/// Builds the programs; returns the folder that they are in.
///
/// # Errors
/// If they cannot be built.
pub(super) fn programs(profile: Profile) -> Result<PathBuf> {
    Cmd::cargo(profile.build()).run(|_| ())?;
    let metadata = Cmd::cargo("metadata --format-version 1 --no-deps --locked").read()?;
    let metadata: Metadata =
        serde_json::from_str(&metadata).context("cargo metadata is not what it was")?;
    Ok(metadata.target_directory.join(profile.folder()))
}
