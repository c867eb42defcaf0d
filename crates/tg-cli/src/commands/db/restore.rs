//! `tg db restore`: puts a copy in the database's place, after it was looked at from all sides.
//!
//! Everything that can fail is done to a copy of the copy, beside the database: it is migrated,
//! checked, opened with a key, sealed under the home's own key if that is another, and told in its
//! audit log what happens. Then the old database gets another name, and the copy takes its place.

use crate::args::home::Restore;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::home::Home;
use crate::input;
use crate::keys::{self, Keys};
use crate::wire::{self, Opened};
use serde::Serialize;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tg_app::{Actor, auth, maintenance, secrets};
use tg_engine::home_steps::{HomeStep, reach};
use tg_security::{HomeAuditKey, KeyFile, MasterKey};
use tg_store::{HomeLock, MarkState, SqliteStore};

/// What a database consists of: the file and its companions.
const PARTS: [&str; 3] = ["", "-wal", "-shm"];

/// The result for scripts.
#[derive(Serialize)]
struct Restored {
    schema: &'static str,
    file: String,
    /// Where the database is kept that was here before.
    kept: Option<String>,
    claims: i64,
    /// Whether messages may have been sent that the copy does not know of.
    behind: bool,
    /// Whether it was sealed under another master key than the home's.
    resealed: bool,
}

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Restore) -> Result<Exit, CliError> {
    context.home.require()?;
    let lock = HomeLock::acquire(context.home.dir());
    // Who may not is refused whatever else is wrong.
    let current = current(context).await?;
    let lock = lock?;
    let staged = context.home.staged_db();
    clear(&context.home).map_err(|error| fault("clear", &staged, &error))?;
    let examined = match stage(&args.file, &staged) {
        Ok(()) => examine(context, args, &lock, &staged, current).await,
        Err(error) => Err(error),
    };
    let restored = examined.and_then(|mut restored| {
        reach(HomeStep::RestoreStaged);
        let kept = replace(&context.home, &staged)
            .map_err(|error| fault("replace", &context.home.db(), &error))?;
        restored.kept = kept.map(|path| path.display().to_string());
        Ok(restored)
    });
    if restored.is_err() {
        // The copy of the copy is of no use; the error that is told is the one that matters.
        let _ = clear(&context.home);
    }
    drop(lock);
    context.printer.result(&restored?, human)?;
    Ok(Exit::Done)
}

