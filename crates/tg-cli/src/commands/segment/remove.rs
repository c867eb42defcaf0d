//! `tg segment remove`: takes a segment away.

use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::wire;
use tg_app::segments;

/// Runs the verb.
pub(crate) async fn run(context: &Context, name: &str) -> Result<Exit, CliError> {
    let gone =
        wire::with(context, async |open| Ok(segments::remove(&open.app, &open.actor, name).await?))
            .await?;
    context.printer.result(&gone, |gone| format!("segment {} removed", gone.segment.name))?;
    Ok(Exit::Done)
}
