//! `tg proxy assign`: gives accounts their proxies, all that are named or none.

use crate::args::proxy::Assign;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::table::Table;
use crate::text::counted;
use crate::wire;
use tg_app::json::ProxyAssign;
use tg_app::proxies::{self, Which};

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: Assign) -> Result<Exit, CliError> {
    let pause = context.config.exit_pause.value.0;
    let done = wire::with(context, async |open| {
        let (app, actor) = (&open.app, &open.actor);
        Ok(if args.auto {
            let which = args.tag.map_or(Which::All, Which::Tag);
            proxies::assign_auto(app, actor, which, pause).await?
        } else {
            proxies::assign(app, actor, args.pairs, pause).await?
        })
    })
    .await?;
    context.printer.result(&done, human)?;
    Ok(Exit::Done)
}

fn human(done: &ProxyAssign) -> String {
    let mut table = Table::new(["ACCOUNT", "PROXY", "NOT BEFORE"]);
    for pair in &done.assigned {
        table.row([
            pair.account.clone(),
            pair.proxy.clone().unwrap_or_else(|| "none (directly)".to_owned()),
            pair.not_before.clone(),
        ]);
    }
    let unchanged = format!("{} as before", counted(done.unchanged, "account", "accounts"));
    if done.assigned.is_empty() { unchanged } else { table.or("") }
}
