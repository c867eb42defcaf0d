//! `tg audience tag`: labels people of a list.

use crate::args::audience::Tag;
use crate::args::tag_changes;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::text::{count, counted};
use crate::wire;
use tg_app::audiences;

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Tag) -> Result<Exit, CliError> {
    let (add, remove) = tag_changes(&args.changes);
    let done = wire::with(context, async |open| {
        let whom = args.whom.whom();
        Ok(audiences::tag(&open.app, &open.actor, &args.name, whom, (&add, &remove)).await?)
    })
    .await?;
    context.printer.result(&done, |done| {
        let people = counted(done.people, "person", "people");
        format!("{people} of {}: {} tags changed", done.audience, count(done.changes))
    })?;
    Ok(Exit::Done)
}
