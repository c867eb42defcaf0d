//! Where rejected rows go.

use std::io::{self, Write};
use std::path::PathBuf;
use tg_security::WholeFile;
use tg_security::validate::list::{Reject, RejectWriter};

/// Takes the rejected rows of one import: a CSV text, written with the first of them.
pub trait RejectSink: Write + Send {
    /// Makes what was written visible, and names it.
    ///
    /// # Errors
    /// If it cannot be kept.
    fn publish(&mut self) -> io::Result<String>;
}

/// The rejects of one import: the sink is not touched before the first.
pub(super) enum Rejects {
    Idle(Box<dyn RejectSink>),
    Open(Box<RejectWriter<Box<dyn RejectSink>>>),
    Closed,
}

impl Rejects {
    pub(super) fn new(sink: Box<dyn RejectSink>) -> Self {
        Self::Idle(sink)
    }

    pub(super) fn write(&mut self, reject: &Reject) -> io::Result<()> {
        *self = match std::mem::replace(self, Self::Closed) {
            Self::Idle(sink) => Self::Open(Box::new(RejectWriter::new(sink)?)),
            other => other,
        };
        match self {
            Self::Open(writer) => writer.write(reject),
            Self::Idle(_) | Self::Closed => Err(io::Error::other("the rejects are closed")),
        }
    }

    /// Makes them visible; where they are, if there are any.
    pub(super) fn publish(&mut self) -> io::Result<Option<String>> {
        match std::mem::replace(self, Self::Closed) {
            Self::Open(writer) => writer.finish()?.publish().map(Some),
            Self::Idle(_) | Self::Closed => Ok(None),
        }
    }
}

/// A file of rejects. Nothing is made before the first reject; it is written beside its place and
/// appears there whole. A file of an earlier import is replaced.
#[derive(Debug)]
pub struct RejectFile {
    path: PathBuf,
    open: Option<WholeFile>,
}

impl RejectFile {
    /// Rejects go to `path`.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), open: None }
    }

    fn file(&mut self) -> io::Result<&mut WholeFile> {
        if self.open.is_none() {
            self.open = Some(WholeFile::create(&self.path)?);
        }
        self.open.as_mut().ok_or_else(|| io::Error::other("the file was closed"))
    }
}

impl Write for RejectFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file()?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.open {
            Some(file) => file.flush(),
            None => Ok(()),
        }
    }
}

impl RejectSink for RejectFile {
    fn publish(&mut self) -> io::Result<String> {
        if let Some(file) = self.open.take() {
            file.commit()?;
        }
        Ok(self.path.display().to_string())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::fs;

    #[test]
    fn nothing_is_made_before_it_is_needed_or_kept_unless_published() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("people.rejects.csv");
        let count = || fs::read_dir(folder.path()).unwrap().count();
        let mut file = RejectFile::new(&path);
        file.flush().unwrap();
        assert_eq!(count(), 0);
        file.write_all(b"a\n").unwrap();
        assert!(!path.exists());
        drop(file);
        assert_eq!(count(), 0);
    }

    #[test]
    fn it_appears_whole_in_place_of_an_older_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("people.rejects.csv");
        fs::write(&path, "old").unwrap();
        let mut file = RejectFile::new(&path);
        file.write_all(b"new\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(file.publish().unwrap(), path.display().to_string());
        assert_eq!(fs::read_to_string(&path).unwrap(), "new\n");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
