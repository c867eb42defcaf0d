//! `tg template preview`: what people on a list would read.

use crate::args::template::Preview;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::text::{clean, clean_lines};
use crate::wire;
use tg_app::{json, templates};

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Preview) -> Result<Exit, CliError> {
    let previews = wire::with(context, async |open| {
        let who = args.contact.as_deref();
        let count = usize::from(args.count);
        let (name, audience) = (args.name.as_str(), args.audience.as_str());
        Ok(templates::preview(&open.app, &open.actor, name, audience, who, count).await?)
    })
    .await?;
    context.printer.result(&previews, human)?;
    let failed = previews.previews.iter().any(|preview| preview.error.is_some());
    Ok(if failed { Exit::Failed } else { Exit::Done })
}

fn human(previews: &json::Previews) -> String {
    let one = |preview: &json::Preview| {
        let lang = preview.lang.as_ref().map_or_else(String::new, |lang| format!(" ({lang})"));
        let mut out = format!("to {}{lang}:", clean(&preview.contact));
        for message in &preview.messages {
            for line in clean_lines(&message.text).lines() {
                out.push_str(&format!("\n  {line}"));
            }
        }
        if let Some(error) = &preview.error {
            out.push_str(&format!("\n  nothing: {}", clean(error)));
        }
        out
    };
    if previews.previews.is_empty() {
        return format!("nobody is on {}", previews.audience);
    }
    previews.previews.iter().map(one).collect::<Vec<_>>().join("\n\n")
}
