//! `tg audience list`: all lists with their counts.

use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::table::Table;
use crate::text::count;
use crate::wire;
use tg_app::{audiences, json};

/// Runs the verb.
pub(crate) async fn run(context: &Context) -> Result<Exit, CliError> {
    let list = wire::with(context, async |open| Ok(audiences::list(&open.app, &open.actor).await?))
        .await?;
    context.printer.result(&list, human)?;
    Ok(Exit::Done)
}

fn human(list: &json::Audiences) -> String {
    let headings = ["NAME", "MEMBERS", "OPTED OUT", "SUPPRESSED", "FIELDS"];
    let mut table = Table::new(headings).right([1, 2, 3]);
    for audience in &list.audiences {
        table.row([
            audience.name.clone(),
            count(audience.members),
            count(audience.opted_out),
            count(audience.suppressed),
            audience.fields.join(", "),
        ]);
    }
    table.or("no audiences yet; make one with `tg audience import`")
}
