//! `tg campaign start`: stages the deliveries, then lets the campaign run.

use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::progress::Progress;
use crate::text::counted;
use crate::wire;
use tg_app::campaigns;

/// Runs the verb.
pub(crate) async fn run(context: &Context, name: &str) -> Result<Exit, CliError> {
    let mut progress = Progress::new(&context.printer, "deliveries planned");
    let started = wire::with(context, async |open| {
        let mut at = |staged, _of| progress.at(staged);
        Ok(campaigns::start(&open.app, &open.actor, name, &mut at).await?)
    })
    .await;
    drop(progress);
    context.printer.result(&started?, |started| {
        format!(
            "campaign {} is {}: {}\nA running `tg run` sends it; so does the next one.",
            started.campaign,
            started.state,
            counted(started.recipients, "recipient", "recipients")
        )
    })?;
    Ok(Exit::Done)
}
