//! `tg proxy remove`: takes a spare proxy away, with its password.

use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::wire;
use tg_app::proxies;

/// Runs the verb.
pub(crate) async fn run(context: &Context, name: &str) -> Result<Exit, CliError> {
    let done =
        wire::with(context, async |open| Ok(proxies::remove(&open.app, &open.actor, name).await?))
            .await?;
    context.printer.result(&done, |done| format!("removed {}", done.name))?;
    Ok(Exit::Done)
}
