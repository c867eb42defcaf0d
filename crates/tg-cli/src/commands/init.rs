//! `tg init`: makes a home, or completes one whose making was cut short.
//!
//! In order: master key, database with the random-id key, settings. The settings come last, so that
//! a home with settings is whole; whatever a crash left before is taken up where it was.

use crate::args::home::Init;
use crate::config::{Config, commented};
use crate::context::Context;
use crate::env;
use crate::error::CliError;
use crate::exit::Exit;
use crate::home::Home;
use crate::keys::{self, Keys};
use crate::wire::{self, Opened};
use serde::Serialize;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use tg_core::ports::Clock;
use tg_security::{HomeAuditKey, MasterKey, SystemEntropy, WholeFile};
use tg_store::{HomeLock, SqliteStore};

/// The result for scripts.
#[derive(Serialize)]
struct Made {
    schema: &'static str,
    home: String,
}

/// Runs the verb.
pub(super) async fn run(context: &Context, args: &Init) -> Result<Exit, CliError> {
    make(&context.home, &context.config, args.passphrase).await?;
    let folder = absolute(context.home.dir());
    let made = Made { schema: "tg.init/1", home: folder };
    context.printer.result(&made, |made| {
        let key = if env::MASTER_KEY.value().is_some() {
            format!("The master key is what {} says; the home has no copy.", env::MASTER_KEY.name)
        } else {
            "Back up master.key apart from the rest: without it nothing in the home can be opened."
                .to_owned()
        };
        format!("made a home in {}\n{key}\nNext: tg account import accounts.json", made.home)
    })?;
    Ok(Exit::Done)
}

/// Makes the home.
///
/// # Errors
/// If there is one, or it cannot be made.
pub(super) async fn make(home: &Home, config: &Config, passphrase: bool) -> Result<(), CliError> {
    if home.config().exists() {
        let message =
            format!("there is a home in {} already; nothing was changed", home.dir().display());
        return Err(CliError::new(Exit::Refused, "home_exists", message)
            .hint("name another folder with --home or TG_HOME"));
    }
    make_folder(home.dir()).map_err(|error| io_fault("make", home.dir(), &error))?;
    let lock = HomeLock::acquire(home.dir())?;
    let keys = make_key(home, passphrase)?;
    let opened = make_database(home, config, &lock, keys).await?;
    let filled = opened.fill().await;
    opened.close().await;
    filled?;
    write_config(home).map_err(|error| io_fault("write", &home.config(), &error))?;
    drop(lock);
    Ok(())
}

/// The key of an interrupted `init` is taken up; beside a database without one, none is made.
fn make_key(home: &Home, passphrase: bool) -> Result<Keys, CliError> {
    if env::MASTER_KEY.value().is_some() || home.key().exists() {
        return Keys::find(home);
    }
    if has_content(&home.db()) {
        let message = format!(
            "{} is a database whose master key is missing; a new key could not open it",
            home.db().display()
        );
        return Err(CliError::new(Exit::Refused, "no_key", message).hint(format!(
            "restore {} from a backup, or move the database away",
            home.key().display()
        )));
    }
    let key = MasterKey::generate(1)?;
    keys::new_line(&key, passphrase, None)?.write_new(&home.key())?;
    Ok(Keys::Known(key))
}

async fn make_database(
    home: &Home,
    config: &Config,
    lock: &HomeLock,
    keys: Keys,
) -> Result<Opened, CliError> {
    let audit = Arc::new(HomeAuditKey::new());
    let options = wire::options(home, config, &audit);
    let store = if has_content(&home.db()) {
        SqliteStore::open_alone(&options, lock)?
    } else {
        let id = wire::new_home_id(&SystemEntropy::new());
        SqliteStore::create(&options, lock, id, crate::clock::SystemClock.now())?
    };
    Opened::unlock(home, store, keys, audit).await
}

/// Complete or not at all.
fn write_config(home: &Home) -> io::Result<()> {
    let mut file = WholeFile::create(&home.config())?;
    file.write_all(commented().as_bytes())?;
    file.commit()
}

/// For its owner only.
fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn has_content(file: &Path) -> bool {
    file.metadata().is_ok_and(|file| file.len() > 0)
}

fn absolute(path: &Path) -> String {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string()
}

fn io_fault(doing: &str, path: &Path, error: &io::Error) -> CliError {
    CliError::new(Exit::Failed, "home_io", format!("cannot {doing} {}", path.display()))
        .because(error)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::config::Flags;

    fn config(home: &Home) -> Config {
        Config::load(&home.config(), Flags::default()).unwrap()
    }

    /// What makes a home this home: its key, its identity, and its random-id key.
    async fn identity(home: &Home) -> (Vec<u8>, uuid::Uuid, [u8; 32]) {
        let audit = Arc::new(HomeAuditKey::new());
        let store = SqliteStore::open(&wire::options(home, &config(home), &audit)).unwrap();
        let id = store.home();
        let opened = Opened::unlock(home, store, Keys::find(home).unwrap(), audit).await.unwrap();
        let tag = opened.id_key().await.unwrap().tag(b"x");
        opened.close().await;
        (std::fs::read(home.key()).unwrap(), id, tag)
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_second_init_changes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::at(dir.path().join("new/home"));
        make(&home, &config(&home), false).await.unwrap();
        let before = identity(&home).await;
        let error = make(&home, &config(&home), false).await.unwrap_err();
        assert_eq!(error.exit(), Exit::Refused);
        assert_eq!(identity(&home).await, before);
    }

    #[cfg(unix)]
    #[tokio::test(flavor = "multi_thread")]
    async fn only_the_owner_may_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let home = Home::at(dir.path().join("home"));
        make(&home, &config(&home), false).await.unwrap();
        for (path, wanted) in [
            (home.dir().to_owned(), 0o700),
            (home.key(), 0o600),
            (home.db(), 0o600),
            (home.config(), 0o600),
        ] {
            let mode = path.metadata().unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, wanted, "{}", path.display());
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_a_crash_left_is_taken_up() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::at(dir.path().join("home"));
        // After the key, and after the file of the database was made but not filled.
        make_folder(home.dir()).unwrap();
        let key = MasterKey::generate(1).unwrap();
        tg_security::KeyLine::plain(&key).write_new(&home.key()).unwrap();
        let key = std::fs::read(home.key()).unwrap();
        std::fs::write(home.db(), "").unwrap();
        make(&home, &config(&home), false).await.unwrap();
        assert_eq!(std::fs::read(home.key()).unwrap(), key);
        // After the database.
        let before = identity(&home).await;
        std::fs::remove_file(home.config()).unwrap();
        assert!(home.require().is_err());
        make(&home, &config(&home), false).await.unwrap();
        assert_eq!(identity(&home).await, before);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_database_without_its_key_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::at(dir.path());
        make(&home, &config(&home), false).await.unwrap();
        std::fs::remove_file(home.key()).unwrap();
        std::fs::remove_file(home.config()).unwrap();
        let error = make(&home, &config(&home), false).await.unwrap_err();
        assert_eq!(error.exit(), Exit::Refused);
        assert!(!home.key().exists() && !home.config().exists());
    }
}
