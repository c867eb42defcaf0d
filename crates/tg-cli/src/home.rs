//! Where things lie in a home, and whether there is one.

use crate::env;
use crate::error::CliError;
use crate::exit::Exit;
use crate::keys::sync;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use tg_security::validate::inside;

/// The folder of a home.
#[derive(Clone, Debug)]
pub(crate) struct Home(PathBuf);

impl Home {
    /// The home in `folder`.
    pub(crate) fn at(folder: impl Into<PathBuf>) -> Self {
        Self(folder.into())
    }

    /// The home that is meant: by flag, else by `TG_HOME`, else the platform's data folder.
    ///
    /// # Errors
    /// If nothing says so, and the platform has no such folder.
    pub(crate) fn find(flag: Option<&Path>) -> Result<Self, CliError> {
        if let Some(folder) = flag {
            return Ok(Self::at(folder));
        }
        if let Some(folder) = env::HOME.value() {
            return Ok(Self::at(folder));
        }
        directories::ProjectDirs::from("", "", "tg")
            .map(|dirs| Self::at(dirs.data_dir()))
            .ok_or_else(|| {
                CliError::new(Exit::Usage, "no_home", "this system has no data folder for a home")
                    .hint(format!("name a folder with --home or {}", env::HOME.name))
            })
    }

    /// Its folder.
    pub(crate) fn dir(&self) -> &Path {
        &self.0
    }

    /// Settings. Written last, so that a home with settings is complete.
    pub(crate) fn config(&self) -> PathBuf {
        self.0.join("config.toml")
    }

    /// The database.
    pub(crate) fn db(&self) -> PathBuf {
        self.0.join("tg.db")
    }

    /// The master key.
    pub(crate) fn key(&self) -> PathBuf {
        self.0.join("master.key")
    }

    /// The master key that is to follow, while it is being made.
    pub(crate) fn next_key(&self) -> PathBuf {
        self.0.join("master.key.next")
    }

    /// A master key that was replaced, by its version: copies of the database may need it.
    pub(crate) fn old_key(&self, version: u32) -> PathBuf {
        self.0.join(format!("master.key.v{version}"))
    }

    /// All keys that were replaced, the newest first.
    pub(crate) fn old_keys(&self) -> Vec<PathBuf> {
        let Ok(entries) = self.0.read_dir() else { return Vec::new() };
        let is_old = |name: &str| name.starts_with("master.key.v");
        let mut paths: Vec<_> = entries
            .filter_map(Result::ok)
            .filter(|entry| entry.file_name().to_str().is_some_and(is_old))
            .map(|entry| entry.path())
            .collect();
        paths.sort();
        paths.reverse();
        paths
    }

    /// A copy that is being looked at before it takes the database's place.
    pub(crate) fn staged_db(&self) -> PathBuf {
        self.0.join("tg.db.restoring")
    }

    /// Where the log of a copy that is being looked at ends.
    pub(crate) fn staged_head(&self) -> PathBuf {
        self.0.join("audit.head.restoring")
    }

    /// Has the note of a copy's log take the old note's place, once the copy has taken the database's:
    /// after a crash between the two, whoever comes next does it.
    ///
    /// # Errors
    /// If the note cannot be renamed.
    pub(crate) fn finish_restore(&self) -> io::Result<()> {
        let note = self.staged_head();
        if self.staged_db().exists() || !note.exists() {
            return Ok(());
        }
        match fs::rename(&note, self.0.join("audit.head")) {
            // Somebody else came next, too.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
            Ok(()) => sync(&self.0),
        }
    }

    /// A database whose place a copy took.
    pub(crate) fn replaced_db(&self, number: u32) -> PathBuf {
        self.0.join(format!("tg.db.replaced-{number}"))
    }

    /// The number of the last claim, outside the database.
    pub(crate) fn mark(&self) -> PathBuf {
        self.0.join("claims.mark")
    }

    /// Two homes whose databases are one file by a link would both hold a lock of their own, and both
    /// send. A link in the place of the mark would have another file overwritten.
    fn check_links(&self) -> Result<(), CliError> {
        for name in ["tg.db", "claims.mark", "run.lock"] {
            inside(&self.0, Path::new(name)).map_err(|fault| {
                let message = format!("{} cannot be used", self.0.join(name).display());
                CliError::new(Exit::Refused, "home_link", message)
                    .because(&fault)
                    .hint("move the file itself here; the home's folder as a whole may be a link")
            })?;
        }
        Ok(())
    }

    /// The token of a sign-in.
    pub(crate) fn sign_in(&self) -> PathBuf {
        self.0.join("sign-in")
    }

    /// Ends with an error unless the home was made, wholly.
    ///
    /// # Errors
    /// That it is not there, or not complete; or that one of its files is a link.
    pub(crate) fn require(&self) -> Result<(), CliError> {
        if self.config().exists() {
            return self.check_links();
        }
        let dir = self.0.display();
        let begun = self.key().exists() || self.db().exists();
        let (message, hint) = if begun {
            (format!("the home in {dir} is not complete"), "`tg init` completes it")
        } else {
            (
                format!("there is no home in {dir}"),
                "make one with `tg init`, or name another with --home or TG_HOME",
            )
        };
        Err(CliError::new(Exit::Failed, "no_home", message).hint(hint))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_home_is_complete_when_its_settings_are_there() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::at(dir.path());
        let error = home.require().unwrap_err();
        assert_eq!(error.exit(), Exit::Failed);
        assert!(error.human(false).contains("there is no home"));
        std::fs::write(home.key(), "").unwrap();
        assert!(home.require().unwrap_err().human(false).contains("not complete"));
        std::fs::write(home.config(), "").unwrap();
        assert!(home.require().is_ok());
    }
}
