//! `tg account resume`: lets an account go on.

use super::show::human;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::wire;
use tg_app::accounts;

/// Runs the verb.
pub(crate) async fn run(context: &Context, name: &str) -> Result<Exit, CliError> {
    let detail =
        wire::with(context, async |open| Ok(accounts::resume(&open.app, &open.actor, name).await?))
            .await?;
    context.printer.result(&detail, human)?;
    Ok(Exit::Done)
}
