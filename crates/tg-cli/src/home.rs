//! Where things lie in a home, and whether there is one.

use crate::env;
use crate::error::CliError;
use crate::exit::Exit;
use std::path::{Path, PathBuf};

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

    /// The number of the last claim, outside the database.
    pub(crate) fn mark(&self) -> PathBuf {
        self.0.join("claims.mark")
    }

    /// Ends with an error unless the home was made, wholly.
    ///
    /// # Errors
    /// That it is not there, or not complete.
    pub(crate) fn require(&self) -> Result<(), CliError> {
        if self.config().exists() {
            return Ok(());
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
