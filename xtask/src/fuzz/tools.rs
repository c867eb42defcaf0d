//! What fuzzing needs beside the toolchain of the project.

use anyhow::{Result, bail};

use crate::shell::works;

/// Makes sure that the nightly toolchain and cargo-fuzz are here.
///
/// # Errors
/// One is missing: how to get it.
pub(super) fn check() -> Result<()> {
    if !works("rustup", &["run", "nightly", "rustc", "--version"]) {
        bail!("libFuzzer needs the nightly toolchain: rustup toolchain install nightly");
    }
    if !works("cargo", &["fuzz", "--version"]) {
        bail!("cargo-fuzz is not installed: cargo install cargo-fuzz");
    }
    Ok(())
}
