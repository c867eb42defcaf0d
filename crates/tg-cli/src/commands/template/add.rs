//! `tg template add`: keeps a template.

use crate::args::media::MediaArg;
use crate::args::template::Add;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::input;
use crate::wire::{self, Need};
use std::path::Path;
use tg_app::Permission;
use tg_app::templates::{self, NewMedia, NewTemplate};
use tg_core::delivery::{MAX_MEDIA, MediaKind};
use tg_core::template::Format;

/// No template is longer. A message has at most 4,096 characters.
const MAX_BYTES: usize = 256 * 1024;

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Add) -> Result<Exit, CliError> {
    let format = args.format.map_or_else(|| by_name(&args.file), Format::from);
    let added = wire::with(context, async |open| {
        open.permit(Need::of(Permission::TemplateAdd, "template").named(&args.name)).await?;
        let source = input::read_text(&args.file, MAX_BYTES)?;
        let files = args.media.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        let lang = args.lang.as_deref();
        let media: Vec<_> =
            files.iter().map(|(kind, name, bytes)| NewMedia { kind: *kind, name, bytes }).collect();
        let new = NewTemplate { name: &args.name, source: &source, format, lang, media: &media };
        Ok(templates::add_as(&open.app, &open.actor, new).await?)
    })
    .await?;
    context.printer.result(&added, |added| {
        let fields = if added.template.fields.is_empty() {
            "it uses no fields".to_owned()
        } else {
            format!("it uses {}", added.template.fields.join(", "))
        };
        let what = match &added.template.languages[..] {
            [] => added.template.format.to_owned(),
            languages => format!("{}; {}", added.template.format, languages.join(", ")),
        };
        format!("added template {} ({what}); {fields}", added.template.name)
    })?;
    Ok(Exit::Done)
}

/// A file's kind, name and content.
fn read(file: &MediaArg) -> Result<(MediaKind, String, Vec<u8>), CliError> {
    let bytes = input::read(&file.path, MAX_MEDIA)?;
    let name = file.path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    Ok((file.kind, name, bytes))
}

/// What a file is taken for by its name; standard input is Markdown.
fn by_name(file: &Path) -> Format {
    file.extension()
        .and_then(|extension| extension.to_str())
        .map_or(Format::Markdown, Format::of_extension)
}
