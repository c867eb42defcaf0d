//! Where a home's master key comes from: a variable, a file, a passphrase; and which of two files
//! holds, if the making of a new key was cut short.
//!
//! A new key is made in this order: its file is written beside the old one; one transaction seals
//! everything under it, and from then on the database says which key it needs; the old file is kept
//! under its version; the new file takes its name. Whatever was cut short, the database decides
//! which file is used, and the next command that is alone in the home finishes or undoes the rest.

use crate::env;
use crate::error::CliError;
use crate::exit::Exit;
use crate::home::Home;
use crate::typed;
use secrecy::{ExposeSecret, SecretString};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use tg_core::ports::{Store, StoreError};
use tg_engine::home_steps::{HomeStep, reach};
use tg_security::{
    Cost, HomeAuditKey, HomeKeyError, IdKeyHmac, KeyError, KeyFile, KeyLine, MasterKey,
    RANDOM_ID_KEY, Sealer, check_passphrase,
};

/// The keys that a home may need.
pub(crate) enum Keys {
    /// One that is at hand already, and nothing else: `TG_MASTER_KEY`, or one just made.
    Known(MasterKey),
    /// The home's file and, after a command that was cut short, the one that was to follow it.
    Files(Vec<KeyFile>),
}

impl Keys {
    /// Finds them; no passphrase is asked for yet.
    ///
    /// # Errors
    /// If there is none, or it is none.
    pub(crate) fn find(home: &Home) -> Result<Self, CliError> {
        if let Some(value) = env::MASTER_KEY.text()? {
            return Ok(Self::Known(MasterKey::from_env_value(env::MASTER_KEY.name, &value)?));
        }
        let next = home.next_key();
        if !next.exists() {
            return Ok(Self::Files(vec![KeyFile::load(&home.key())?]));
        }
        let mut files = Vec::new();
        for path in [home.key(), next] {
            match KeyFile::load(&path) {
                Ok(file) => files.push(file),
                // It has taken the other's name meanwhile.
                Err(KeyError::Missing(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(Self::Files(files))
    }

    /// Finds those that a copy of the database may need: also keys that were replaced since.
    ///
    /// # Errors
    /// If there is none, or one is none.
    pub(crate) fn of_old_copies(home: &Home) -> Result<Self, CliError> {
        let Self::Files(mut files) = Self::find(home)? else { return Self::find(home) };
        for path in home.old_keys() {
            files.push(KeyFile::load(&path)?);
        }
        Ok(Self::Files(files))
    }

    /// Whether one of that version is among them.
    fn has(&self, version: u32) -> bool {
        match self {
            Self::Known(_) => true,
            Self::Files(files) => files.iter().any(|file| file.version() == version),
        }
    }

    /// What a guess at the passphrase costs; `None` if there is none.
    pub(crate) fn cost(&self) -> Option<Cost> {
        match self {
            Self::Known(_) => None,
            Self::Files(files) => files.iter().find_map(KeyFile::cost),
        }
    }

    /// The key of that version; without one, the first.
    pub(crate) fn open(self, version: Option<u32>) -> Result<MasterKey, CliError> {
        let files = match self {
            Self::Known(key) => return Ok(key),
            Self::Files(files) => files,
        };
        let at = version.and_then(|wanted| files.iter().position(|file| file.version() == wanted));
        let file = files.into_iter().nth(at.unwrap_or(0));
        let file = file.ok_or_else(|| CliError::new(Exit::Failed, "no_key", "there is no key"))?;
        file.open(passphrase)
    }
}

/// Opens what is sealed: chooses the key that the database needs, makes sure that it is the right
/// one, and settles the key of the audit log.
///
/// # Errors
/// If no key at hand is the one.
pub(crate) async fn unlock(
    home: &Home,
    store: &dyn Store,
    keys: Keys,
    audit: &HomeAuditKey,
) -> Result<MasterKey, CliError> {
    let version = needed(store).await?;
    // The key may have been replaced since its file was read.
    let stale = version.is_some_and(|version| !keys.has(version));
    let keys = if stale { Keys::find(home)? } else { keys };
    let master = keys.open(version)?;
    let sealer = Sealer::new(&master);
    let made: Result<bool, HomeKeyError> = store
        .read(move |unit| match IdKeyHmac::load(&*unit, &sealer) {
            Ok(_) => Ok(true),
            Err(HomeKeyError::Missing) => Ok(false),
            Err(error) => Err(error),
        })
        .await;
    // A home that is being made has no keys yet, and settles the log's when it has drawn it: a row
    // under another key would break the chain at its beginning.
    if made? {
        settle(store, &master, audit).await?;
    }
    Ok(master)
}

/// Settles the key of the audit log of an open home.
///
/// # Errors
/// If it does not open.
pub(crate) async fn settle(
    store: &dyn Store,
    master: &MasterKey,
    audit: &HomeAuditKey,
) -> Result<(), CliError> {
    let sealer = Sealer::new(master);
    let sealed: Result<_, HomeKeyError> =
        store.read(move |unit| HomeAuditKey::sealed(&*unit, &sealer)).await;
    audit.settle(sealed?, master);
    Ok(())
}

/// The version of the master key that the database needs.
async fn needed(store: &dyn Store) -> Result<Option<u32>, StoreError> {
    store.read(|unit| Ok(unit.secret(RANDOM_ID_KEY)?.map(|record| record.key_version))).await
}

/// Finishes or undoes a change of the master key that was cut short. Only for who is alone in the
/// home. Returns where the old key file is kept, if the change was finished now.
///
/// # Errors
/// If the files cannot be renamed.
pub(crate) async fn recover(home: &Home, store: &dyn Store) -> Result<Option<PathBuf>, CliError> {
    let next = home.next_key();
    if !next.exists() {
        return Ok(None);
    }
    let fault = |error: io::Error| {
        CliError::new(Exit::Failed, "key_io", format!("cannot rename {}", next.display()))
            .because(&error)
            .hint("the next command that is alone in the home tries again")
    };
    let made = KeyFile::load(&next)?.version();
    if needed(store).await? != Some(made) {
        fs::remove_file(&next).and_then(|()| sync(home.dir())).map_err(fault)?;
        return Ok(None);
    }
    let kept = keep_old(home).map_err(fault)?;
    reach(HomeStep::RekeyKept);
    fs::rename(&next, home.key()).and_then(|()| sync(home.dir())).map_err(fault)?;
    reach(HomeStep::RekeySwapped);
    Ok(kept)
}

/// Gives the old key file a second name, by its version: copies of the database need it.
fn keep_old(home: &Home) -> io::Result<Option<PathBuf>> {
    let key = home.key();
    let Ok(old) = KeyFile::load(&key) else { return Ok(None) };
    let name = home.old_key(old.version());
    for again in 0..1_000u32 {
        // Two keys of one version come from two homes whose copies met here.
        let kept =
            if again == 0 { name.clone() } else { name.with_extension(format!("again{again}")) };
        match fs::hard_link(&key, &kept) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                if fs::read(&key)? == fs::read(&kept)? {
                    return Ok(Some(kept));
                }
            }
            Err(error) => return Err(error),
            Ok(()) => {
                sync(home.dir())?;
                return Ok(Some(kept));
            }
        }
    }
    Err(io::Error::from(io::ErrorKind::AlreadyExists))
}

/// Writes the file of the key that is to follow.
///
/// # Errors
/// If it cannot be written.
pub(crate) fn write_next(home: &Home, line: &KeyLine) -> Result<(), CliError> {
    let next = home.next_key();
    match fs::remove_file(&next) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(CliError::new(
                Exit::Failed,
                "key_io",
                format!("cannot remove {}", next.display()),
            )
            .because(&error));
        }
        _ => {}
    }
    Ok(line.write_new(&next)?)
}

