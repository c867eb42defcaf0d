//! `tg account check`: connects accounts and says how they are.

use crate::args::account::Check;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::guests;
use crate::wire::Need;
use tg_app::{Permission, checkup, json};

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Check) -> Result<Exit, CliError> {
    let mut worst = Ok(Exit::Done);
    let need = Need::of(Permission::AccountCheck, "accounts");
    guests::with(context, need, async |opened, loans| {
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
        Ok(checkup::check(&opened.app, &opened.actor, &*connector, loans, &args.names, &mut tell)
            .await?)
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
    let well = if checked.engine {
        "the running engine has it connected"
    } else {
        "connects, and is who it should be"
    };
    let verdict = checked.text.as_deref().unwrap_or(well);
    format!("{}: {}{change}: {verdict}", checked.name, checked.state)
}
