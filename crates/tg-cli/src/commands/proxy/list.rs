//! `tg proxy list`: all proxies, whose they are, and how they were.

use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::table::Table;
use crate::wire;
use tg_app::json::Proxies;
use tg_app::proxies;

/// Runs the verb.
pub(crate) async fn run(context: &Context) -> Result<Exit, CliError> {
    let list =
        wire::with(context, async |open| Ok(proxies::list(&open.app, &open.actor).await?)).await?;
    context.printer.result(&list, human)?;
    Ok(Exit::Done)
}

/// Also what `check` answers with.
pub(super) fn human(list: &Proxies) -> String {
    let mut table = Table::new(["NAME", "STATE", "ACCOUNT", "ADDRESS", "MS", "NOTE"]).right([4]);
    for proxy in &list.proxies {
        let note = match (proxy.text, &proxy.failing_since) {
            (Some(text), Some(since)) => format!("{text}, since {since}"),
            _ => String::new(),
        };
        table.row([
            proxy.name.clone(),
            proxy.state.to_owned(),
            proxy.account.clone().unwrap_or_default(),
            proxy.address.clone(),
            proxy.latency_ms.map(|ms| ms.to_string()).unwrap_or_default(),
            note,
        ]);
    }
    table.or("no proxies yet; add some with `tg proxy add`")
}
