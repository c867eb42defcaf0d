//! Adding a template, and further languages to one.

use super::fit::{faulty, fit};
use super::show::shown;
use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::json;
use crate::named;
use crate::permissions::Permission;
use tg_core::campaign::{Campaign, CampaignState};
use tg_core::delivery::{Media, MediaKind};
use tg_core::ids::TemplateId;
use tg_core::ports::{StoredTemplate, Unit};
use tg_core::template::{Format, MAX_LANGUAGES, Text};
use tg_security::validate::{parse_lang, parse_media};

/// Longest source of a template, in bytes: room for ten full messages with markup.
pub const MAX_SOURCE: usize = 256 * 1024;

/// A template's text in one language, as a person adds it.
#[derive(Clone, Copy, Debug)]
pub struct NewTemplate<'a> {
    /// The operator's name for it.
    pub name: &'a str,
    /// What was in the file.
    pub source: &'a str,
    /// How it is written.
    pub format: Format,
    /// Its language; a template that is there gets it in addition.
    pub lang: Option<&'a str>,
    /// Files that its first message is sent with.
    pub media: &'a [NewMedia<'a>],
}

/// A file, as a person adds it.
#[derive(Clone, Copy, Debug)]
pub struct NewMedia<'a> {
    /// How it is shown.
    pub kind: MediaKind,
    /// What it is called.
    pub name: &'a str,
    /// What is in it.
    pub bytes: &'a [u8],
}

/// Adds a template that is written in Markdown: see [`add_as`].
///
/// # Errors
/// Those of [`add_as`].
pub async fn add(
    app: &App,
    actor: &Actor,
    name: &str,
    source: &str,
) -> Result<json::TemplateDetail, AppError> {
    let new = NewTemplate { name, source, format: Format::Markdown, lang: None, media: &[] };
    add_as(app, actor, new).await
}

/// Adds a template, or a language to one. Faults do not keep it out: [`super::lint`] names them, and
/// no campaign takes it.
///
/// # Errors
/// A refusal if the name or its language is taken, or a campaign that began uses the template; a
/// failure if the source is too long.
pub async fn add_as(
    app: &App,
    actor: &Actor,
    new: NewTemplate<'_>,
) -> Result<json::TemplateDetail, AppError> {
    let act = Act::begin(app, actor, Permission::TemplateAdd, "template", Some(new.name)).await?;
    let name = named::slug(new.name)?;
    if new.source.len() > MAX_SOURCE {
        return Err(AppError::failed(
            "template_too_long",
            format!("the template has {} bytes, {MAX_SOURCE} are allowed", new.source.len()),
        ));
    }
    let lang = new.lang.map(language).transpose()?.unwrap_or_default();
    let files = new.media.iter().map(checked).collect::<Result<Vec<_>, _>>()?;
    let media = files.iter().map(|(file, _)| file.clone()).collect();
    let text = Text { lang, source: new.source.to_owned(), format: new.format, media };
    act.write(move |unit, at| {
        for (file, bytes) in &files {
            unit.put_media(&file.hash, bytes, at)?;
        }
        let known = unit.template_named(&name)?.filter(|_| !text.lang.is_empty());
        let id = match known {
            None => unit.add_template(&name, &text, at)?,
            Some(stored) => {
                permit_language(unit, &stored, &text)?;
                unit.add_template_text(stored.id, &text, at)?;
                stored.id
            }
        };
        Ok((shown(&unit.template(id)?), described(&text)))
    })
    .await
}

fn checked(file: &NewMedia<'_>) -> Result<(Media, Vec<u8>), AppError> {
    let NewMedia { kind, name, bytes } = *file;
    let media = parse_media(kind, name, bytes).map_err(|error| {
        AppError::failed("bad_file", format!("{name} cannot go with a message: {error}"))
    })?;
    Ok((media, bytes.to_vec()))
}

fn language(tag: &str) -> Result<String, AppError> {
    match parse_lang(tag) {
        Ok(lang) if !lang.is_empty() => Ok(lang),
        _ => Err(AppError::usage("bad_language", format!("\"{tag}\" is no language tag"))
            .advise("languages are named like \"de\" or \"pt-BR\"")),
    }
}

/// What was sent stays what it was: only drafts may get another language, and it has to fit their
/// audiences as the others do.
fn permit_language(unit: &dyn Unit, stored: &StoredTemplate, text: &Text) -> Result<(), AppError> {
    if stored.others.len() + 1 >= MAX_LANGUAGES {
        let what = format!("\"{}\" has {MAX_LANGUAGES} languages, which is the most", stored.name);
        return Err(AppError::refused("too_many_languages", what));
    }
    for campaign in unit.campaigns(&[])?.iter().filter(|campaign| uses(campaign, stored.id)) {
        if campaign.state != CampaignState::Draft {
            let what =
                format!("the campaign \"{}\" says \"{}\" already", campaign.name, stored.name);
            return Err(AppError::refused("template_in_use", what)
                .advise("add a template of another name, and use it in the next campaign"));
        }
        let list = unit.audience(campaign.audience)?;
        let mut grown = stored.clone();
        grown.others.push(text.clone());
        fit(&grown, Some(&list)).map_err(|faults| faulty(&grown, &list, &faults))?;
    }
    Ok(())
}

fn uses(campaign: &Campaign, template: TemplateId) -> bool {
    campaign.template == template || campaign.variants.iter().any(|v| v.template == template)
}

/// For the audit row; Markdown, which is what most are, goes without saying.
fn described(text: &Text) -> String {
    let mut detail = format!("{} bytes", text.source.len());
    if text.format != Format::Markdown {
        detail.push_str(", ");
        detail.push_str(text.format.as_str());
    }
    for file in &text.media {
        detail.push_str(&format!(", {} {}", file.kind.as_str(), file.hash));
    }
    if !text.lang.is_empty() {
        detail.push_str(", in ");
        detail.push_str(&text.lang);
    }
    detail
}
