//! `tg template show`: a template as it was added.

use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::text::clean_lines;
use crate::wire;
use tg_app::templates;

/// Runs the verb.
pub(crate) async fn run(context: &Context, name: &str) -> Result<Exit, CliError> {
    let detail =
        wire::with(context, async |open| Ok(templates::show(&open.app, &open.actor, name).await?))
            .await?;
    context.printer.result(&detail, |detail| clean_lines(&detail.source))?;
    Ok(Exit::Done)
}
