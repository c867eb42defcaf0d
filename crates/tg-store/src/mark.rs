//! The mark: the number of the last claim, kept outside the database, so that a database which was
//! restored from a copy is recognised: it counts less than the mark says.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// Begins every mark; the number is the version of the layout.
const MAGIC: &str = "tg-claims/1";
/// Longest mark: magic, uuid, 20 digits, separators. Well within a sector, so that overwriting it
/// in place is not torn.
const MAX: u64 = 96;

/// Whether the database is the one that claimed last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MarkState {
    /// It is.
    Normal,
    /// It is an older copy, or another home's: what was sent after it was made is not known.
    Restored {
        /// What gave it away, for a person.
        reason: String,
    },
}

/// Writes the mark of one home.
#[derive(Debug)]
pub(crate) struct Mark {
    path: PathBuf,
    home: Uuid,
    file: Option<File>,
}

impl Mark {
    /// The mark of `home` at `path`; no file is touched yet.
    pub(crate) const fn new(path: PathBuf, home: Uuid) -> Self {
        Self { path, home, file: None }
    }

    /// Records `counter` durably. Overwrites in place: a claim waits for one sync, not three.
    pub(crate) fn write(&mut self, counter: i64) -> std::io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(open(&self.path)?),
        };
        let line = format!("{MAGIC} {} {counter:020}\n", self.home);
        file.seek(SeekFrom::Start(0))?;
        file.write_all(line.as_bytes())?;
        file.sync_data()
    }
}

/// Opens the file for writing; a new one is made durable with its folder's entry.
fn open(path: &Path) -> std::io::Result<File> {
    match OpenOptions::new().write(true).open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let file = OpenOptions::new().write(true).create_new(true).open(path)?;
            file.sync_all()?;
            sync_folder(path)?;
            Ok(file)
        }
        other => other,
    }
}

/// Makes the entry of `path` in its folder durable, where folders can be synced.
pub(crate) fn sync_folder(path: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
        File::open(folder)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// Compares a database with the mark beside it.
pub(crate) fn compare(path: &Path, home: Uuid, counter: i64) -> std::io::Result<MarkState> {
    let restored = |reason: String| Ok(MarkState::Restored { reason });
    let text = match File::open(path) {
        Ok(file) => {
            let mut bytes = Vec::new();
            file.take(MAX).read_to_end(&mut bytes)?;
            String::from_utf8_lossy(&bytes).into_owned()
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return if counter == 0 {
                Ok(MarkState::Normal)
            } else {
                restored("the file with the number of the last claim is gone".to_owned())
            };
        }
        Err(error) => return Err(error),
    };
    let Some((marked_home, marked)) = parse(&text) else {
        return restored("the file with the number of the last claim is damaged".to_owned());
    };
    if marked_home != home {
        return restored("the number of the last claim belongs to another home".to_owned());
    }
    if counter < marked {
        return restored(format!("the database counts {counter} claims, {marked} were made"));
    }
    Ok(MarkState::Normal)
}

fn parse(text: &str) -> Option<(Uuid, i64)> {
    let mut words = text.split_ascii_whitespace();
    if words.next()? != MAGIC {
        return None;
    }
    let home = Uuid::try_parse(words.next()?).ok()?;
    let digits = words.next().filter(|digits| digits.len() == 20)?;
    Some((home, digits.parse().ok()?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const HOME: Uuid = Uuid::from_u128(7);

    fn restored(state: &MarkState) -> bool {
        matches!(state, MarkState::Restored { .. })
    }

    #[test]
    fn a_database_behind_its_mark_was_restored() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("claims.mark");
        assert_eq!(compare(&path, HOME, 0).unwrap(), MarkState::Normal);
        assert!(restored(&compare(&path, HOME, 1).unwrap()));

        let mut mark = Mark::new(path.clone(), HOME);
        mark.write(0).unwrap();
        mark.write(1_234).unwrap();
        mark.write(41).unwrap();
        assert_eq!(compare(&path, HOME, 41).unwrap(), MarkState::Normal);
        assert_eq!(compare(&path, HOME, 42).unwrap(), MarkState::Normal);
        assert!(restored(&compare(&path, HOME, 40).unwrap()));
        assert!(restored(&compare(&path, Uuid::from_u128(8), 41).unwrap()));

        for damage in ["", "tg-claims/1", "tg-claims/2 x 1", "tg-claims/1 x 00000000000000000001"] {
            std::fs::write(&path, damage).unwrap();
            assert!(restored(&compare(&path, HOME, 41).unwrap()), "{damage:?}");
        }
    }
}
