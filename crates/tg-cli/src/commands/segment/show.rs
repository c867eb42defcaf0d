//! `tg segment show`: one segment, and how many people it chooses.

use crate::args::segment::Show;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::table::pairs;
use crate::text::count;
use crate::wire;
use tg_app::{json, segments};

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Show) -> Result<Exit, CliError> {
    let detail = wire::with(context, async |open| {
        let audience = args.audience.as_deref();
        Ok(segments::show(&open.app, &open.actor, &args.name, audience).await?)
    })
    .await?;
    context.printer.result(&detail, human)?;
    Ok(Exit::Done)
}

fn human(detail: &json::SegmentDetail) -> String {
    let segment = &detail.segment;
    let mut lines = vec![
        ("name", segment.name.clone()),
        ("filter", segment.filter.clone()),
        ("since", segment.created_at.clone()),
    ];
    lines.extend(detail.people.map(|people| ("people", count(people))));
    pairs(lines)
}
