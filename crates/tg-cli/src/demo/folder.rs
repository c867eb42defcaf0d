//! Where the demonstration plays: a temporary folder, unless somebody wants to look around in it.

use crate::args::demo::Demo;
use crate::error::CliError;
use crate::exit::Exit;
use std::io;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A folder; a temporary one vanishes with it.
#[derive(Debug)]
pub(crate) enum Folder {
    /// Removed at the end.
    Temporary(TempDir),
    /// Stays.
    Kept(PathBuf),
}

impl Folder {
    /// The folder that was asked for.
    ///
    /// # Errors
    /// If it cannot be made, or there is something in it.
    pub(crate) fn make(args: &Demo) -> Result<Self, CliError> {
        let fault = |path: &Path, error: &io::Error| {
            CliError::new(Exit::Failed, "demo_folder", format!("cannot use {}", path.display()))
                .because(error)
        };
        let Some(dir) = &args.dir else {
            let made = tempfile::Builder::new().prefix("tg-demo-").tempdir();
            let folder = made.map_err(|error| fault(&std::env::temp_dir(), &error))?;
            return Ok(if args.keep { Self::Kept(folder.keep()) } else { Self::Temporary(folder) });
        };
        std::fs::create_dir_all(dir).map_err(|error| fault(dir, &error))?;
        let mut content = std::fs::read_dir(dir).map_err(|error| fault(dir, &error))?;
        if content.next().is_some() {
            let message = format!("{} is not empty", dir.display());
            return Err(CliError::new(Exit::Refused, "demo_folder", message)
                .hint("name a new folder; nothing was changed"));
        }
        std::path::absolute(dir).map(Self::Kept).map_err(|error| fault(dir, &error))
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::Temporary(folder) => folder.path(),
            Self::Kept(folder) => folder,
        }
    }

    /// Whether it is still there afterwards.
    pub(crate) const fn is_kept(&self) -> bool {
        matches!(self, Self::Kept(_))
    }
}
