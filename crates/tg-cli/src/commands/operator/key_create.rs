//! `tg operator key create`: a key, shown this once.

use crate::args::operator::Create;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::wire;
use tg_app::{json, operators};

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Create) -> Result<Exit, CliError> {
    let new = operators::NewKey { operator: &args.name, scope: &args.scope, expires: args.expires };
    let made = wire::with(context, async |open| {
        Ok(operators::create_key(&open.app, &open.actor, new).await?)
    })
    .await?;
    context.printer.note("This is the only time that the key is shown.");
    context.printer.result(&made, human)?;
    Ok(Exit::Done)
}

/// The key alone on standard output, so that it can be piped to where it belongs.
fn human(made: &json::NewKey) -> String {
    made.key.clone()
}
