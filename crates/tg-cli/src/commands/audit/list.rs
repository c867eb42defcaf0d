//! `tg audit list`: who did what, newest first.

use crate::args::Since;
use crate::args::audit::List;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::table::Table;
use crate::wire;
use tg_app::audit::{self, Wanted};
use tg_app::json;
use tg_core::ports::AuditFilter;

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: List) -> Result<Exit, CliError> {
    let List { actor, action, object, since, before, limit } = args;
    let list = wire::with(context, async |open| {
        let since = since.map(|since| match since {
            Since::At(at) => at,
            Since::Ago(span) => open.app.clock.now() - span,
        });
        let filter = AuditFilter { actor, action, object, since, before };
        Ok(audit::list(&open.app, &open.actor, Wanted { filter, limit }).await?)
    })
    .await?;
    context.printer.result(&list, human)?;
    Ok(Exit::Done)
}

fn human(list: &json::AuditList) -> String {
    let mut table = Table::new(["ROW", "AT", "WHO", "FROM", "WHAT", "TO", "OUTCOME", "MORE"]);
    for row in &list.entries {
        table.row([
            row.row.to_string(),
            row.at.clone(),
            row.actor.clone(),
            row.source.clone(),
            row.action.clone(),
            row.object.clone(),
            row.outcome.to_owned(),
            more(row),
        ]);
    }
    let mut out = table.or("no such rows");
    if let Some(before) = list.before {
        out.push_str(&format!("\nthere is more: --before {before}"));
    }
    out
}

fn more(row: &json::AuditRow) -> String {
    let change = match (&row.before, &row.after) {
        (Some(before), Some(after)) => format!("{before} -> {after}"),
        (None, Some(after)) => after.clone(),
        (Some(before), None) => format!("{before} ->"),
        (None, None) => String::new(),
    };
    [change, row.detail.clone()]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("; ")
}
