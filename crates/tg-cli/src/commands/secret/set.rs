//! `tg secret set`: a value from a prompt or standard input, sealed.

use crate::args::secret::Set;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::outside::check_url;
use crate::typed;
use crate::wire;
use tg_app::{Permission, json, secrets};

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Set) -> Result<Exit, CliError> {
    let done = wire::with(context, async |open| {
        let permission = Permission::SecretSet;
        secrets::permit(&open.app, &open.actor, permission, &args.name).await?;
        let value = typed::secret(&format!("{}: ", args.name), args.stdin)?;
        check_url(&context.config, &args.name, &value)?;
        Ok(secrets::set(&open.app, &open.actor, &args.name, value).await?)
    })
    .await?;
    context.printer.result(&done, human)?;
    Ok(Exit::Done)
}

fn human(done: &json::SecretChange) -> String {
    let version = done.version.map_or_else(String::new, |version| format!(" (version {version})"));
    format!("{} is set{version}", done.name)
}
