//! Looking for faults.

use super::fit::fit;
use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::json;
use crate::named;
use crate::permissions::Permission;

/// Looks for faults in a template, in every language; with an audience, also for fields that it does
/// not have.
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
        let faults = match fit(&stored, list.as_ref()) {
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
