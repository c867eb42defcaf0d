//! `tg template lint`: faults, with line and column.

use crate::args::template::Lint;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::text::clean;
use crate::wire;
use tg_app::{json, templates};

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Lint) -> Result<Exit, CliError> {
    let lint = wire::with(context, async |open| {
        let audience = args.audience.as_deref();
        Ok(templates::lint(&open.app, &open.actor, &args.name, audience).await?)
    })
    .await?;
    context.printer.result(&lint, human)?;
    Ok(if lint.ok { Exit::Done } else { Exit::Failed })
}

/// `NAME:LINE:COLUMN: MESSAGE`, which editors understand; `NAME.LANG` where the language is named.
fn human(lint: &json::Lint) -> String {
    if lint.ok {
        return format!("{}: no faults", lint.template);
    }
    lint.faults
        .iter()
        .map(|fault| {
            let message = clean(&fault.message);
            let lang = fault.lang.as_ref().map_or_else(String::new, |lang| format!(".{lang}"));
            format!("{}{lang}:{}:{}: {message}", lint.template, fault.line, fault.column)
        })
        .collect::<Vec<_>>()
        .join("\n")
}
