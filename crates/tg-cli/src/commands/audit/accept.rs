//! `tg audit accept`: notes the end of the log anew.

use crate::args::audit::Accept;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::wire;
use tg_app::audit;

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Accept) -> Result<Exit, CliError> {
    let accepted = wire::with(context, async |open| {
        Ok(audit::accept(&open.app, &open.actor, &args.because).await?)
    })
    .await?;
    context.printer.result(&accepted, |accepted| {
        format!("the end of the log is noted as it stands (before: {})", accepted.noted)
    })?;
    Ok(Exit::Done)
}
