//! Templates as they were added.

use super::fit::{fit, languages};
use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::json;
use crate::named;
use crate::permissions::Permission;
use tg_core::ports::StoredTemplate;

/// All templates, by name.
///
/// # Errors
/// A refusal, or the store's failure.
pub async fn list(app: &App, actor: &Actor) -> Result<json::Templates, AppError> {
    let act = Act::begin(app, actor, Permission::TemplateList, "templates", None).await?;
    act.read(|unit| {
        let templates = unit.templates()?.iter().map(summary).collect();
        Ok(json::Templates { schema: "tg.templates/1", templates })
    })
    .await
}

/// One template with its source, in every language.
///
/// # Errors
/// If there is none of that name.
pub async fn show(app: &App, actor: &Actor, name: &str) -> Result<json::TemplateDetail, AppError> {
    let act = Act::begin(app, actor, Permission::TemplateShow, "template", Some(name)).await?;
    let name = named::slug(name)?;
    act.read(move |unit| Ok(shown(&named::template(unit, &name)?))).await
}

pub(super) fn shown(stored: &StoredTemplate) -> json::TemplateDetail {
    json::TemplateDetail {
        schema: "tg.template/1",
        template: summary(stored),
        source: stored.text.source.clone(),
        media: stored.text.media.clone(),
        others: stored.others.iter().map(json::TemplateText::from).collect(),
    }
}

fn summary(stored: &StoredTemplate) -> json::Template {
    let fields = fit(stored, None)
        .map(|letter| letter.fields().into_iter().map(str::to_owned).collect())
        .unwrap_or_default();
    json::Template::new(stored, fields, languages(stored))
}
