//! `tg template list`: all templates.

use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::table::Table;
use crate::wire;
use tg_app::{json, templates};

/// Runs the verb.
pub(crate) async fn run(context: &Context) -> Result<Exit, CliError> {
    let list = wire::with(context, async |open| Ok(templates::list(&open.app, &open.actor).await?))
        .await?;
    context.printer.result(&list, human)?;
    Ok(Exit::Done)
}

fn human(list: &json::Templates) -> String {
    let mut table = Table::new(["NAME", "FORMAT", "LANGUAGES", "FIELDS", "ADDED"]);
    for template in &list.templates {
        table.row([
            template.name.clone(),
            template.format.to_owned(),
            template.languages.join(", "),
            template.fields.join(", "),
            template.created_at.clone(),
        ]);
    }
    table.or("no templates yet; add one with `tg template add`")
}
