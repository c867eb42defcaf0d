//! `tg campaign resolve`: a person says what became of messages whose outcome is unknown.

use crate::args::campaign::Resolve;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::text::counted;
use crate::wire;
use tg_app::campaigns::{self, Doubtful};
use tg_app::json;

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Resolve) -> Result<Exit, CliError> {
    let done = wire::with(context, async |open| {
        let which =
            args.delivery.map_or(Doubtful::All { reason: args.reason.as_deref() }, Doubtful::One);
        let (app, actor) = (&open.app, &open.actor);
        Ok(campaigns::resolve(app, actor, &args.name, which, args.finding.into()).await?)
    })
    .await?;
    context.printer.result(&done, human)?;
    Ok(Exit::Done)
}

fn human(done: &json::Resolve) -> String {
    let resolved = counted(done.resolved, "message", "messages");
    let mut out = format!("{resolved} of {} resolved as {}", done.campaign, done.decided);
    if done.unknown > 0 {
        let left = counted(done.unknown, "is", "are");
        out.push_str(&format!("; {left} unknown still"));
    }
    if done.decided == "not-delivered" && done.resolved > 0 {
        out.push_str(&format!("\n`tg campaign retry {}` tries again", done.campaign));
    }
    out
}
