//! Templates: add, show, look for faults, see what they say to people.

use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::json;
use crate::named;
use crate::permissions::Permission;
use tg_core::audience::Audience;
use tg_core::contact::{Contact, STANDARD_FIELDS};
use tg_core::ids::AudienceId;
use tg_core::ports::{StoredTemplate, Unit};
use tg_core::template::{Fault, Format, Template};

/// Longest source of a template, in bytes: room for ten full messages with markup.
pub const MAX_SOURCE: usize = 256 * 1024;
/// Most people that one preview shows.
pub const MAX_PREVIEWS: usize = 100;

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
    add_as(app, actor, name, source, Format::Markdown).await
}

/// Adds a template. Faults do not keep it out: [`lint`] names them, and no campaign takes it.
///
/// # Errors
/// A refusal if the name is taken; a failure if the source is too long.
pub async fn add_as(
    app: &App,
    actor: &Actor,
    name: &str,
    source: &str,
    format: Format,
) -> Result<json::TemplateDetail, AppError> {
    let act = Act::begin(app, actor, Permission::TemplateAdd, "template", Some(name)).await?;
    let name = named::slug(name)?;
    if source.len() > MAX_SOURCE {
        return Err(AppError::failed(
            "template_too_long",
            format!("the template has {} bytes, {MAX_SOURCE} are allowed", source.len()),
        ));
    }
    let source = source.to_owned();
    act.write(move |unit, at| {
        let id = unit.add_template(&name, &source, format, at)?;
        let stored = unit.template(id)?;
        Ok((shown(&stored), format!("{} bytes{}", source.len(), written_in(format))))
    })
    .await
}

/// All templates, by name.
///
/// # Errors
/// A refusal, or the store's failure.
pub async fn list(app: &App, actor: &Actor) -> Result<json::Templates, AppError> {
    let act = Act::begin(app, actor, Permission::TemplateList, "templates", None).await?;
    act.read(|unit| {
        let templates = unit.templates()?;
        let templates = templates.iter().map(|t| json::Template::new(t, fields_of(t))).collect();
        Ok(json::Templates { schema: "tg.templates/1", templates })
    })
    .await
}

/// One template with its source.
///
/// # Errors
/// If there is none of that name.
pub async fn show(app: &App, actor: &Actor, name: &str) -> Result<json::TemplateDetail, AppError> {
    let act = Act::begin(app, actor, Permission::TemplateShow, "template", Some(name)).await?;
    let name = named::slug(name)?;
    act.read(move |unit| Ok(shown(&named::template(unit, &name)?))).await
}

/// Looks for faults in a template; with an audience, also for fields that it does not have.
///
/// # Errors
/// If there is no such template or audience. Faults are no error: they are the result.
pub async fn lint(
    app: &App,
    actor: &Actor,
    name: &str,
    audience: Option<&str>,
) -> Result<json::Lint, AppError> {
    let act = Act::begin(app, actor, Permission::TemplateLint, "template", Some(name)).await?;
    let name = named::slug(name)?;
    let audience = audience.map(named::slug).transpose()?;
    act.read(move |unit| {
        let stored = named::template(unit, &name)?;
        let list = audience.as_ref().map(|list| named::audience(unit, list)).transpose()?;
        let faults = match compile_for(&stored, list.as_ref()) {
            Ok(_) => Vec::new(),
            Err(faults) => faults,
        };
        Ok(json::Lint {
            schema: "tg.lint/1",
            template: name.to_string(),
            audience: audience.map(|list| list.to_string()),
            ok: faults.is_empty(),
            faults: faults.iter().map(json::TemplateFault::from).collect(),
        })
    })
    .await
}

/// What a template says to one person, or to the first `count` people of an audience.
///
/// # Errors
/// If there is no such template, audience or person; a refusal if the template has faults.
pub async fn preview(
    app: &App,
    actor: &Actor,
    name: &str,
    audience: &str,
    who: Option<&str>,
    count: usize,
) -> Result<json::Previews, AppError> {
    let act = Act::begin(app, actor, Permission::TemplatePreview, "template", Some(name)).await?;
    let (name, audience) = (named::slug(name)?, named::slug(audience)?);
    let key = who.map(crate::contacts::key).transpose()?;
    act.read(move |unit| {
        let stored = named::template(unit, &name)?;
        let list = named::audience(unit, &audience)?;
        let template =
            compile_for(&stored, Some(&list)).map_err(|faults| faulty(&stored, &list, &faults))?;
        let people = match &key {
            Some(key) => vec![crate::contacts::found(unit, key)?],
            None => first_members(unit, list.id, count)?,
        };
        Ok(json::Previews {
            schema: "tg.preview/1",
            template: name.to_string(),
            audience: audience.to_string(),
            previews: people.iter().map(|contact| previewed(&template, contact)).collect(),
        })
    })
    .await
}

fn first_members(
    unit: &dyn Unit,
    audience: AudienceId,
    count: usize,
) -> Result<Vec<Contact>, AppError> {
    Ok(unit.members(audience, None, count.clamp(1, MAX_PREVIEWS))?)
}

fn previewed(template: &Template, contact: &Contact) -> json::Preview {
    let (messages, error) = match template.render(&contact.person) {
        Ok(messages) => (messages, None),
        Err(error) => (Vec::new(), Some(error.to_string())),
    };
    json::Preview { contact: contact.person.label(), messages, error }
}

