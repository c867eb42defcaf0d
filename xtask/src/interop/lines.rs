//! A program of ours that is started, read line by line, and ended with its owner.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context, Result, bail};

/// How many lines wait for us; then the program does.
const QUEUE: usize = 64;

/// A running program. Dropping it kills it.
#[derive(Debug)]
pub(super) struct Running {
    name: String,
    child: Child,
    lines: Option<Receiver<String>>,
    reader: Option<JoinHandle<()>>,
}

impl Running {
    /// Starts a program with its stdout to us and its stderr into the file `log`.
    ///
    /// # Errors
    /// The file cannot be made, or the program cannot be started.
    pub(super) fn start(name: &str, command: &mut Command, log: &Path) -> Result<Self> {
        let file =
            File::create(log).with_context(|| format!("{} cannot be made", log.display()))?;
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(file)
            .spawn()
            .with_context(|| format!("{name} cannot be started"))?;
        let stdout = child.stdout.take().context("the program has no stdout")?;
        let (queue, lines) = sync_channel(QUEUE);
        let reader = std::thread::spawn(move || relay(BufReader::new(stdout), &queue));
        Ok(Self { name: name.to_owned(), child, lines: Some(lines), reader: Some(reader) })
    }

    /// The next line; none when the program has closed its output.
    ///
    /// # Errors
    /// Nothing came within `patience`.
    pub(super) fn next(&self, patience: Duration) -> Result<Option<String>> {
        let Some(lines) = &self.lines else { return Ok(None) };
        match lines.recv_timeout(patience) {
            Ok(line) => Ok(Some(line)),
            Err(RecvTimeoutError::Disconnected) => Ok(None),
            Err(RecvTimeoutError::Timeout) => {
                bail!("{} said nothing for {} s", self.name, patience.as_secs())
            }
        }
    }

    /// Waits for a program that has closed its output.
    ///
    /// # Errors
    /// It cannot be waited for.
    pub(super) fn finish(mut self) -> Result<ExitStatus> {
        self.child.wait().with_context(|| format!("{} cannot be waited for", self.name))
    }
}

/// Hands lines over until the program or its owner is gone.
fn relay(from: impl BufRead, queue: &SyncSender<String>) {
    for line in from.lines() {
        let Ok(line) = line else { return };
        if queue.send(line).is_err() {
            return;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already; what it held is temporary in any case.
        let _ = self.child.kill();
        let _ = self.child.wait();
        // A reader that waits for room in the queue is let go before it is joined.
        self.lines = None;
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::process::Command;
    use std::time::Duration;

    use super::Running;

    fn sh(script: &str) -> (Running, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let running = Running::start("sh", Command::new("sh").args(["-c", script]), &log);
        (running.unwrap(), folder)
    }

    #[test]
    fn lines_come_one_by_one_and_errors_go_into_the_log() {
        let (running, folder) = sh("echo one; echo why >&2; echo two; exit 3");
        let patience = Duration::from_mins(1);
        assert_eq!(running.next(patience).unwrap().as_deref(), Some("one"));
        assert_eq!(running.next(patience).unwrap().as_deref(), Some("two"));
        assert_eq!(running.next(patience).unwrap(), None);
        assert_eq!(running.finish().unwrap().code(), Some(3));
        assert_eq!(std::fs::read_to_string(folder.path().join("log")).unwrap(), "why\n");
    }

    #[test]
    fn silence_has_an_end_and_dropping_ends_the_program() {
        let (running, _folder) = sh("exec sleep 600");
        let error = running.next(Duration::from_millis(1)).unwrap_err();
        assert_eq!(error.to_string(), "sh said nothing for 0 s");
        drop(running);
        let (chatty, _folder) = sh("while echo line; do :; done");
        chatty.next(Duration::from_mins(1)).unwrap();
        drop(chatty);
    }
}
