//! `tg secret remove`: forgets a secret.

use crate::args::secret::Named;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::wire;
use tg_app::secrets;

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Named) -> Result<Exit, CliError> {
    let done = wire::with(context, async |open| {
        Ok(secrets::remove(&open.app, &open.actor, &args.name).await?)
    })
    .await?;
    context.printer.result(&done, |done| format!("{} is forgotten", done.name))?;
    Ok(Exit::Done)
}
