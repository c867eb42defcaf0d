//! A file that only grows: one JSON object a line, each on disk before anybody is told of it.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use serde::Serialize;

use crate::error::SimError;
use crate::sync::locked;

/// An append-only log. [`AppendLog::push`] is called under the lock that orders its lines, and only fills a buffer;
/// [`AppendLog::flush`] writes what everybody has pushed, in one write, before answers go out.
///
/// A written line is in the kernel's hands and outlives this process, killed or not. It does not outlive a power cut:
/// that is not what a simulator is for.
#[derive(Debug)]
pub(crate) struct AppendLog {
    pending: Mutex<Vec<u8>>,
    writer: Mutex<Writer>,
    lines: AtomicU64,
    failed: AtomicBool,
}

#[derive(Debug)]
struct Writer {
    file: File,
    /// The other of two buffers that take turns.
    batch: Vec<u8>,
}

impl AppendLog {
    /// Opens or makes a log and reads what is in it. A last line without its end was never promised to anybody: it is
    /// cut off. Files are made with mode 0600, because messages are in them.
    pub(crate) fn open(
        path: &Path,
        mut on_line: impl FnMut(&[u8]) -> Result<(), serde_json::Error>,
    ) -> Result<Self, SimError> {
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(|error| SimError::file("open", path, error))?;
        let mut reader = BufReader::new(&file);
        let mut line = Vec::new();
        let (mut lines, mut good) = (0_u64, 0_u64);
        loop {
            line.clear();
            let read = reader
                .read_until(b'\n', &mut line)
                .map_err(|error| SimError::file("read", path, error))?;
            if line.last() != Some(&b'\n') {
                break;
            }
            on_line(&line).map_err(|source| SimError::Content {
                path: path.to_owned(),
                line: lines + 1,
                source,
            })?;
            lines += 1;
            good += u64::try_from(read).unwrap_or(u64::MAX);
        }
        file.set_len(good)
            .and_then(|()| file.seek(SeekFrom::End(0)))
            .map_err(|error| SimError::file("truncate", path, error))?;
        Ok(Self {
            pending: Mutex::default(),
            writer: Mutex::new(Writer { file, batch: Vec::new() }),
            lines: AtomicU64::new(lines),
            failed: AtomicBool::new(false),
        })
    }

    /// Adds a line to what the next flush writes.
    pub(crate) fn push(&self, record: &impl Serialize) {
        let mut pending = locked(&self.pending);
        let before = pending.len();
        if serde_json::to_writer(&mut *pending, record).is_ok() {
            pending.push(b'\n');
            self.lines.fetch_add(1, Ordering::Relaxed);
        } else {
            // Records are plain data, which always serialises; if one did not, nothing may be answered any more.
            pending.truncate(before);
            self.failed.store(true, Ordering::Release);
        }
    }

    /// Returns when everything that was pushed before the call is in the file, whoever wrote it. After a failure
    /// (a full disk) it fails for good: what could not be recorded is not promised.
    pub(crate) fn flush(&self) -> io::Result<()> {
        let mut guard = locked(&self.writer);
        let writer = &mut *guard;
        if self.failed.load(Ordering::Acquire) {
            return Err(io::Error::other("an earlier write failed"));
        }
        std::mem::swap(&mut *locked(&self.pending), &mut writer.batch);
        if writer.batch.is_empty() {
            return Ok(());
        }
        let written = writer.file.write_all(&writer.batch);
        writer.batch.clear();
        if written.is_err() {
            self.failed.store(true, Ordering::Release);
        }
        written
    }

    /// How many lines there are, those of former runs included.
    pub(crate) fn lines(&self) -> u64 {
        self.lines.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::fs;

    use super::*;

    fn read(path: &Path) -> Vec<String> {
        let mut lines = Vec::new();
        AppendLog::open(path, |line| {
            lines.push(serde_json::from_slice(line)?);
            Ok(())
        })
        .unwrap();
        lines
    }

    #[test]
    fn flushed_lines_are_there_again_and_a_torn_one_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("log");
        let log = AppendLog::open(&path, |_| Ok(())).unwrap();
        log.push(&"one");
        log.push(&"two");
        log.flush().unwrap();
        log.push(&"never flushed");
        drop(log);
        fs::write(&path, [fs::read(&path).unwrap(), b"\"to".to_vec()].concat()).unwrap();

        assert_eq!(read(&path), ["one", "two"]);
        let log = AppendLog::open(&path, |_| Ok(())).unwrap();
        assert_eq!(log.lines(), 2);
        log.push(&"three");
        log.flush().unwrap();
        assert_eq!(read(&path), ["one", "two", "three"]);
    }

    #[test]
    fn a_foreign_line_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("log");
        fs::write(&path, "\"fine\"\nnot json\n").unwrap();
        let error = AppendLog::open(&path, |line| serde_json::from_slice::<String>(line).map(drop))
            .unwrap_err();
        assert!(error.to_string().contains("line 2"), "{error}");
    }
}
