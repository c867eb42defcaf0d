//! What fuzzing needs beside the toolchain of the project.

use anyhow::{Result, bail};

use crate::shell::{Cmd, works};

/// A compiler that takes libFuzzer's unstable flags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Toolchain {
    /// The nightly one.
    Nightly,
    /// The project's own, told to take unstable flags
    /// (doc.rust-lang.org/unstable-book/compiler-environment-variables/RUSTC_BOOTSTRAP.html).
    Bootstrapped,
}

impl Toolchain {
    /// The nightly toolchain if there is one.
    ///
    /// # Errors
    /// cargo-fuzz is missing: how to get it.
    pub(super) fn find() -> Result<Self> {
        if !works("cargo", &["fuzz", "--version"]) {
            bail!("cargo-fuzz is not installed: cargo install cargo-fuzz");
        }
        let nightly = works("rustup", &["run", "nightly", "rustc", "--version"]);
        Ok(if nightly { Self::Nightly } else { Self::Bootstrapped })
    }

    /// `cargo fuzz VERB …` with this toolchain.
    pub(super) fn fuzz(self, words: &[&str]) -> Cmd {
        let prefix: &[&str] = match self {
            Self::Nightly => &["run", "nightly", "cargo", "fuzz"],
            Self::Bootstrapped => &["fuzz"],
        };
        let words = [prefix, words].concat();
        match self {
            Self::Nightly => Cmd::new("rustup", &words),
            Self::Bootstrapped => Cmd::new("cargo", &words).env("RUSTC_BOOTSTRAP", "1"),
        }
    }

    /// How a finding is run again by hand.
    pub(super) const fn again(self) -> &'static str {
        match self {
            Self::Nightly => "cargo +nightly fuzz run",
            Self::Bootstrapped => "RUSTC_BOOTSTRAP=1 cargo fuzz run",
        }
    }
}
