//! Files that people name, and standard input: read up to a bound, with errors that name them.

use crate::error::CliError;
use crate::exit::Exit;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// How a file is called in messages.
pub(crate) fn label(path: &Path) -> String {
    if is_stdin(path) { "standard input".to_owned() } else { path.display().to_string() }
}

/// The last part of a path, as logs show it.
pub(crate) fn file_name(path: &Path) -> String {
    crate::text::clean(&path.file_name().unwrap_or_default().to_string_lossy())
}

/// Whether standard input is meant.
pub(crate) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Opens a file or standard input.
///
/// # Errors
/// If it cannot be opened.
pub(crate) fn open(path: &Path) -> Result<Box<dyn Read + Send>, CliError> {
    if is_stdin(path) {
        return Ok(Box::new(io::stdin()));
    }
    let file = File::open(path).map_err(|error| unreadable(path, &error))?;
    let about = file.metadata().map_err(|error| unreadable(path, &error))?;
    if about.is_dir() {
        return Err(unreadable(path, &io::Error::from(io::ErrorKind::IsADirectory)));
    }
    // What has no length is made while it is read: pipes, devices, what the system tells in files.
    if !about.is_file() || about.len() == 0 {
        return Ok(Box::new(file));
    }
    Ok(Box::new(Steady { file, left: about.len(), length: about.len(), at: about.modified().ok() }))
}

/// Where a file that belongs to `input` is put: beside it, with `suffix` behind its name. What comes
/// through a pipe of the shell has no place of its own: then it is the current folder.
pub(crate) fn beside(input: &Path, suffix: &str) -> PathBuf {
    let passing = is_stdin(input) || ["/dev", "/proc"].iter().any(|dir| input.starts_with(dir));
    let mut name = if passing { "stdin".into() } else { input.as_os_str().to_owned() };
    name.push(suffix);
    PathBuf::from(name)
}

/// A file that has to stay as it is while it is read. Somebody who still writes it may have got to
/// the middle of a row: half a phone number is another person's.
struct Steady {
    file: File,
    left: u64,
    length: u64,
    at: Option<SystemTime>,
}

impl Steady {
    /// Before the last bytes are given out.
    fn check(&self) -> io::Result<()> {
        let now = self.file.metadata()?;
        if now.len() == self.length && now.modified().ok() == self.at {
            return Ok(());
        }
        Err(io::Error::other("it changed while it was read; wait until it is complete"))
    }
}

impl Read for Steady {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let most = out.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let count = self.file.read(&mut out[..most])?;
        self.left -= u64::try_from(count).unwrap_or(0);
        if self.left == 0 || count == 0 && most > 0 {
            self.check()?;
        }
        Ok(count)
    }
}

/// Reads all of a file or of standard input, of which there may be `max` bytes.
///
/// # Errors
/// If it cannot be read, or is longer.
pub(crate) fn read(path: &Path, max: usize) -> Result<Vec<u8>, CliError> {
    let mut bytes = Vec::new();
    // One byte more than allowed tells a long file from one that just fits.
    open(path)?
        .take(u64::try_from(max).unwrap_or(u64::MAX).saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(path, &error))?;
    if bytes.len() > max {
        let message = format!("{} is longer than {max} bytes", label(path));
        return Err(CliError::new(Exit::Failed, "too_long", message)
            .hint("nothing of this kind is that long; is it the right file?"));
    }
    Ok(bytes)
}

/// The same for text.
///
/// # Errors
/// Also if it is not UTF-8.
pub(crate) fn read_text(path: &Path, max: usize) -> Result<String, CliError> {
    String::from_utf8(read(path, max)?).map_err(|error| {
        let message = format!(
            "{} is not UTF-8 (byte {})",
            label(path),
            error.utf8_error().valid_up_to().saturating_add(1)
        );
        CliError::new(Exit::Failed, "not_utf8", message).hint("save it as UTF-8")
    })
}

fn unreadable(path: &Path, error: &io::Error) -> CliError {
    CliError::new(Exit::Failed, "unreadable", format!("cannot read {}", label(path)))
        .because(error)
        .hint("check the path and its permissions; `-` reads standard input")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn bounds_and_encodings_are_checked() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        std::fs::write(&path, "abcd").unwrap();
        assert_eq!(read_text(&path, 4).unwrap(), "abcd");
        assert!(read(&path, 3).unwrap_err().human(false).contains("longer than 3 bytes"));
        std::fs::write(&path, b"ab\xff").unwrap();
        assert!(read_text(&path, 9).unwrap_err().human(false).contains("not UTF-8 (byte 3)"));
    }

    #[test]
    fn a_file_that_is_still_written_is_not_believed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("list.csv");
        for (change, fine) in [("", true), ("more", false), ("cut", false)] {
            std::fs::write(&path, "x".repeat(100)).unwrap();
            let mut reader = open(&path).unwrap();
            let mut part = [0; 60];
            reader.read_exact(&mut part).unwrap();
            match change {
                "more" => std::fs::write(&path, "x".repeat(101)).unwrap(),
                "cut" => std::fs::write(&path, "x".repeat(70)).unwrap(),
                _ => {}
            }
            let mut rest = Vec::new();
            let read = reader.read_to_end(&mut rest);
            assert_eq!(read.is_ok(), fine, "{change}");
        }
    }

    #[test]
    fn what_belongs_to_a_file_stands_beside_it() {
        for (input, place) in [
            ("a/b.csv", "a/b.csv.rejects.csv"),
            ("-", "stdin.rejects.csv"),
            ("/dev/stdin", "stdin.rejects.csv"),
            ("/dev/fd/63", "stdin.rejects.csv"),
            ("/proc/self/fd/0", "stdin.rejects.csv"),
        ] {
            assert_eq!(beside(Path::new(input), ".rejects.csv"), Path::new(place));
        }
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let dir = tempfile::tempdir().unwrap();
        for path in [dir.path().to_owned(), dir.path().join("none")] {
            let error = read(&path, 9).unwrap_err();
            assert_eq!(error.exit(), Exit::Failed);
            assert!(error.human(false).contains(&path.display().to_string()));
        }
    }
}