/// Copies the file beside the database, for its owner only.
fn stage(from: &Path, to: &Path) -> Result<(), CliError> {
    let unreadable = |error: io::Error| {
        CliError::new(Exit::Failed, "unreadable", format!("cannot read {}", from.display()))
            .because(&error)
            .hint("name a file that `tg db backup` wrote")
    };
    let mut wal = from.as_os_str().to_owned();
    wal.push("-wal");
    if fs::metadata(&wal).is_ok_and(|wal| wal.len() > 0) {
        let message = format!(
            "{} has a write-ahead log beside it: it is a database in use, or was copied file by file",
            from.display()
        );
        return Err(CliError::new(Exit::Refused, "not_a_backup", message)
            .hint("make copies with `tg db backup`"));
    }
    let mut source = File::open(from).map_err(unreadable)?;
    if !source.metadata().map_err(unreadable)?.is_file() {
        return Err(unreadable(io::Error::from(io::ErrorKind::InvalidInput)));
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let write = |error: io::Error| fault("write", to, &error);
    let mut target = options.open(to).map_err(write)?;
    io::copy(&mut source, &mut target).map_err(write)?;
    target.sync_all().map_err(write)
}

/// Looks at the copy and makes it this home's.
async fn examine(
    context: &Context,
    args: &Restore,
    lock: &HomeLock,
    staged: &Path,
    current: (Arc<MasterKey>, Option<Actor>),
) -> Result<Restored, CliError> {
    let home = &context.home;
    let keys = match &args.key {
        Some(path) => Keys::Files(vec![KeyFile::load(path)?]),
        None => Keys::of_old_copies(home)?,
    };
    let audit = Arc::new(HomeAuditKey::new());
    let mut options = wire::options(home, &context.config, &audit);
    options.path = staged.to_owned();
    options.head_path = home.staged_head();
    let store = SqliteStore::open_alone(&options, lock)?;
    let mut opened = Opened::unlock(home, store, keys, audit).await.map_err(|error| {
        error.hint("name the key file that the copy was sealed under with --key FILE")
    })?;
    let result = adopt(context, &mut opened, args, current).await;
    opened.close().await;
    result
}

async fn adopt(
    context: &Context,
    opened: &mut Opened,
    args: &Restore,
    (current, actor): (Arc<MasterKey>, Option<Actor>),
) -> Result<Restored, CliError> {
    opened.actor = match actor {
        Some(actor) => actor,
        // There is no other database to ask.
        None => {
            let shown = context.credentials.shown(&context.home)?;
            auth::admit(&opened.app, &wire::visitor(context, shown)).await?
        }
    };
    let report = opened.store.check().await?;
    if let Some(problem) = report.integrity.first().or_else(|| report.references.first()) {
        let message = format!("{} is damaged: {problem}", args.file.display());
        return Err(CliError::new(Exit::Failed, "damaged", message)
            .hint("restore an older copy; nothing was changed"));
    }
    let resealed = !current.is_same(&opened.master);
    maintenance::restored(&opened.app, &opened.actor, &input::file_name(&args.file)).await?;
    if resealed {
        secrets::rekey(&opened.app, &opened.actor, Arc::clone(&opened.master), current).await?;
    }
    Ok(Restored {
        schema: "tg.db_restore/1",
        file: args.file.display().to_string(),
        kept: None,
        claims: report.claims,
        behind: matches!(report.mark, MarkState::Restored { .. }),
        resealed,
    })
}

/// The key of this home, whose database may be gone or damaged; and who asks, if it can tell.
async fn current(context: &Context) -> Result<(Arc<MasterKey>, Option<Actor>), CliError> {
    let found = wire::with(context, async |open| {
        maintenance::may_restore(&open.app, &open.actor).await?;
        Ok((Arc::clone(&open.master), Some(open.actor.clone())))
    })
    .await;
    match found {
        Err(error) if !error.is_denied() => {
            Ok((Arc::new(Keys::find(&context.home)?.open(None)?), None))
        }
        answered => answered,
    }
}

/// Gives the old database another name, and the copy its place.
fn replace(home: &Home, staged: &Path) -> io::Result<Option<PathBuf>> {
    let (db, aside) = (home.db(), free_name(home)?);
    let kept = db.exists();
    for part in PARTS {
        match fs::rename(with(&db, part), with(&aside, part)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    keys::sync(home.dir())?;
    reach(HomeStep::RestoreAside);
    fs::rename(staged, &db)?;
    keys::sync(home.dir())?;
    reach(HomeStep::RestoreReplaced);
    home.finish_restore()?;
    Ok(kept.then_some(aside))
}

fn free_name(home: &Home) -> io::Result<PathBuf> {
    (1..10_000u32)
        .map(|number| home.replaced_db(number))
        .find(|path| PARTS.iter().all(|part| !with(path, part).exists()))
        .ok_or_else(|| io::Error::from(io::ErrorKind::AlreadyExists))
}

/// The note first: alone, it would be taken for that of a copy in its place.
fn clear(home: &Home) -> io::Result<()> {
    let staged = home.staged_db();
    let parts = PARTS.iter().map(|part| with(&staged, part));
    for file in std::iter::once(home.staged_head()).chain(parts) {
        match fs::remove_file(file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

fn with(path: &Path, part: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(part);
    name.into()
}

fn fault(doing: &str, path: &Path, error: &io::Error) -> CliError {
    CliError::new(Exit::Failed, "home_io", format!("cannot {doing} {}", path.display()))
        .because(error)
}

fn human(restored: &Restored) -> String {
    let mut out = format!("{} is the database now", restored.file);
    if let Some(kept) = &restored.kept {
        out.push_str(&format!("; the one before is kept as {kept}"));
    }
    if restored.resealed {
        out.push_str(
            "\nIt was sealed under another master key and is sealed under this home's now.",
        );
    }
    if restored.behind {
        out.push_str(
            "\nMessages may have been sent since the copy was made: the next `tg run` holds every unfinished one \
of started campaigns for a person instead of sending it.",
        );
    }
    out
}
