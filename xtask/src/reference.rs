//! `cargo xtask reference`: docs/reference/cli.md, written from what the program itself says.

use crate::shell::{Cmd, root, say};
use anyhow::{Context, Result, bail};
use std::fmt::Write as _;
use std::fs;
use std::process::Command;

/// Options of `cargo xtask reference`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Change nothing; fail if the file is not what the program says
    #[arg(long)]
    check: bool,
}

const HEAD: &str = "\
# Commands

Written by `cargo xtask reference` from the program's own help. The options under *Everywhere* hold for
every command and are listed once.
";

/// Writes the reference, or checks it.
///
/// # Errors
/// If the program cannot be built or asked, or with `--check` if the file is out of date.
pub(crate) fn run(args: &Args) -> Result<()> {
    let root = root()?;
    let path = root.join("docs/reference/cli.md");
    let text = write(&program()?)?;
    let there = fs::read_to_string(&path).unwrap_or_default();
    if there == text {
        say("docs/reference/cli.md is what the program says");
        return Ok(());
    }
    if args.check {
        bail!("docs/reference/cli.md is out of date: `cargo xtask reference` writes it");
    }
    fs::create_dir_all(root.join("docs/reference"))?;
    fs::write(&path, text)?;
    say("docs/reference/cli.md written");
    Ok(())
}

/// The check as a step of `cargo xtask ci`.
///
/// # Errors
/// If the file is out of date.
pub(crate) fn check() -> Result<()> {
    run(&Args { check: true })
}

/// Builds the program as it is released and says where it is.
fn program() -> Result<String> {
    Cmd::cargo("build --locked --release -p tg-cli --message-format json")
        .read()?
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|message| message["target"]["name"] == "tg")
        .find_map(|message| message["executable"].as_str().map(str::to_owned))
        .context("cargo does not say where the program is")
}

fn write(program: &str) -> Result<String> {
    let mut text = HEAD.to_owned();
    section(program, &[], &mut text)?;
    Ok(text)
}

/// One command and the commands below it.
fn section(program: &str, words: &[&str], text: &mut String) -> Result<()> {
    let asked = Command::new(program)
        .args(words)
        .arg("--help")
        .env_clear()
        .output()
        .with_context(|| format!("{program} cannot be started"))?;
    let help = String::from_utf8(asked.stdout)?;
    let title = ["tg"].iter().chain(words).copied().collect::<Vec<_>>().join(" ");
    let level = "#".repeat(words.len().min(2) + 2);
    let shown = if words.is_empty() { help.clone() } else { without_global(&help) };
    let shown: Vec<&str> = shown.trim_end().lines().map(str::trim_end).collect();
    write!(text, "\n{level} {title}\n\n```text\n{}\n```\n", shown.join("\n"))?;
    for name in commands(&help) {
        let mut below = words.to_vec();
        below.push(&name);
        section(program, &below, text)?;
    }
    Ok(())
}

/// The names in the list of commands.
fn commands(help: &str) -> Vec<String> {
    help.lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.trim().is_empty())
        // A wrapped description stands further to the right.
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

/// Leaves the options out that every command has.
fn without_global(help: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for line in help.lines() {
        if line == "Everywhere:" {
            inside = true;
        } else if inside && !line.is_empty() && !line.starts_with(' ') {
            inside = false;
        }
        if !inside {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{commands, without_global};

    const HELP: &str = "About\n\nCommands:\n  add   Add\n          wrapped\n  help  Print\n\nEverywhere:\n      --home <DIR>\n\nExample:\n  tg x add\n";

    #[test]
    fn commands_are_listed_without_help_and_wrapped_lines() {
        assert_eq!(commands(HELP), ["add"]);
    }

    #[test]
    fn what_holds_everywhere_is_left_out() {
        let text = without_global(HELP);
        assert!(!text.contains("--home") && text.contains("Example:"), "{text}");
    }
}
