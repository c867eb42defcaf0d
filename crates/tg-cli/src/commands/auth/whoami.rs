//! `tg auth whoami`: who one is, and what one may do.

use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::table::pairs;
use crate::wire;
use tg_app::{auth, json};

/// Runs the verb.
pub(crate) async fn run(context: &Context) -> Result<Exit, CliError> {
    let me =
        wire::with(context, async |open| Ok(auth::whoami(&open.app, &open.actor).await?)).await?;
    context.printer.result(&me, human)?;
    Ok(Exit::Done)
}

fn human(me: &json::Whoami) -> String {
    let limit = if me.scope.is_empty() { "nothing but the role" } else { &me.scope };
    let required = if me.required { "required" } else { "not required" };
    pairs([
        ("name", me.who.clone()),
        ("role", me.role.to_owned()),
        ("limited to", limit.to_owned()),
        ("from", me.source.clone()),
        ("a sign-in is", required.to_owned()),
        ("may", me.permissions.join(" ")),
    ])
}
