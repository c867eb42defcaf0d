//! `tg campaign resume`: lets a paused campaign go on.

use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::wire;
use tg_app::campaigns;

/// Runs the verb.
pub(crate) async fn run(context: &Context, name: &str) -> Result<Exit, CliError> {
    let change =
        wire::with(
            context,
            async |open| Ok(campaigns::resume(&open.app, &open.actor, name).await?),
        )
        .await?;
    context
        .printer
        .result(&change, |change| format!("campaign {} is {}", change.campaign, change.state))?;
    Ok(Exit::Done)
}
