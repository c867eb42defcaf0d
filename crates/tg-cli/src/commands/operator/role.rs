//! `tg operator role`: what somebody may do from now on.

use crate::args::operator::Role;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::wire;
use tg_app::operators;

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Role) -> Result<Exit, CliError> {
    let changed = wire::with(context, async |open| {
        Ok(operators::set_role(&open.app, &open.actor, &args.name, &args.role).await?)
    })
    .await?;
    context.printer.result(&changed, |changed| {
        format!("{} is {} from the next command on", changed.name, changed.role)
    })?;
    Ok(Exit::Done)
}