/// The line of a new key file: under a passphrase that is asked for, or plain.
///
/// # Errors
/// If the passphrase is weak, or typed differently the second time.
pub(crate) fn new_line(
    key: &MasterKey,
    passphrase: bool,
    least: Option<Cost>,
) -> Result<KeyLine, CliError> {
    if !passphrase {
        return Ok(KeyLine::plain(key));
    }
    let phrase = new_passphrase()?;
    let cost = least.map_or(Cost::NOW, |least| Cost::NOW.raised(least));
    Ok(KeyLine::wrapped(key, &phrase, cost)?)
}

fn passphrase(origin: &str) -> Result<SecretString, CliError> {
    match env::PASSPHRASE.text()? {
        Some(text) => Ok(SecretString::from(text)),
        None => typed::ask(&format!("passphrase of {origin}: "), &set(env::PASSPHRASE.name)),
    }
}

fn new_passphrase() -> Result<SecretString, CliError> {
    let phrase = match env::NEW_PASSPHRASE.text()? {
        Some(text) => SecretString::from(text),
        None => {
            let first = typed::ask("new passphrase of the home: ", &set(env::NEW_PASSPHRASE.name))?;
            check_passphrase(&first)?;
            let second = typed::ask("once more: ", &set(env::NEW_PASSPHRASE.name))?;
            if first.expose_secret() != second.expose_secret() {
                let message = "the two passphrases differ; nothing was changed";
                return Err(CliError::new(Exit::Usage, "passphrases_differ", message));
            }
            first
        }
    };
    check_passphrase(&phrase)?;
    Ok(phrase)
}

fn set(variable: &str) -> String {
    format!("set {variable}, or run it at a terminal")
}

/// Makes renames in a folder durable.
pub(crate) fn sync(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