/// Compiles a source and, given an audience, checks its fields; the faults by place.
pub(crate) fn compile_for(
    stored: &StoredTemplate,
    audience: Option<&Audience>,
) -> Result<Template, Vec<Fault>> {
    let source = &stored.source;
    let template = Template::compile_as(source, stored.format)?;
    let Some(audience) = audience else { return Ok(template) };
    let known: Vec<&str> =
        STANDARD_FIELDS.into_iter().chain(audience.fields.iter().map(String::as_str)).collect();
    let mut faults = template.unknown_fields(source, &known);
    faults.sort_by_key(|fault| (fault.line, fault.column));
    if faults.is_empty() { Ok(template) } else { Err(faults) }
}

/// The refusal of a template that has faults for an audience, naming the first one's place.
pub(crate) fn faulty(stored: &StoredTemplate, audience: &Audience, faults: &[Fault]) -> AppError {
    let first = faults.first().map_or_else(String::new, |fault| {
        format!(": line {}, column {}: {}", fault.line, fault.column, fault.message)
    });
    let more = match faults.len() {
        0 | 1 => String::new(),
        n => format!(" (and {} more)", n - 1),
    };
    AppError::refused(
        "template_faults",
        format!("the template \"{}\" does not fit \"{}\"{first}{more}", stored.name, audience.name),
    )
    .advise(format!(
        "`tg template lint {} --audience {}` shows all faults",
        stored.name, audience.name
    ))
}

/// For the audit row; Markdown, which is what most are, goes without saying.
fn written_in(format: Format) -> String {
    match format {
        Format::Markdown => String::new(),
        Format::Html | Format::Plain => format!(", {}", format.as_str()),
    }
}

fn shown(stored: &StoredTemplate) -> json::TemplateDetail {
    json::TemplateDetail {
        schema: "tg.template/1",
        template: json::Template::new(stored, fields_of(stored)),
        source: stored.source.clone(),
    }
}

fn fields_of(stored: &StoredTemplate) -> Vec<String> {
    Template::compile_as(&stored.source, stored.format)
        .map(|template| template.fields().iter().cloned().collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::Kind;
    use crate::testing::{Home, local};

    async fn home() -> Home {
        let home = Home::new();
        let csv = "username,first_name,city\nannie,Ann,Bonn\nbobby,,\n";
        home.people("friends", csv).await.unwrap();
        home
    }

    #[tokio::test]
    async fn a_fault_is_a_result_with_its_place() {
        let home = home().await;
        let (app, me) = (&home.app, &local());
        let source = "Hi {{ first_name }},\nin {{ city }} and {{ town }}";
        assert_eq!(
            add(app, me, "hello", source).await.unwrap().template.fields,
            ["city", "first_name", "town"]
        );
        assert!(lint(app, me, "hello", None).await.unwrap().ok);
        let found = lint(app, me, "hello", Some("friends")).await.unwrap();
        insta::assert_json_snapshot!("faults", found);
        add(app, me, "broken", "Hi\n{% if %}").await.unwrap();
        let broken = lint(app, me, "broken", None).await.unwrap();
        assert!(!broken.ok);
        assert_eq!(broken.faults[0].line, 2);
        assert_eq!(lint(app, me, "none", None).await.unwrap_err().kind(), Kind::NotFound);
        let strangers = lint(app, me, "hello", Some("strangers")).await.unwrap_err();
        assert_eq!(strangers.kind(), Kind::NotFound);
        assert_eq!(list(app, me).await.unwrap().templates.len(), 2);
    }

    #[tokio::test]
    async fn previews_say_what_people_would_read() {
        let home = home().await;
        let (app, me) = (&home.app, &local());
        add(app, me, "hello", "Hi {{ first_name }}!{% if city %} In **{{ city }}**?{% endif %}")
            .await
            .unwrap();
        let shown = preview(app, me, "hello", "friends", None, 5).await.unwrap();
        insta::assert_json_snapshot!("previews", shown);
        let one = preview(app, me, "hello", "friends", Some("@bobby"), 5).await.unwrap();
        assert_eq!(one.previews.len(), 1);
        let nobody = preview(app, me, "hello", "friends", Some("@nobody"), 5).await.unwrap_err();
        assert_eq!(nobody.kind(), Kind::NotFound);
    }

    #[tokio::test]
    async fn a_format_is_kept_and_holds_for_faults_and_previews() {
        let home = home().await;
        let (app, me) = (&home.app, &local());
        let added = add_as(app, me, "html", "<b>{{ first_name }}</b>", Format::Html).await.unwrap();
        assert_eq!(added.template.format, "html");
        let shown = preview(app, me, "html", "friends", Some("@annie"), 1).await.unwrap();
        let said = &shown.previews[0].messages[0];
        assert_eq!((said.text.as_str(), said.entities.len()), ("Ann", 1));
        add_as(app, me, "wrong", "Hi\n<p>x</p>", Format::Html).await.unwrap();
        let found = lint(app, me, "wrong", None).await.unwrap();
        assert_eq!((found.ok, found.faults[0].line, found.faults[0].column), (false, 2, 1));
        add_as(app, me, "plain", "<p>**x**</p>", Format::Plain).await.unwrap();
        assert!(lint(app, me, "plain", None).await.unwrap().ok);
        assert_eq!(
            home.audit().await.pop().unwrap(),
            "local template.add template/plain done: 12 bytes, plain"
        );
    }

    #[tokio::test]
    async fn a_template_has_a_size() {
        let home = Home::new();
        let long = "x".repeat(MAX_SOURCE + 1);
        let error = add(&home.app, &local(), "long", &long).await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (Kind::Failed, "template_too_long"));
    }
}
