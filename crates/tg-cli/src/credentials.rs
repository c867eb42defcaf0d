//! What proves who types: `TG_API_KEY`, or the token that `tg auth login` left in a file.

use crate::env;
use crate::error::CliError;
use crate::exit::Exit;
use crate::home::Home;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use tg_app::auth::Shown;

/// No token is longer.
const MAX: u64 = 4 * 1024;
/// Token files begin so; no other file is ever replaced or removed.
const TOKEN: &str = "tgs_";

/// Whether what the environment and the home's files show is meant for the home at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Credentials {
    /// It is.
    Shown,
    /// It is a home of this process's own making.
    #[cfg(feature = "demo")]
    Own,
}

impl Credentials {
    /// What is shown: a key from the environment, else the token file of a sign-in, else nothing.
    ///
    /// # Errors
    /// If either cannot be read.
    pub(crate) fn shown(self, home: &Home) -> Result<Shown, CliError> {
        #[cfg(feature = "demo")]
        if self == Self::Own {
            return Ok(Shown::Nothing);
        }
        if let Some(key) = env::API_KEY.text()? {
            return Ok(Shown::Key(key));
        }
        Ok(token(home)?.map_or(Shown::Nothing, Shown::SignIn))
    }
}

/// Where the token of a sign-in is kept.
fn path(home: &Home) -> PathBuf {
    env::SESSION_FILE.value().map_or_else(|| home.sign_in(), PathBuf::from)
}

/// The token of a sign-in, if there is one.
///
/// # Errors
/// If the file cannot be read, or others can read it too.
pub(crate) fn token(home: &Home) -> Result<Option<String>, CliError> {
    let path = path(home);
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unusable("read", &path, &error)),
    };
    only_ours(&path, &file)?;
    bounded(file).map(Some).map_err(|error| unusable("read", &path, &error))
}

/// Keeps the token of a sign-in, for its owner only.
///
/// # Errors
/// If it cannot be written, or something else than a token is in its place.
pub(crate) fn keep(home: &Home, token: &str) -> Result<(), CliError> {
    let path = path(home);
    not_something_else(&path)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let write = || -> io::Result<()> {
        // A file of its own that only its owner may read, and then in one step under its name.
        let mut draft = tempfile::NamedTempFile::new_in(folder.unwrap_or_else(|| Path::new(".")))?;
        draft.write_all(token.as_bytes())?;
        draft.as_file().sync_all()?;
        draft.persist(&path).map_err(|error| error.error)?;
        Ok(())
    };
    write().map_err(|error| unusable("write", &path, &error))
}

/// Forgets the token of a sign-in.
///
/// # Errors
/// If it cannot be removed, or something else than a token is in its place.
pub(crate) fn forget(home: &Home) -> Result<(), CliError> {
    let path = path(home);
    not_something_else(&path)?;
    match fs::remove_file(&path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(unusable("remove", &path, &error)),
        _ => Ok(()),
    }
}

fn bounded(from: impl Read) -> io::Result<String> {
    let mut text = String::new();
    from.take(MAX).read_to_string(&mut text)?;
    Ok(text)
}

/// Whoever may choose the name of the file must not be able to overwrite another one with it.
fn not_something_else(path: &Path) -> Result<(), CliError> {
    let mut begin = Vec::new();
    match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(unusable("read", path, &error)),
        Ok(file) => file.take(4).read_to_end(&mut begin).map_err(|e| unusable("read", path, &e))?,
    };
    if begin.is_empty() || begin == TOKEN.as_bytes() {
        return Ok(());
    }
    let message = format!("{} is not the file of a sign-in; it was left alone", path.display());
    Err(CliError::new(Exit::Refused, "not_a_sign_in", message)
        .hint(format!("name another one with {}", env::SESSION_FILE.name)))
}

#[cfg(unix)]
fn only_ours(path: &Path, file: &File) -> Result<(), CliError> {
    use std::os::unix::fs::PermissionsExt;
    let mode =
        file.metadata().map_err(|error| unusable("read", path, &error))?.permissions().mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    let message = format!("{} can be read by others (mode {:03o})", path.display(), mode & 0o777);
    Err(CliError::new(Exit::Failed, "sign_in_exposed", message)
        .hint("sign out, and in again: `tg auth logout`, `tg auth login`"))
}

#[cfg(not(unix))]
fn only_ours(_: &Path, _: &File) -> Result<(), CliError> {
    Ok(())
}

fn unusable(doing: &str, path: &Path, error: &io::Error) -> CliError {
    CliError::new(Exit::Failed, "sign_in_file", format!("cannot {doing} {}", path.display()))
        .because(error)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_token_is_kept_for_its_owner_and_nothing_else_is_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::at(dir.path());
        assert_eq!(token(&home).unwrap(), None);
        keep(&home, "tgs_one").unwrap();
        keep(&home, "tgs_two").unwrap();
        assert_eq!(token(&home).unwrap().as_deref(), Some("tgs_two"));
        forget(&home).unwrap();
        forget(&home).unwrap();
        assert_eq!(token(&home).unwrap(), None);
        fs::write(home.sign_in(), "the only copy of something").unwrap();
        for refused in [keep(&home, "tgs_three"), forget(&home)] {
            assert_eq!(refused.unwrap_err().exit(), Exit::Refused);
        }
        assert_eq!(fs::read_to_string(home.sign_in()).unwrap(), "the only copy of something");
    }

    #[cfg(unix)]
    #[test]
    fn a_token_that_others_can_read_is_none() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let home = Home::at(dir.path());
        keep(&home, "tgs_one").unwrap();
        assert_eq!(home.sign_in().metadata().unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(home.sign_in(), fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(token(&home).unwrap_err().code(), "sign_in_exposed");
    }
}
