//! Audiences as people see them.

use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::json;
use crate::named;
use crate::permissions::Permission;
use crate::segments::{Asked, Whom};

/// All audiences, by name.
///
/// # Errors
/// A refusal, or the store's failure.
pub async fn list(app: &App, actor: &Actor) -> Result<json::Audiences, AppError> {
    let act = Act::begin(app, actor, Permission::AudienceList, "audiences", None).await?;
    act.read(|unit| {
        let audiences = unit.audience_summaries()?.iter().map(json::Audience::from).collect();
        Ok(json::Audiences { schema: "tg.audiences/1", audiences })
    })
    .await
}

/// One audience, and how many of its people are meant, if not everybody is.
///
/// # Errors
/// If there is none of that name, or the choice cannot be read.
pub async fn show(
    app: &App,
    actor: &Actor,
    name: &str,
    whom: Whom<'_>,
) -> Result<json::AudienceDetail, AppError> {
    let act = Act::begin(app, actor, Permission::AudienceShow, "audience", Some(name)).await?;
    let (name, asked, now) = (named::slug(name)?, Asked::read(whom)?, app.clock.now());
    act.read(move |unit| {
        // One way to count: the list's numbers and this one's are the same.
        let found = unit.audience_summaries()?.into_iter().find(|s| s.audience.name == name);
        let Some(summary) = found else {
            named::audience(unit, &name)?;
            return Err(AppError::not_found(format!("the audience \"{name}\" has no counts")));
        };
        let choice = asked.choice(unit, &summary.audience, now)?;
        let chosen = choice
            .map(|(choice, segment)| {
                let people = unit.count_chosen(&choice)?;
                let filter = choice.filter.to_string();
                let segment = segment.map(|name| name.to_string());
                Ok::<_, AppError>(json::ChosenPeople { filter, segment, people })
            })
            .transpose()?;
        let audience = (&summary).into();
        Ok(json::AudienceDetail { schema: "tg.audience/1", audience, chosen })
    })
    .await
}
