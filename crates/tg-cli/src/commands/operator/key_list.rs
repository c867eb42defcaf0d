//! `tg operator key list`: keys, without what proves them.

use crate::args::operator::KeyList;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::table::Table;
use crate::wire;
use tg_app::{json, operators};

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &KeyList) -> Result<Exit, CliError> {
    let list = wire::with(context, async |open| {
        Ok(operators::list_keys(&open.app, &open.actor, args.name.as_deref()).await?)
    })
    .await?;
    context.printer.result(&list, human)?;
    Ok(Exit::Done)
}

fn human(list: &json::Keys) -> String {
    let mut table =
        Table::new(["ID", "OPERATOR", "STATE", "LIMITED TO", "SINCE", "UNTIL", "LAST USED"]);
    for key in &list.keys {
        table.row([
            key.id.clone(),
            key.operator.clone(),
            key.state.to_owned(),
            key.scope.clone(),
            key.created_at.clone(),
            key.revoked_at.clone().or_else(|| key.expires_at.clone()).unwrap_or_default(),
            key.used_at.clone().unwrap_or_default(),
        ]);
    }
    table.or("no keys yet; make one with `tg operator key create NAME`")
}
