//! `tg template preview`: what people on a list would read.

use crate::args::template::Preview;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::{reading, wire};
use tg_app::templates;

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Preview) -> Result<Exit, CliError> {
    let previews = wire::with(context, async |open| {
        let who = args.contact.as_deref();
        let count = usize::from(args.count);
        let (name, audience) = (args.name.as_str(), args.audience.as_str());
        Ok(templates::preview(&open.app, &open.actor, name, audience, who, count).await?)
    })
    .await?;
    let styled = reading::is_styled();
    context.printer.result(&previews, |previews| reading::previews(previews, styled))?;
    let failed = previews.previews.iter().any(|preview| preview.error.is_some());
    Ok(if failed { Exit::Failed } else { Exit::Done })
}
