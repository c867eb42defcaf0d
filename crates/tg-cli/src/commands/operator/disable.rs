//! `tg operator disable`: shuts somebody out, or lets them in again.

use crate::args::operator::Disable;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::wire;
use tg_app::operators;

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Disable) -> Result<Exit, CliError> {
    let changed = wire::with(context, async |open| {
        Ok(operators::disable(&open.app, &open.actor, &args.name, !args.undo).await?)
    })
    .await?;
    context.printer.result(&changed, |changed| match &changed.disabled_at {
        Some(since) => format!("{} is shut out since {since}", changed.name),
        None => format!("{} may use this home again", changed.name),
    })?;
    Ok(Exit::Done)
}
