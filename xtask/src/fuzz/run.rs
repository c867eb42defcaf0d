//! Builds the targets, runs each for its time, and prints what came of it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::outcome::{Outcome, table};
use super::target::{Target, chosen};
use super::tools::Toolchain;
use crate::shell::{Cmd, complain, root, say};

/// Where the project is.
const PROJECT: &str = "tests/fuzz";
/// An input that takes longer is a finding, seconds.
const TIMEOUT: u64 = 10;
/// So is one that needs more memory, MiB.
const MEMORY: u64 = 1_024;

/// Arguments of the task.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How long each target runs.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=1_440))]
    minutes: u64,
    /// Only this target; may be given several times.
    #[arg(long, value_name = "TARGET")]
    only: Vec<String>,
    /// What watches memory: `address`, which is half as fast, or `none`: our own code is without
    /// unsafe blocks.
    #[arg(long, default_value = "none", value_parser = ["none", "address"])]
    sanitizer: String,
}

/// Where inputs are kept between runs.
struct Place {
    toolchain: Toolchain,
    project: PathBuf,
    target: PathBuf,
}

/// Runs the targets.
///
/// # Errors
/// A tool is missing, a target cannot be built, or there was a finding.
pub(crate) fn run(args: &Args) -> Result<()> {
    let root = root()?;
    let project = root.join(PROJECT);
    let targets = chosen(&project.join("targets"), &args.only)?;
    let toolchain = Toolchain::find()?;
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
    let place = Place { toolchain, project, target: root.join(target).join("fuzz") };
    for target in &targets {
        place.fuzz("build", args, target)?.run(|_| ())?;
    }
    let mut runs = Vec::new();
    for target in targets {
        let outcome = fuzz(&place, args, &target)?;
        runs.push((target, outcome));
    }
    table(&runs, args.minutes).iter().for_each(|line| say(line));
    let findings: Vec<_> = runs.iter().flat_map(|(_, outcome)| &outcome.findings).collect();
    findings.iter().for_each(|finding| complain(finding));
    if !findings.is_empty() {
        let again = toolchain.again();
        bail!("{} findings; each file is run again with `{again} TARGET FILE`", findings.len());
    }
    Ok(())
}

fn fuzz(place: &Place, args: &Args, target: &Target) -> Result<Outcome> {
    let corpus = place.folder("corpus", target)?;
    let artifacts = place.folder("artifacts", target)?;
    let seeds = place.project.join("seeds").join(&target.name);
    let mut words = vec![corpus.display().to_string(), seeds.display().to_string()];
    words.push("--".to_owned());
    words.push(format!("-max_total_time={}", args.minutes * 60));
    words.push(format!("-timeout={TIMEOUT}"));
    words.push(format!("-rss_limit_mb={MEMORY}"));
    words.push(format!("-artifact_prefix={}/", artifacts.display()));
    words.push("-print_final_stats=1".to_owned());
    let mut outcome = Outcome::default();
    let command = words.iter().fold(place.fuzz("run", args, target)?, |cmd, word| cmd.arg(word));
    let ended = command.run(|line| outcome.line(line));
    if let (Err(error), true) = (ended, outcome.findings.is_empty()) {
        return Err(error.context(format!("{} ended without a finding", target.name)));
    }
    Ok(outcome)
}

impl Place {
    /// `cargo fuzz VERB TARGET`.
    fn fuzz(&self, verb: &str, args: &Args, target: &Target) -> Result<Cmd> {
        let shown = |path: &Path| path.to_str().map(str::to_owned).context("the path is no UTF-8");
        let project = shown(&self.project)?;
        let built = shown(&self.target)?;
        let words = [verb, "--fuzz-dir", &project, "--target-dir", &built];
        let more = ["--sanitizer", &args.sanitizer, &target.name];
        Ok(self.toolchain.fuzz(&[&words[..], &more[..]].concat()))
    }

    fn folder(&self, what: &str, target: &Target) -> Result<PathBuf> {
        let folder = self.target.join(what).join(&target.name);
        fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
        Ok(folder)
    }
}
