//! `tg secret list`: names, versions and origins; never a value.

use crate::context::Context;
use crate::env;
use crate::error::CliError;
use crate::exit::Exit;
use crate::table::Table;
use crate::wire;
use tg_app::{json, secrets};

/// Runs the verb.
pub(crate) async fn run(context: &Context) -> Result<Exit, CliError> {
    let overrides = env::overridden_secrets();
    let list = wire::with(context, async |open| {
        Ok(secrets::list(&open.app, &open.actor, overrides).await?)
    })
    .await?;
    context.printer.result(&list, human)?;
    Ok(Exit::Done)
}

fn human(list: &json::Secrets) -> String {
    let mut table = Table::new(["NAME", "VERSION", "SET", "FROM"]).right([1]);
    for secret in &list.secrets {
        let version = secret.version.map(|version| version.to_string());
        let mut set = secret.set_at.clone().unwrap_or_default();
        if let (Some(pending), Some(since)) = (secret.pending, &secret.pending_since) {
            set.push_str(&format!(" (version {pending} waits since {since})"));
        }
        table.row([secret.name.clone(), version.unwrap_or_default(), set, secret.origin.clone()]);
    }
    table.or("no secrets yet; `tg secret set NAME` sets one")
}
