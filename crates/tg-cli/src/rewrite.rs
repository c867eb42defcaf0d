//! A file of somebody else's, read and replaced as a whole: the new content under the old name, with
//! the old permissions and owner, or the file as it was.

use crate::error::CliError;
use crate::exit::Exit;
use std::fs::{self, File, Metadata};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use tg_engine::home_steps::{HomeStep, reach};
use zeroize::Zeroizing;

/// No configuration is longer.
const MAX: u64 = 4 * 1024 * 1024;

/// A file that is about to be replaced.
pub(crate) struct Rewrite {
    /// The file itself, behind any links.
    path: PathBuf,
    text: Zeroizing<String>,
    was: Metadata,
}

impl Rewrite {
    /// Reads the file. A symbolic link stays what it is: the file behind it is meant.
    ///
    /// # Errors
    /// If it cannot be read, is no plain text file, or has a second name under which its content
    /// would stay.
    pub(crate) fn open(path: &Path) -> Result<Self, CliError> {
        let failed = |error: io::Error| {
            CliError::new(Exit::Failed, "unreadable", format!("cannot read {}", path.display()))
                .because(&error)
                .hint("check the path and its permissions")
        };
        let path = fs::canonicalize(path).map_err(failed)?;
        if !fs::metadata(&path).map_err(failed)?.is_file() {
            return Err(failed(io::Error::from(io::ErrorKind::InvalidInput)));
        }
        let file = File::open(&path).map_err(failed)?;
        let was = file.metadata().map_err(failed)?;
        if was.len() > MAX {
            let message = format!("{} is longer than {MAX} bytes", path.display());
            return Err(CliError::new(Exit::Failed, "too_long", message));
        }
        if names(&was) > 1 {
            let message = format!(
                "{} has {} names (hard links); under the others the secrets would stay",
                path.display(),
                names(&was)
            );
            return Err(CliError::new(Exit::Refused, "hard_link", message)
                .hint("remove the other names first"));
        }
        let capacity = usize::try_from(was.len()).unwrap_or(0) + 1;
        let mut text = Zeroizing::new(String::with_capacity(capacity));
        file.take(MAX + 1).read_to_string(&mut text).map_err(failed)?;
        Ok(Self { path, text, was })
    }

    /// What it says.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Replaces its content, and nothing else about it: all or nothing, and on disk when this
    /// returns.
    ///
    /// # Errors
    /// If somebody changed it meanwhile, or it cannot be replaced; it is as it was then.
    pub(crate) fn replace(&self, content: &str) -> Result<(), CliError> {
        let failed = |error: io::Error| {
            let message = format!("cannot replace {}; it was left as it is", self.path.display());
            CliError::new(Exit::Failed, "unwritable", message)
                .because(&error)
                .hint("what is recognised is sealed already: run the command again once it can be written")
        };
        let folder = self.path.parent().unwrap_or_else(|| Path::new("."));
        let mut draft = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
        draft.write_all(content.as_bytes()).map_err(failed)?;
        self.dress(draft.as_file()).map_err(failed)?;
        draft.as_file().sync_all().map_err(failed)?;
        reach(HomeStep::MigrateDrafted);
        let now = Zeroizing::new(fs::read(&self.path).map_err(failed)?);
        if now.as_slice() != self.text.as_bytes() {
            let message =
                format!("{} was changed meanwhile; it was left as it is", self.path.display());
            return Err(
                CliError::new(Exit::Failed, "changed", message).hint("run the command again")
            );
        }
        draft.persist(&self.path).map_err(|error| failed(error.error))?;
        crate::keys::sync(folder).map_err(failed)
    }

    /// Gives the new file the permissions and the owner of the old one.
    #[cfg(unix)]
    fn dress(&self, file: &File) -> io::Result<()> {
        use std::os::unix::fs::{MetadataExt, fchown};
        let made = file.metadata()?;
        if (made.uid(), made.gid()) != (self.was.uid(), self.was.gid()) {
            fchown(file, Some(self.was.uid()), Some(self.was.gid()))?;
        }
        file.set_permissions(self.was.permissions())
    }

    #[cfg(not(unix))]
    fn dress(&self, file: &File) -> io::Result<()> {
        file.set_permissions(self.was.permissions())
    }
}

#[cfg(unix)]
fn names(file: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::nlink(file)
}

#[cfg(not(unix))]
fn names(_: &Metadata) -> u64 {
    1
}

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    #[test]
    fn links_and_permissions_stay() {
        let dir = tempfile::tempdir().unwrap();
        let (real, link) = (dir.path().join("real.env"), dir.path().join("link.env"));
        fs::write(&real, "A=1\n").unwrap();
        fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
        symlink(&real, &link).unwrap();
        let file = Rewrite::open(&link).unwrap();
        assert_eq!(file.text(), "A=1\n");
        file.replace("A=\n").unwrap();
        assert_eq!(fs::read_to_string(&real).unwrap(), "A=\n");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2, "no draft is left");
    }

    #[test]
    fn what_was_changed_meanwhile_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.env");
        fs::write(&path, "A=1\n").unwrap();
        let file = Rewrite::open(&path).unwrap();
        fs::write(&path, "A=2\n").unwrap();
        assert_eq!(file.replace("A=\n").unwrap_err().code(), "changed");
        assert_eq!(fs::read_to_string(&path).unwrap(), "A=2\n");
    }

    #[test]
    fn a_second_name_is_found_before_anything_is_done() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.env");
        fs::write(&path, "A=1\n").unwrap();
        fs::hard_link(&path, dir.path().join("b.env")).unwrap();
        assert_eq!(Rewrite::open(&path).err().unwrap().code(), "hard_link");
        assert_eq!(Rewrite::open(dir.path()).err().unwrap().code(), "unreadable");
    }
}
