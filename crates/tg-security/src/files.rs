//! Files that appear whole or not at all: the one way in which the product replaces a file.

use crate::validate::{PathFault, check_path};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// A file on its way. It is written beside its place, flushed to disk and renamed; then the folder
/// is flushed, so that the name survives a power cut too. Dropped before [`WholeFile::commit`], it
/// leaves nothing behind, and what was there stays.
///
/// Readable and writable by its owner only: what the product writes names people or holds keys.
///
/// A link is followed, and what is no regular file (`/dev/stdout`, a named pipe) is written to as it
/// is: renaming over it would put a file in the place of the device.
#[derive(Debug)]
pub struct WholeFile {
    out: BufWriter<Out>,
    place: PathBuf,
}

#[derive(Debug)]
enum Out {
    Beside(NamedTempFile),
    Through(File),
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Beside(file) => file.write(bytes),
            Self::Through(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Beside(file) => file.flush(),
            Self::Through(file) => file.flush(),
        }
    }
}

impl WholeFile {
    /// Begins a file that will stand at `path`.
    ///
    /// # Errors
    /// If the path has characters that a terminal would obey, leads to a folder or nowhere, or the
    /// folder cannot be written to.
    pub fn create(path: &Path) -> io::Result<Self> {
        check_path(path)
            .map_err(|fault: PathFault| io::Error::new(io::ErrorKind::InvalidInput, fault))?;
        let is_link = fs::symlink_metadata(path).is_ok_and(|about| about.is_symlink());
        let place = if is_link { fs::canonicalize(path)? } else { path.to_owned() };
        let out = match fs::metadata(&place) {
            Ok(about) if about.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            Ok(about) if !about.is_file() => {
                Out::Through(File::options().write(true).open(&place)?)
            }
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {
                Out::Beside(tempfile::Builder::new().prefix(".tg-").tempfile_in(folder_of(&place))?)
            }
        };
        Ok(Self { out: BufWriter::new(out), place })
    }

    /// Puts the file in its place.
    ///
    /// # Errors
    /// If it cannot be written to the end; what stood there before is still there.
    pub fn commit(self) -> io::Result<()> {
        match self.out.into_inner().map_err(io::IntoInnerError::into_error)? {
            Out::Through(mut file) => file.flush(),
            Out::Beside(file) => {
                file.as_file().sync_all()?;
                file.persist(&self.place).map_err(|error| error.error)?;
                sync_folder(folder_of(&self.place))
            }
        }
    }
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Where folders cannot be opened as files, names reach the disk later.
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder).map_or(Ok(()), |folder| folder.sync_all())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn write(path: &Path, text: &str) -> io::Result<()> {
        let mut file = WholeFile::create(path)?;
        file.write_all(text.as_bytes())?;
        file.commit()
    }

    #[test]
    fn it_appears_whole_in_place_of_an_older_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list.csv");
        fs::write(&path, "old").unwrap();
        let mut file = WholeFile::create(&path).unwrap();
        file.write_all(b"new").unwrap();
        file.flush().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        file.commit().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_is_given_up_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list.csv");
        let mut file = WholeFile::create(&path).unwrap();
        file.write_all(b"half").unwrap();
        drop(file);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        assert!(write(&folder.path().join("no/such/list.csv"), "x").is_err());
        assert!(write(folder.path(), "x").is_err());
        assert!(write(&folder.path().join("a\u{1b}[2Jb"), "x").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_reads_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list.csv");
        write(&path, "x").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_and_devices_stay_devices() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        fs::write(&real, "old").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        write(&link, "new").unwrap();
        assert_eq!(fs::read_to_string(&real).unwrap(), "new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        let null = folder.path().join("null");
        std::os::unix::fs::symlink("/dev/null", &null).unwrap();
        write(&null, "gone").unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
        let dangling = folder.path().join("dangling");
        std::os::unix::fs::symlink("nowhere", &dangling).unwrap();
        assert!(write(&dangling, "x").is_err());
    }
}
