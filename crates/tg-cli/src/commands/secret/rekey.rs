//! `tg secret rekey`: a new master key, and everything sealed anew under it.

use crate::args::secret::Rekey;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::keys;
use crate::text::counted;
use crate::wire::{self, Need, Opened};
use serde::Serialize;
use std::sync::Arc;
use tg_app::{Permission, secrets};
use tg_engine::home_steps::{HomeStep, reach};
use tg_security::{MasterKey, Resealed};

/// The result for scripts.
#[derive(Serialize)]
struct Rekeyed {
    schema: &'static str,
    old_version: u32,
    version: u32,
    sessions: usize,
    secrets: usize,
    keys: usize,
    key_file: String,
    /// Where the old key is kept; copies of the database that were made until now need it.
    old_key_file: Option<String>,
}

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Rekey) -> Result<Exit, CliError> {
    let need = Need::of(Permission::SecretRekey, "home");
    let done = wire::alone(context, need, async |open| change(context, args, open).await).await?;
    context.printer.result(&done, human)?;
    Ok(Exit::Done)
}

async fn change(context: &Context, args: &Rekey, open: &Opened) -> Result<Rekeyed, CliError> {
    let home = &context.home;
    let old = Arc::clone(&open.master);
    let new = Arc::new(MasterKey::generate(old.version().saturating_add(1))?);
    let locked = args.passphrase || (!args.plain && open.cost.is_some());
    let line = keys::new_line(&new, locked, open.cost)?;
    keys::write_next(home, &line)?;
    reach(HomeStep::RekeyDrafted);
    let sealed = secrets::rekey(&open.app, &open.actor, Arc::clone(&old), Arc::clone(&new)).await;
    if sealed.is_ok() {
        reach(HomeStep::RekeyCommitted);
    }
    // The database knows whether the change was committed, whatever the answer was.
    let kept = keys::recover(home, open.port()).await;
    let Resealed { sessions, secrets, keys } = sealed?;
    Ok(Rekeyed {
        schema: "tg.rekey/1",
        old_version: old.version(),
        version: new.version(),
        sessions,
        secrets,
        keys,
        key_file: home.key().display().to_string(),
        old_key_file: kept?.map(|path| path.display().to_string()),
    })
}

fn human(done: &Rekeyed) -> String {
    let sessions = counted(u64::try_from(done.sessions).unwrap_or(u64::MAX), "session", "sessions");
    let secrets = counted(u64::try_from(done.secrets).unwrap_or(u64::MAX), "secret", "secrets");
    let old = done.old_key_file.as_ref().map_or_else(
        || {
            format!(
                "The key was given by a variable: take it away, {} has the new one.",
                done.key_file
            )
        },
        |old| {
            format!(
                "Copies of the database made until now need the old key, {old}: keep it apart from \
them, or remove it with them."
            )
        },
    );
    format!(
        "master key {} in place of {}: {sessions} and {secrets} sealed anew\n{old}\nBack up {} now.",
        done.version, done.old_version, done.key_file
    )
}
