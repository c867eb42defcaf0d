//! `tg segment add`: gives a filter a name.

use crate::args::segment::Add;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::wire;
use tg_app::segments;

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Add) -> Result<Exit, CliError> {
    let added = wire::with(context, async |open| {
        Ok(segments::add(&open.app, &open.actor, &args.name, &args.filter).await?)
    })
    .await?;
    context.printer.result(&added, |added| {
        format!("segment {}: {}", added.segment.name, added.segment.filter)
    })?;
    Ok(Exit::Done)
}
