//! `tg db backup`: a consistent copy of the database, while an engine runs.

use crate::args::home::Backup;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::input;
use crate::text::count;
use crate::wire;
use serde::Serialize;
use tg_app::maintenance;

/// The result for scripts.
#[derive(Serialize)]
struct Made {
    schema: &'static str,
    file: String,
    bytes: u64,
    /// The master key that the copy needs; it is not in it.
    key_version: u32,
}

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Backup) -> Result<Exit, CliError> {
    let name = input::file_name(&args.file);
    let made = wire::with(context, async |open| {
        let copy = async || open.store.backup(&args.file).await.map_err(CliError::from);
        let bytes = maintenance::backup(&open.app, &open.actor, &name, copy).await?;
        Ok(Made {
            schema: "tg.db_backup/1",
            file: args.file.display().to_string(),
            bytes,
            key_version: open.master.version(),
        })
    })
    .await?;
    context.printer.result(&made, human)?;
    Ok(Exit::Done)
}

fn human(made: &Made) -> String {
    format!(
        "wrote {} ({} bytes)\nThe master key (version {}) is not in it: keep a copy of master.key, and of its \
passphrase, somewhere else. Without it nothing sealed in this file can be opened.",
        made.file,
        count(made.bytes),
        made.key_version
    )
}
