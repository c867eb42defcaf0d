//! `tg account import`: accounts with their sessions, from a JSON file.

use crate::args::account::Import;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::input;
use crate::text::counted;
use crate::wire;
use tg_app::accounts;
use tg_security::MAX_ACCOUNTS_FILE;

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Import) -> Result<Exit, CliError> {
    let json = input::read(&args.file, MAX_ACCOUNTS_FILE)?;
    let done =
        wire::with(
            context,
            async |open| Ok(accounts::import(&open.app, &open.actor, &json).await?),
        )
        .await?;
    context.printer.result(&done, |done| {
        let unchanged = match done.unchanged {
            0 => String::new(),
            n => format!("; {} here already", counted(n, "was", "were")),
        };
        format!("imported {}{unchanged}", counted(done.imported, "account", "accounts"))
    })?;
    Ok(Exit::Done)
}
