//! `tg proxy replace`: gives an account another proxy.

use crate::args::proxy::Replace;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::wire;
use tg_app::proxies;

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Replace) -> Result<Exit, CliError> {
    let pause = context.config.exit_pause.value.0;
    let done = wire::with(context, async |open| {
        let with = args.with.as_deref();
        Ok(proxies::replace(&open.app, &open.actor, &args.account, with, pause).await?)
    })
    .await?;
    context.printer.result(&done, |done| {
        format!(
            "{} goes through {} from {} on; {} is a spare",
            done.now.account,
            done.now.proxy.as_deref().unwrap_or_default(),
            done.now.not_before,
            done.replaced
        )
    })?;
    Ok(Exit::Done)
}
