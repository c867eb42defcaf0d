//! What a template says to people.

use super::fit::fitting;
use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::json;
use crate::named;
use crate::permissions::Permission;
use tg_core::contact::Contact;
use tg_core::template::Letter;

/// Most people that one preview shows.
pub const MAX_PREVIEWS: usize = 100;

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
        let letter = fitting(&stored, &list)?;
        let people = match &key {
            Some(key) => vec![crate::contacts::found(unit, key)?],
            None => unit.members(list.id, None, count.clamp(1, MAX_PREVIEWS))?,
        };
        Ok(json::Previews {
            schema: "tg.preview/1",
            campaign: None,
            template: name.to_string(),
            audience: audience.to_string(),
            previews: people.iter().map(|contact| previewed(&letter, contact)).collect(),
        })
    })
    .await
}

fn previewed(letter: &Letter, contact: &Contact) -> json::Preview {
    let (lang, template) = letter.for_lang(&contact.person.lang);
    let (messages, error) = match template.render(&contact.person) {
        Ok(messages) => (messages, None),
        Err(error) => (Vec::new(), Some(error.to_string())),
    };
    let lang = (!lang.is_empty()).then(|| lang.to_owned());
    let contact = contact.person.label();
    json::Preview { contact, lang, variant: None, account: None, messages, error }
}
