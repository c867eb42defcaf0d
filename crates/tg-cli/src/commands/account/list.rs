//! `tg account list`: accounts and what they can do now.

use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::table::Table;
use crate::wire;
use tg_app::{accounts, json};

/// Runs the verb.
pub(crate) async fn run(context: &Context) -> Result<Exit, CliError> {
    let list =
        wire::with(context, async |open| Ok(accounts::list(&open.app, &open.actor).await?)).await?;
    context.printer.result(&list, human)?;
    Ok(Exit::Done)
}

fn human(list: &json::Accounts) -> String {
    let mut table =
        Table::new(["NAME", "STATE", "KIND", "USER ID", "PHONE", "PROXY", "TAGS"]).right([3]);
    for account in &list.accounts {
        let kind = if account.is_bot { "bot" } else { "person" };
        let kind = if account.loopback { format!("{kind} (simulated)") } else { kind.to_owned() };
        table.row([
            account.name.clone(),
            account.state.to_owned(),
            kind,
            account.user_id.to_string(),
            account.phone.clone().unwrap_or_default(),
            proxy(account),
            account.tags.join(","),
        ]);
    }
    table.or("no accounts yet; add some with `tg account import`")
}

fn proxy(account: &json::Account) -> String {
    match (&account.proxy, account.proxy_state) {
        (Some(name), Some("failed")) => format!("{name} (failed)"),
        (Some(name), _) => name.clone(),
        (None, _) => String::new(),
    }
}
