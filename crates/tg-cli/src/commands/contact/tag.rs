//! `tg contact tag`: labels one person.

use crate::args::contact::Tag;
use crate::args::tag_changes;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::wire;
use tg_app::contacts;

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Tag) -> Result<Exit, CliError> {
    let (add, remove) = tag_changes(&args.changes);
    let done = wire::with(context, async |open| {
        Ok(contacts::tag(&open.app, &open.actor, &args.who, (&add, &remove)).await?)
    })
    .await?;
    context.printer.result(&done, |done| format!("tags: {}", done.tags.join(" ")))?;
    Ok(Exit::Done)
}
