//! `tg operator add`: somebody who may use this home.

use crate::args::operator::Add;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::wire;
use tg_app::operators;

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Add) -> Result<Exit, CliError> {
    let added = wire::with(context, async |open| {
        Ok(operators::add(&open.app, &open.actor, &args.name, &args.role).await?)
    })
    .await?;
    context.printer.result(&added, |added| {
        let name = &added.name;
        format!("{name} is here as {}\nNext: tg operator key create {name}", added.role)
    })?;
    Ok(Exit::Done)
}
