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
    let placed = |fault: &json::TemplateFault, what: &str| {
        let message = clean(&fault.message);
        let lang = fault.lang.as_ref().map_or_else(String::new, |lang| format!(".{lang}"));
        format!("{}{lang}:{}:{}: {what}{message}", lint.template, fault.line, fault.column)
    };
    if !lint.ok {
        return lint.faults.iter().map(|f| placed(f, "")).collect::<Vec<_>>().join("\n");
    }
    let mut lines: Vec<String> = lint.warnings.iter().map(|f| placed(f, "warning: ")).collect();
    if let Some(people) = &lint.people
        && let Some(first) = &people.first
    {
        let (failing, tried) = (people.failing, people.tried);
        let (who, why) = (clean(&first.contact), clean(&first.error));
        lines.push(format!("{failing} of {tried} people would get nothing: {who}: {why}"));
    }
    if lint.bots_only {
        lines.push(format!("{}: it has buttons, which only bots send", lint.template));
    }
    lines.push(format!("{}: no faults", lint.template));
    lines.join("\n")
}
