//! `tg campaign preview`: what people would read, in which variant and language.

use crate::args::campaign::Preview;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::reading;
use crate::wire::{self, Need};
use tg_app::{Permission, campaigns};

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Preview) -> Result<Exit, CliError> {
    let previews = wire::with(context, async |open| {
        open.permit(Need::of(Permission::CampaignPreview, "campaign").named(&args.name)).await?;
        let key = open.id_key().await?;
        let (name, who, count) = (&args.name, args.contact.as_deref(), usize::from(args.count));
        Ok(campaigns::preview(&open.app, &open.actor, name, who, count, key).await?)
    })
    .await?;
    let styled = reading::is_styled();
    context.printer.result(&previews, |previews| reading::previews(previews, styled))?;
    let failed = previews.previews.iter().any(|preview| preview.error.is_some());
    Ok(if failed { Exit::Failed } else { Exit::Done })
}
