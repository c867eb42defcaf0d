//! `tg audience suppress`: never again, on one list or everywhere.

use crate::args::audience::Suppress;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::text::counted;
use crate::wire;
use tg_app::audiences;

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Suppress) -> Result<Exit, CliError> {
    let (audience, people) = args.target();
    if people.is_empty() {
        return Err(CliError::new(Exit::Usage, "usage", "nobody is named after the audience")
            .hint("for example: tg audience suppress all @maria"));
    }
    let done = wire::with(context, async |open| {
        Ok(audiences::suppress(&open.app, &open.actor, audience, people).await?)
    })
    .await?;
    context.printer.result(&done, |done| {
        let place = done
            .audience
            .as_deref()
            .map_or_else(|| "everywhere".to_owned(), |name| format!("on {name}"));
        let before = match done.people - done.newly {
            0 => String::new(),
            n => format!(" ({} before)", counted(n, "was", "were")),
        };
        format!("{} suppressed {place}{before}", counted(done.people, "person", "people"))
    })?;
    Ok(Exit::Done)
}
