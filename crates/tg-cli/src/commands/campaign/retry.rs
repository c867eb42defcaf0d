//! `tg campaign retry`: failed messages are tried again.

use crate::args::campaign::Retry;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::text::counted;
use crate::wire;
use tg_app::{campaigns, json};

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Retry) -> Result<Exit, CliError> {
    let done = wire::with(context, async |open| {
        let reason = args.reason.as_deref();
        Ok(campaigns::retry(&open.app, &open.actor, &args.name, &args.outcome, reason).await?)
    })
    .await?;
    context.printer.result(&done, human)?;
    Ok(Exit::Done)
}

fn human(done: &json::Retry) -> String {
    let due = counted(done.retried, "message is", "messages are");
    let mut out = format!("{due} due again; campaign {} is {}", done.campaign, done.state);
    if done.unknown > 0 {
        let left = counted(done.unknown, "message", "messages");
        out.push_str(&format!(
            "\n{left} may have arrived: `tg campaign resolve {}` says what became of them",
            done.campaign
        ));
    }
    if done.partial > 0 {
        let left = counted(done.partial, "message", "messages");
        out.push_str(&format!("\n{left} arrived in part, and will not be sent again"));
    }
    out
}
