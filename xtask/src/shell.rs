//! Talking to the terminal and to other programs: every task prints and runs commands through here.

use std::ffi::OsStr;
use std::fmt;
use std::io::{BufRead, BufReader, IsTerminal, Read, Write};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Mutex;

use anyhow::{Context, Result, bail};

/// Writes a line of results to stdout. A reader that went away is not an error.
pub(crate) fn say(line: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

/// Writes a line of complaint to stderr.
pub(crate) fn complain(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

/// The root of the workspace, whatever folder the task was started in.
pub(crate) fn root() -> Result<PathBuf> {
    // Cargo sets the variable for what it runs; the built-in value serves a binary started by hand.
    let manifest =
        std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let folder = PathBuf::from(manifest);
    let root = folder.parent().context("the xtask crate has no parent folder")?;
    if !root.join("Cargo.toml").is_file() {
        bail!("{} is not the root of the workspace: it has no Cargo.toml", root.display());
    }
    Ok(root.to_owned())
}

/// Whether `program` with `args` can be started and succeeds; its output is thrown away.
pub(crate) fn works(program: &str, args: &[&str]) -> bool {
    Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// A command that can be shown to a person exactly as they would type it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cmd {
    program: String,
    args: Vec<String>,
    env: Vec<(String, String)>,
}

impl Cmd {
    /// A command from a program and its arguments.
    pub(crate) fn new(program: &str, args: &[&str]) -> Self {
        let args = args.iter().map(ToString::to_string).collect();
        Self { program: program.to_owned(), args, env: Vec::new() }
    }

    /// `cargo` with these arguments, separated by single spaces.
    pub(crate) fn cargo(args: &str) -> Self {
        Self::new("cargo", &args.split(' ').collect::<Vec<_>>())
    }

    /// Adds an argument.
    #[must_use]
    pub(crate) fn arg(mut self, arg: &str) -> Self {
        self.args.push(arg.to_owned());
        self
    }

    /// Adds an environment variable.
    #[must_use]
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.env.push((name.to_owned(), value.as_ref().to_string_lossy().into_owned()));
        self
    }

    /// The arguments, for those who check them.
    #[cfg(test)]
    pub(crate) fn args(&self) -> &[String] {
        &self.args
    }

    fn command(&self) -> Result<Command> {
        let mut command = Command::new(&self.program);
        command.args(&self.args).current_dir(root()?).stdin(Stdio::null());
        // What cargo said about this package is not true of another. Build scripts that watch these
        // variables would run again after every change between a task and a plain `cargo build`.
        for (name, _) in std::env::vars_os() {
            let cargo_said = ["CARGO_PKG_", "CARGO_MANIFEST_"];
            if cargo_said.iter().any(|start| name.to_string_lossy().starts_with(start)) {
                command.env_remove(name);
            }
        }
        for (name, value) in &self.env {
            command.env(name, value);
        }
        Ok(command)
    }

    /// Runs the command and shows `watch` every line it prints, after passing the line on.
    ///
    /// # Errors
    /// The command cannot be started, or ends with anything but success.
    pub(crate) fn run(&self, mut watch: impl FnMut(&str) + Send) -> Result<()> {
        let mut command = self.command()?;
        if std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none() {
            // The pipes below hide the terminal from cargo.
            command.env("CARGO_TERM_COLOR", "always");
        }
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("{} cannot be started", self.program))?;
        let stdout = child.stdout.take().context("the command has no stdout")?;
        let stderr = child.stderr.take().context("the command has no stderr")?;
        let watch: Mutex<&mut (dyn FnMut(&str) + Send)> = Mutex::new(&mut watch);
        std::thread::scope(|scope| {
            scope.spawn(|| relay(stdout, say, &watch));
            scope.spawn(|| relay(stderr, complain, &watch));
        });
        self.judge(child.wait().context("the command cannot be waited for")?)
    }

    /// Runs the command and returns what it wrote to stdout.
    ///
    /// # Errors
    /// The command cannot be started, fails (its stderr is in the error), or writes no UTF-8.
    pub(crate) fn read(&self) -> Result<String> {
        let output = self
            .command()?
            .output()
            .with_context(|| format!("{} cannot be started", self.program))?;
        self.judge(output.status)
            .with_context(|| String::from_utf8_lossy(&output.stderr).trim().to_owned())?;
        String::from_utf8(output.stdout).with_context(|| format!("`{self}` wrote no UTF-8"))
    }

    fn judge(&self, status: ExitStatus) -> Result<()> {
        if !status.success() {
            bail!("`{self}` ended with {status}");
        }
        Ok(())
    }
}

impl fmt::Display for Cmd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in &self.env {
            write!(f, "{name}={} ", quoted(value))?;
        }
        f.write_str(&self.program)?;
        for arg in &self.args {
            write!(f, " {}", quoted(arg))?;
        }
        Ok(())
    }
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_=./:,@+*".contains(c);
    if !word.is_empty() && word.chars().all(plain) && !word.contains('*') {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// Passes on what a command prints, line by line and byte for byte except for broken UTF-8.
fn relay(from: impl Read, to: fn(&str), watch: &Mutex<&mut (dyn FnMut(&str) + Send)>) {
    let mut from = BufReader::new(from);
    let mut line = Vec::new();
    // A read error means that the command is gone; its exit status says the rest.
    while from.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end_matches(['\n', '\r']);
        to(text);
        if let Ok(mut watch) = watch.lock() {
            watch(text);
        }
        line.clear();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{Cmd, works};

    #[test]
    fn a_command_is_shown_as_it_would_be_typed() {
        let cmd = Cmd::new("cargo", &["doc", "two words", "it's", ""]).env("FLAGS", "-D x");
        assert_eq!(cmd.to_string(), r"FLAGS='-D x' cargo doc 'two words' 'it'\''s' ''");
        assert_eq!(Cmd::cargo("fmt --all").to_string(), "cargo fmt --all");
    }

    #[test]
    fn every_line_is_watched_and_the_status_judged() {
        let mut seen = Vec::new();
        let script = "echo out; echo err >&2; printf last";
        Cmd::new("sh", &["-c", script]).run(|line| seen.push(line.to_owned())).unwrap();
        seen.sort();
        assert_eq!(seen, ["err", "last", "out"]);

        let error = Cmd::new("sh", &["-c", "exit 3"]).run(|_| ()).unwrap_err();
        assert_eq!(error.to_string(), "`sh -c 'exit 3'` ended with exit status: 3");
    }

    #[test]
    fn a_failed_read_says_what_the_command_said() {
        let error = Cmd::new("sh", &["-c", "echo why >&2; exit 1"]).read().unwrap_err();
        let text = format!("{error:#}");
        assert!(text.starts_with("why: `sh -c"), "{text}");
    }

    #[test]
    fn what_cargo_says_about_this_package_is_not_passed_on() {
        let seen = Cmd::new("sh", &["-c", "env"]).read().unwrap();
        assert!(std::env::vars().any(|(name, _)| name == "CARGO_PKG_NAME"));
        assert!(!seen.contains("CARGO_PKG_") && !seen.contains("CARGO_MANIFEST_"));
        assert!(seen.lines().any(|line| line.starts_with("PATH=")));
    }

    #[test]
    fn a_missing_program_does_not_work() {
        assert!(!works("no-such-program-anywhere", &["--version"]));
        assert!(works("sh", &["-c", "exit 0"]));
    }
}
