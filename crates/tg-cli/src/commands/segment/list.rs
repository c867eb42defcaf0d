//! `tg segment list`: all segments.

use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::table::Table;
use crate::wire;
use tg_app::{json, segments};

/// Runs the verb.
pub(crate) async fn run(context: &Context) -> Result<Exit, CliError> {
    let all =
        wire::with(context, async |open| Ok(segments::list(&open.app, &open.actor).await?)).await?;
    context.printer.result(&all, human)?;
    Ok(Exit::Done)
}

fn human(all: &json::Segments) -> String {
    let mut table = Table::new(["NAME", "FILTER"]);
    for segment in &all.segments {
        table.row([segment.name.clone(), segment.filter.clone()]);
    }
    table.or("no segments yet: tg segment add NAME FILTER")
}
