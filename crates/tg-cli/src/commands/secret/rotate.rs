//! `tg secret rotate`: a new value beside the old one, and the decision for or against it.

use crate::args::secret::Rotate;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::outside::check_url;
use crate::typed;
use crate::wire;
use tg_app::{Permission, json, secrets};

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Rotate) -> Result<Exit, CliError> {
    let name = &args.name;
    let done = wire::with(context, async |open| {
        let permission = Permission::SecretRotate;
        secrets::permit(&open.app, &open.actor, permission, &args.name).await?;
        let value = if args.confirm || args.abandon {
            None
        } else {
            let value = typed::secret(&format!("new {name}: "), args.stdin)?;
            check_url(&context.config, name, &value)?;
            Some(value)
        };
        let (app, actor) = (&open.app, &open.actor);
        Ok(match value {
            Some(value) => secrets::rotate(app, actor, name, value).await?,
            None if args.confirm => secrets::confirm(app, actor, name).await?,
            None => secrets::abandon(app, actor, name).await?,
        })
    })
    .await?;
    context.printer.result(&done, human)?;
    Ok(Exit::Done)
}

fn human(done: &json::SecretChange) -> String {
    let name = &done.name;
    match (done.change, done.version, done.pending) {
        ("rotated", Some(old), Some(new)) => format!(
            "version {new} of {name} waits; version {old} is used until `tg secret rotate {name} --confirm`"
        ),
        ("confirmed", Some(version), _) => format!("{name} is version {version} now"),
        _ => format!("the new value of {name} is forgotten"),
    }
}
