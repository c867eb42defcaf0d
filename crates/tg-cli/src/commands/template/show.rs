//! `tg template show`: a template as it was added.

use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::text::clean_lines;
use crate::wire;
use tg_app::{json, templates};

/// Runs the verb.
pub(crate) async fn run(context: &Context, name: &str) -> Result<Exit, CliError> {
    let detail =
        wire::with(context, async |open| Ok(templates::show(&open.app, &open.actor, name).await?))
            .await?;
    context.printer.result(&detail, human)?;
    Ok(Exit::Done)
}

/// The text as it stands; further languages below, each under its name.
fn human(detail: &json::TemplateDetail) -> String {
    let mut out = clean_lines(&detail.source);
    for other in &detail.others {
        let (lang, format) = (&other.lang, other.format);
        out.push_str(&format!("\n\n=== {lang} ({format})\n{}", clean_lines(&other.source)));
    }
    out
}
