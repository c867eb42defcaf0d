//! Copies of the database, made while others read and write.

use crate::connection;
use crate::error::OpenError;
use crate::mark::sync_folder;
use crate::store::{SqliteStore, make_file};
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, ErrorCode, ffi};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

impl SqliteStore {
    /// Writes a consistent copy of the database to a new file that only its owner may read, while
    /// others read and write: complete or not at all, and on disk when this returns. Returns its
    /// size in bytes.
    ///
    /// # Errors
    /// [`OpenError::Exists`] if there is such a file; others say why it cannot be written.
    pub async fn backup(&self, target: &Path) -> Result<u64, OpenError> {
        if fs::symlink_metadata(target).is_ok() {
            return Err(OpenError::Exists(target.to_owned()));
        }
        let draft = beside(target);
        // Left by a copy that was cut short: it never became a backup.
        let _ = fs::remove_file(&draft);
        make_file(&draft)?;
        let to = draft.clone();
        let copied = self.aside("copying the database", move |conn| copy(conn, &to)).await;
        let io = |source| OpenError::Io { path: target.to_owned(), source };
        let done = copied.map_err(OpenError::from).and_then(|()| {
            publish(&draft, target).map_err(|error| match error.kind() {
                io::ErrorKind::AlreadyExists => OpenError::Exists(target.to_owned()),
                _ => io(error),
            })
        });
        if done.is_err() {
            // Half a copy is none; that it cannot be removed either is the smaller news.
            let _ = fs::remove_file(&draft);
        }
        done?;
        Ok(target.metadata().map_err(io)?.len())
    }
}

fn beside(target: &Path) -> PathBuf {
    let mut name = target.file_name().unwrap_or_default().to_owned();
    name.push(".partial");
    target.with_file_name(name)
}

/// One step for all pages: a read transaction over one snapshot, which no writer makes start again
/// (sqlite.org/c3ref/backup_finish.html).
fn copy(conn: &Connection, target: &Path) -> rusqlite::Result<()> {
    let mut to = Connection::open_with_flags(target, connection::flags())?;
    match Backup::new(conn, &mut to)?.step(-1)? {
        StepResult::Done => {}
        _ => {
            let busy =
                ffi::Error { code: ErrorCode::DatabaseBusy, extended_code: ffi::SQLITE_BUSY };
            return Err(rusqlite::Error::SqliteFailure(busy, None));
        }
    }
    // One file, without companions, wherever it is opened.
    to.pragma_update_and_check(None, "journal_mode", "delete", |row| row.get::<_, String>(0))?;
    to.close().map_err(|(_, error)| error)
}

/// Gives a written copy its name, which nobody else may have taken.
fn publish(draft: &Path, target: &Path) -> io::Result<()> {
    File::open(draft)?.sync_all()?;
    match fs::hard_link(draft, target) {
        Ok(()) => fs::remove_file(draft)?,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
        // Some file systems for sticks and shares have no links.
        Err(_) if fs::symlink_metadata(target).is_err() => fs::rename(draft, target)?,
        Err(error) => return Err(error),
    }
    sync_folder(target)
}
