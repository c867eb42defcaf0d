//! The home lock: what must be alone in a home (`run`, `serve`, restore, migrations) takes it. And
//! the lock on its sessions, for a command that signs in or looks after accounts.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// The file's name within the home.
const NAME: &str = "run.lock";
/// The file of whoever uses sessions beside the engine.
const SESSIONS: &str = "sessions.lock";

/// An exclusive lock on a home, held until it is dropped or the process ends. It is the operating
/// system's lock on an open file, so that nothing has to be cleaned up after a crash; the file's
/// content only tells people who holds it.
#[derive(Debug)]
pub struct HomeLock {
    _file: File,
    path: PathBuf,
}

/// Why a home could not be locked.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process has it.
    #[error("the home is in use by {}", holder(.pid.as_ref()))]
    Held {
        /// Its process id, if it could be read.
        pid: Option<u32>,
    },
    /// The file system refused.
    #[error("{path} could not be locked")]
    Io {
        /// The lock file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

fn holder(pid: Option<&u32>) -> String {
    pid.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"))
}

impl HomeLock {
    /// Locks the home in folder `home`, without waiting.
    ///
    /// # Errors
    /// [`LockError::Held`] if another process (or another lock of this one) has it.
    pub fn acquire(home: &Path) -> Result<Self, LockError> {
        let path = home.join(NAME);
        Ok(Self { _file: take(&path)?, path })
    }

    /// Says whether another process has the home, without taking it.
    ///
    /// # Errors
    /// [`LockError::Held`] if so.
    pub fn probe(home: &Path) -> Result<(), LockError> {
        look(&home.join(NAME))
    }

    /// Whether this is the lock of the home in folder `home`.
    #[must_use]
    pub fn guards(&self, home: &Path) -> bool {
        self.path == home.join(NAME)
    }
}

/// An exclusive lock on the sessions of a home's accounts, for the one command that may open them
/// beside the engine. Of the same kind as [`HomeLock`].
#[derive(Debug)]
pub struct SessionLock {
    _file: File,
}

impl SessionLock {
    /// Takes it, without waiting. A look by the engine in this very moment counts as held: who gets
    /// that tries again.
    ///
    /// # Errors
    /// [`LockError::Held`] if another command has it.
    pub fn acquire(home: &Path) -> Result<Self, LockError> {
        Ok(Self { _file: take(&home.join(SESSIONS))? })
    }

    /// Whether a command has it. In doubt one has.
    #[must_use]
    pub fn is_held(home: &Path) -> bool {
        look(&home.join(SESSIONS)).is_err()
    }
}

fn take(path: &Path) -> Result<File, LockError> {
    let io = |source| LockError::Io { path: path.to_owned(), source };
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .map_err(io)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(LockError::Held { pid: read_pid(&mut file) });
        }
        Err(TryLockError::Error(source)) => return Err(io(source)),
    }
    write_pid(&mut file).map_err(io)?;
    Ok(file)
}

fn look(path: &Path) -> Result<(), LockError> {
    let io = |source| LockError::Io { path: path.to_owned(), source };
    let mut file = match File::open(path) {
        // Nobody ever had it.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        result => result.map_err(io)?,
    };
    // Shared, and gone with the file at once: who takes it meanwhile should not notice.
    match file.try_lock_shared() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(LockError::Held { pid: read_pid(&mut file) }),
        Err(TryLockError::Error(source)) => Err(io(source)),
    }
}

fn write_pid(file: &mut File) -> std::io::Result<()> {
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0))?;
    writeln!(file, "{}", std::process::id())
}

fn read_pid(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    // A process id has at most ten digits; nothing longer is worth reading.
    file.take(16).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn one_at_a_time_and_free_again() {
        let home = tempfile::tempdir().unwrap();
        let lock = HomeLock::acquire(home.path()).unwrap();
        assert!(lock.guards(home.path()));
        let error = HomeLock::acquire(home.path()).unwrap_err();
        let own = std::process::id();
        assert!(matches!(error, LockError::Held { pid: Some(pid) } if pid == own));
        assert_eq!(error.to_string(), format!("the home is in use by process {own}"));
        let probed = HomeLock::probe(home.path()).unwrap_err();
        assert!(matches!(probed, LockError::Held { pid: Some(pid) } if pid == own));
        drop(lock);
        HomeLock::probe(home.path()).unwrap();
        HomeLock::acquire(home.path()).unwrap();
    }

    #[test]
    fn sessions_are_for_one_command_and_for_none_that_died() {
        let home = tempfile::tempdir().unwrap();
        assert!(!SessionLock::is_held(home.path()));
        let lock = SessionLock::acquire(home.path()).unwrap();
        assert!(SessionLock::is_held(home.path()));
        assert!(matches!(SessionLock::acquire(home.path()), Err(LockError::Held { .. })));
        HomeLock::acquire(home.path()).unwrap();
        drop(lock);
        assert!(!SessionLock::is_held(home.path()));
    }

    #[test]
    fn a_home_that_is_not_there() {
        let home = tempfile::tempdir().unwrap();
        let error = HomeLock::acquire(&home.path().join("nowhere")).unwrap_err();
        assert!(matches!(error, LockError::Io { .. }));
        HomeLock::probe(home.path()).unwrap();
        assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0, "a probe makes no file");
    }
}
