//! Looking at the home itself: who may.

use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::permissions::Permission;

/// Asks for a permission before anything that the act needs is looked at: a file, a secret that
/// somebody types, a setting. The use case asks again.
///
/// # Errors
/// A refusal, which is in the audit log then.
pub async fn permit(
    app: &App,
    actor: &Actor,
    permission: Permission,
    noun: &str,
    name: Option<&str>,
) -> Result<(), AppError> {
    Act::begin(app, actor, permission, noun, name).await.map(drop)
}

/// Permits a look at the settings.
///
/// # Errors
/// A refusal, which is in the audit log then.
pub async fn may_see_settings(app: &App, actor: &Actor) -> Result<(), AppError> {
    Act::begin(app, actor, Permission::ConfigShow, "settings", None).await.map(drop)
}

/// Permits a check of the database file.
///
/// # Errors
/// A refusal, which is in the audit log then.
pub async fn may_check_database(app: &App, actor: &Actor) -> Result<(), AppError> {
    Act::begin(app, actor, Permission::DbCheck, "database", None).await.map(drop)
}
