//! `tg account tag`: labels an account, for `tag:NAME`.

use super::show::human;
use crate::args::account::Tag;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::wire;
use tg_app::labels;

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Tag) -> Result<Exit, CliError> {
    let (mut add, mut remove) = (Vec::new(), Vec::new());
    for change in &args.changes {
        match (change.strip_prefix('+'), change.strip_prefix('-')) {
            (Some(tag), _) => add.push(tag.to_owned()),
            (_, Some(tag)) => remove.push(tag.to_owned()),
            (None, None) => {
                let message = format!("\"{change}\" neither adds nor removes a tag");
                return Err(CliError::new(Exit::Usage, "bad_tag", message)
                    .hint("write +germany to add it, -germany to remove it"));
            }
        }
    }
    let detail = wire::with(context, async |open| {
        Ok(labels::tag(&open.app, &open.actor, &args.name, &add, &remove).await?)
    })
    .await?;
    context.printer.result(&detail, human)?;
    Ok(Exit::Done)
}
