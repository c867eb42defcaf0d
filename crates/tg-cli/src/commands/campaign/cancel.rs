//! `tg campaign cancel`: ends a campaign for good.

use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::text::counted;
use crate::wire;
use tg_app::campaigns;

/// Runs the verb.
pub(crate) async fn run(context: &Context, name: &str) -> Result<Exit, CliError> {
    let change =
        wire::with(
            context,
            async |open| Ok(campaigns::cancel(&open.app, &open.actor, name).await?),
        )
        .await?;
    context.printer.result(&change, |change| {
        let mut out = format!("campaign {} is {}", change.campaign, change.state);
        if change.canceled > 0 {
            let ended = counted(change.canceled, "message was", "messages were");
            out.push_str(&format!("; {ended} not attempted"));
        }
        out
    })?;
    Ok(Exit::Done)
}
