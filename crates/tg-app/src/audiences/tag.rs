//! Labels for people of a list: all of them, or those whom a filter chooses.

use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::json;
use crate::named;
use crate::permissions::Permission;
use crate::segments::{Asked, Whom};
use tg_core::filter::Filter;
use tg_core::ids::Slug;
use tg_core::ports::Choice;

/// People of one transaction.
const PAGE: usize = 1_000;

/// Gives people of a list labels and takes others away, page by page: interrupted, it can simply be
/// done again.
///
/// # Errors
/// If a label is none, there is no such list, or the choice cannot be read.
pub async fn tag(
    app: &App,
    actor: &Actor,
    name: &str,
    whom: Whom<'_>,
    changes: (&[String], &[String]),
) -> Result<json::AudienceTags, AppError> {
    let act = Act::begin(app, actor, Permission::AudienceTag, "audience", Some(name)).await?;
    let (name, asked) = (named::slug(name)?, Asked::read(whom)?);
    let (add, remove) = (named::tags(changes.0)?, named::tags(changes.1)?);
    let now = app.clock.now();
    let (list, told) = (name.clone(), said(&add, &remove));
    let choice = act
        .write(move |unit, _| {
            let audience = named::audience(unit, &list)?;
            let choice = match asked.choice(unit, &audience, now)? {
                Some((choice, _)) => choice,
                None => Choice { audience: audience.id, filter: Filter::All(Vec::new()), now },
            };
            let filter = choice.filter.to_string();
            let which = if filter.is_empty() { "everybody" } else { filter.as_str() };
            let told = format!("{told}: {which}");
            Ok((choice, told))
        })
        .await?;
    let (mut after, mut people, mut done) = (None, 0, 0);
    loop {
        let (choice, add, remove) = (choice.clone(), add.clone(), remove.clone());
        let page: Result<_, AppError> = app
            .store
            .write(move |unit| Ok(unit.tag_chosen(&choice, &add, &remove, after, PAGE)?))
            .await;
        let page = page?;
        people += page.people;
        done += page.changes;
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    let audience = name.to_string();
    Ok(json::AudienceTags { schema: "tg.audience_tags/1", audience, people, changes: done })
}

/// Labels as they are typed.
fn said(add: &[Slug], remove: &[Slug]) -> String {
    let words = add.iter().map(|tag| format!("+{tag}"));
    let words: Vec<String> = words.chain(remove.iter().map(|tag| format!("-{tag}"))).collect();
    words.join(" ")
}
