//! `tg operator key revoke`: takes a key back.

use crate::args::operator::Revoke;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::wire;
use tg_app::operators;

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Revoke) -> Result<Exit, CliError> {
    let revoked = wire::with(context, async |open| {
        Ok(operators::revoke_key(&open.app, &open.actor, &args.id).await?)
    })
    .await?;
    context.printer.result(&revoked, |key| {
        format!("the key {} of {} is refused from now on", key.id, key.operator)
    })?;
    Ok(Exit::Done)
}
