//! `tg account check`: connects accounts and says how they are.

use crate::args::account::Check;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::wire::{self, Need};
use tg_app::{Permission, checkup, json};

/// Runs the verb. A session must not be open twice, so that no engine may run.
pub(crate) async fn run(context: &Context, args: &Check) -> Result<Exit, CliError> {
    let mut worst = Ok(Exit::Done);
    wire::alone(context, Need::of(Permission::AccountCheck, "accounts"), async |opened| {
        let connector = opened.connector(&context.config);
        let mut tell = |checked: json::AccountCheck| {
            let shown = context.printer.result(&checked, line);
            let verdict = if checked.ok { Exit::Done } else { Exit::Failed };
            worst = match (&worst, shown) {
                (Ok(Exit::Done), Ok(())) => Ok(verdict),
                (Ok(worst), Ok(())) => Ok(*worst),
                (_, Err(error)) => Err(error),
                (Err(_), Ok(())) => return,
            };
        };
        Ok(checkup::check(&opened.app, &opened.actor, &*connector, &args.names, &mut tell).await?)
    })
    .await?;
    worst
}

fn line(checked: &json::AccountCheck) -> String {
    let change = if checked.was == checked.state {
        String::new()
    } else {
        format!(" (was {})", checked.was)
    };
    let verdict = checked.text.as_deref().unwrap_or("connects, and is who it should be");
    format!("{}: {}{change}: {verdict}", checked.name, checked.state)
}
