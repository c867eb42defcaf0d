//! `tg campaign status`: where a campaign stands now.

use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::text::{clean, count};
use crate::wire;
use tg_app::{campaigns, json};

/// Runs the verb.
pub(crate) async fn run(context: &Context, name: &str) -> Result<Exit, CliError> {
    let status =
        wire::with(
            context,
            async |open| Ok(campaigns::status(&open.app, &open.actor, name).await?),
        )
        .await?;
    context.printer.result(&status, human)?;
    Ok(Exit::Done)
}

fn human(status: &json::Status) -> String {
    let mut out = format!("{} is {}", status.campaign, status.state);
    if let Some(note) = &status.note {
        out.push_str(&format!(" ({})", clean(note)));
    }
    out.push_str(&format!(": {} of {} sent", count(status.sent), count(status.recipients)));
    for (number, what) in [
        (status.failed, "failed"),
        (status.skipped, "skipped"),
        (status.unknown, "unknown"),
        (status.canceled, "canceled"),
        (status.pending, "pending"),
        (status.deferred, "deferred"),
    ] {
        if number > 0 {
            out.push_str(&format!(", {} {what}", count(number)));
        }
    }
    out
}
