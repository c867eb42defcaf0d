//! A copy of the tree, one edit, the tests, and the edit taken back.

use super::list::{CURES, Cure};
use crate::shell::{root, say};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Options of `cargo xtask cures`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Take this cure away alone; may be given more than once
    #[arg(long, value_name = "CURE")]
    only: Vec<String>,
    /// Build in this folder instead of one below `target/cures`
    #[arg(long, value_name = "DIR")]
    target_dir: Option<PathBuf>,
    /// List the cures and run nothing
    #[arg(long, conflicts_with = "only")]
    list: bool,
}

/// The tests that have to notice: those from outside, the stores' contracts, the machine's rules.
const TESTS: &[&str] = &[
    "-p",
    "tg-core",
    "-p",
    "tg-store",
    "-p",
    "tg-engine",
    "-p",
    "tg-net",
    "-p",
    "tg-cli",
    "-E",
    "test(stop_everywhere) | test(flush) | test(faults) | test(killed) | test(delivery) | test(bulk) | test(crashes) | \
     test(exits) | test(pacing) | test(proxies) | test(sms) | test(errors) | test(sending)",
];

/// Takes cures away and reports which tests noticed.
///
/// # Errors
/// If the tests fail with every cure in place, or pass without one of them.
pub(crate) fn run(args: &Args) -> Result<()> {
    let chosen = choose(&args.only)?;
    if args.list {
        for cure in chosen {
            say(&format!("{:<22} without it, {}", cure.name, cure.without));
        }
        return Ok(());
    }
    let root = root()?;
    let tree = root.join("target/cures/tree");
    let target = args.target_dir.clone().unwrap_or_else(|| root.join("target/cures/build"));
    copy_tree(&root, &tree)?;
    say("with every cure in place");
    let failed = test(&tree, &target)?;
    if !failed.is_empty() {
        bail!("the tests fail with every cure in place: {}", failed.join(", "));
    }
    let mut unnoticed = Vec::new();
    for cure in chosen {
        say(&format!("without {}: {}", cure.name, cure.without));
        let path = tree.join(cure.file);
        let text =
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", cure.file))?;
        fs::write(&path, text.replacen(cure.from, cure.to, 1))?;
        let failed = test(&tree, &target);
        fs::write(&path, text)?;
        let failed = failed?;
        for name in &failed {
            say(&format!("  noticed by {name}"));
        }
        if failed.is_empty() {
            say("  NOT NOTICED");
            unnoticed.push(cure.name);
        }
    }
    if unnoticed.is_empty() {
        say("every cure is noticed when it is missing");
        Ok(())
    } else {
        bail!("no test notices that these are missing: {}", unnoticed.join(", "))
    }
}

fn choose(only: &[String]) -> Result<Vec<&'static Cure>> {
    if only.is_empty() {
        return Ok(CURES.iter().collect());
    }
    only.iter()
        .map(|name| {
            CURES
                .iter()
                .find(|cure| cure.name == name)
                .with_context(|| format!("there is no cure \"{name}\"; --list shows all"))
        })
        .collect()
}

/// Copies every file that git tracks or would track.
fn copy_tree(root: &Path, tree: &Path) -> Result<()> {
    let listed = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard", "-z"])
        .current_dir(root)
        .output()
        .context("git is needed to list the files")?;
    for name in String::from_utf8(listed.stdout)?.split('\0').filter(|n| !n.is_empty()) {
        let from = root.join(name);
        if !from.is_file() {
            continue;
        }
        let to = tree.join(name);
        let text = fs::read(&from)?;
        // A file that is the same keeps its time, so that nothing is built again for it.
        if fs::read(&to).is_ok_and(|there| there == text) {
            continue;
        }
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&to, text)?;
    }
    Ok(())
}

/// Builds and runs the tests of the copy; returns the names of those that failed.
fn test(tree: &Path, target: &Path) -> Result<Vec<String>> {
    let cargo = |args: &[&str]| {
        let mut command = Command::new("cargo");
        command
            .args(args)
            .current_dir(tree)
            .env("CARGO_TARGET_DIR", target)
            .env("INSTA_UPDATE", "no")
            .stdin(Stdio::null());
        command
    };
    let built = cargo(&[
        "build", "--locked", "--quiet", "-p", "tg-cli", "-p", "tg-sim", "--bins", "--tests",
    ])
    .status()
    .context("cargo cannot be started")?;
    if !built.success() {
        bail!("the copy in {} does not build", tree.display());
    }
    let mut args = vec!["nextest", "run", "--locked", "--no-fail-fast", "--status-level", "fail"];
    args.extend(TESTS);
    let output = cargo(&args).output()?;
    let text = String::from_utf8_lossy(&output.stderr);
    let mut failed: Vec<String> = text
        .lines()
        .map(str::trim)
        .filter(|line| line.starts_with("FAIL [") || line.starts_with("TIMEOUT ["))
        .filter_map(|line| line.rsplit_once(") ").or_else(|| line.rsplit_once("] ")))
        .map(|(_, name)| name.trim().to_owned())
        .collect();
    failed.sort();
    failed.dedup();
    if failed.is_empty() && !output.status.success() {
        bail!("the tests could not be run:\n{text}");
    }
    Ok(failed)
}
