//! `tg operator list`: who may use this home.

use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::table::Table;
use crate::wire;
use tg_app::{json, operators};

/// Runs the verb.
pub(crate) async fn run(context: &Context) -> Result<Exit, CliError> {
    let list = wire::with(context, async |open| Ok(operators::list(&open.app, &open.actor).await?))
        .await?;
    context.printer.result(&list, human)?;
    Ok(Exit::Done)
}

fn human(list: &json::Operators) -> String {
    let mut table = Table::new(["NAME", "ROLE", "KEYS", "SINCE", "SHUT OUT"]).right([2]);
    for operator in &list.operators {
        table.row([
            operator.name.clone(),
            operator.role.to_owned(),
            operator.keys.to_string(),
            operator.created_at.clone(),
            operator.disabled_at.clone().unwrap_or_default(),
        ]);
    }
    table.or("no operators: whoever may read this home's files is its admin")
}
