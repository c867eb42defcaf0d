//! Taking people out of an audience, or of all, whatever later imports say.

use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::contacts;
use crate::error::AppError;
use crate::json;
use crate::named;
use crate::permissions::Permission;
use tg_core::contact::ContactKey;
use tg_core::ids::{AudienceId, Slug};
use tg_core::ports::Unit;

/// Most people that one call suppresses: they are one transaction.
pub const MAX_PEOPLE: usize = 1_000;

/// Suppresses people, named as in [`contacts::show`], on one audience or everywhere: all of them or
/// none.
///
/// # Errors
/// If a name cannot be read, somebody is not known, or there is no such audience.
pub async fn suppress(
    app: &App,
    actor: &Actor,
    audience: Option<&str>,
    who: &[String],
) -> Result<json::Suppressed, AppError> {
    let act = Act::begin(app, actor, Permission::AudienceSuppress, "audience", audience).await?;
    let audience = audience.map(named::slug).transpose()?;
    let keys = keys(who)?;
    act.write(move |unit, at| {
        let list = audience
            .as_ref()
            .map(|name| Ok::<_, AppError>(named::audience(unit, name)?.id))
            .transpose()?;
        let (people, newly) = suppress_all(unit, list, &keys, at)?;
        let place = audience.as_ref().map_or("everywhere", Slug::as_str);
        let detail = format!("{people} person(s), {newly} newly, {place}");
        let suppressed = json::Suppressed {
            schema: "tg.suppressed/1",
            audience: audience.as_ref().map(Slug::to_string),
            people,
            newly,
        };
        Ok((suppressed, detail))
    })
    .await
}

fn keys(who: &[String]) -> Result<Vec<ContactKey>, AppError> {
    if who.is_empty() || who.len() > MAX_PEOPLE {
        return Err(AppError::usage(
            "who",
            format!("{} people are named; between 1 and {MAX_PEOPLE} can be", who.len()),
        ));
    }
    who.iter().map(|name| contacts::key(name)).collect()
}

/// How many people the keys name, and how many of them were not suppressed there before.
fn suppress_all(
    unit: &mut dyn Unit,
    audience: Option<AudienceId>,
    keys: &[ContactKey],
    at: tg_core::time::Timestamp,
) -> Result<(u64, u64), AppError> {
    let mut people = Vec::with_capacity(keys.len());
    let mut missing = Vec::new();
    for key in keys {
        match unit.find_contact(key)? {
            Some(contact) => people.push(contact.id),
            None => missing.push(contacts::masked(key)),
        }
    }
    if !missing.is_empty() {
        return Err(contacts::unknown(&missing));
    }
    people.sort_unstable();
    people.dedup();
    let (mut named, mut newly) = (0, 0);
    for person in people {
        named += 1;
        newly += u64::from(unit.suppress(person, audience, at)?);
    }
    Ok((named, newly))
}
