//! `tg alert list`: what a person was told, or should have been.

use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::table::Table;
use crate::text::count;
use crate::wire;
use tg_app::{alerts, json};

/// Runs the verb.
pub(crate) async fn run(context: &Context) -> Result<Exit, CliError> {
    let list =
        wire::with(context, async |open| Ok(alerts::list(&open.app, &open.actor).await?)).await?;
    context.printer.result(&list, human)?;
    Ok(Exit::Done)
}

fn human(list: &json::Alerts) -> String {
    let mut table = Table::new(["RAISED", "STATE", "TIMES", "WHAT"]).right([2]);
    for alert in &list.alerts {
        let mut what = format!("{}: {}", alert.title, alert.text);
        if let Some(fault) = &alert.fault {
            what = format!("{what} ({fault})");
        }
        table.row([alert.raised_at.clone(), alert.state.to_owned(), count(alert.times), what]);
    }
    table.or("no alerts yet")
}
