//! `tg proxy check`: goes through proxies as far as Telegram's door.

use super::list::human;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::wire;
use tg_app::proxies;

/// Runs the verb.
pub(crate) async fn run(context: &Context, name: Option<&str>) -> Result<Exit, CliError> {
    let looked = wire::with(context, async |open| {
        Ok(proxies::check(&open.app, &open.actor, name, &open.probe()).await?)
    })
    .await?;
    context.printer.result(&looked, human)?;
    let failed = looked.proxies.iter().any(|proxy| proxy.fault.is_some());
    Ok(if failed { Exit::Remote } else { Exit::Done })
}
