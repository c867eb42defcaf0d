//! `tg template add`: keeps a template.

use crate::args::template::Add;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::input;
use crate::wire;
use tg_app::templates;

/// No template is longer. A message has at most 4,096 characters.
const MAX_BYTES: usize = 256 * 1024;

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Add) -> Result<Exit, CliError> {
    let source = input::read_text(&args.file, MAX_BYTES)?;
    let added = wire::with(context, async |open| {
        Ok(templates::add(&open.app, &open.actor, &args.name, &source).await?)
    })
    .await?;
    context.printer.result(&added, |added| {
        let fields = if added.template.fields.is_empty() {
            "it uses no fields".to_owned()
        } else {
            format!("it uses {}", added.template.fields.join(", "))
        };
        format!("added template {}; {fields}", added.template.name)
    })?;
    Ok(Exit::Done)
}
