//! `tg audience show`: one list.

use crate::args::audience::Show;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::table::pairs;
use crate::text::count;
use crate::wire;
use tg_app::{audiences, json};

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Show) -> Result<Exit, CliError> {
    let detail = wire::with(context, async |open| {
        Ok(audiences::show(&open.app, &open.actor, &args.name, args.whom.whom()).await?)
    })
    .await?;
    context.printer.result(&detail, human)?;
    Ok(Exit::Done)
}

fn human(detail: &json::AudienceDetail) -> String {
    let audience = &detail.audience;
    let mut lines = vec![
        ("name", audience.name.clone()),
        ("members", count(audience.members)),
        ("opted out", count(audience.opted_out)),
        ("suppressed", count(audience.suppressed)),
        ("fields", audience.fields.join(", ")),
        ("since", audience.created_at.clone()),
    ];
    if let Some(chosen) = &detail.chosen {
        lines.push(("chosen", format!("{} ({})", count(chosen.people), chosen.filter)));
    }
    pairs(lines)
}
