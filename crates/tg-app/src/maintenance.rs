//! The home as a whole: copies of it, and putting one back.

use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::permissions::Permission;

/// Has a copy of the database made by `copy`, and records that. `name` is the file's name as the
/// log shows it.
///
/// # Errors
/// A refusal; those of `copy`.
pub async fn backup<T, E: From<AppError>>(
    app: &App,
    actor: &Actor,
    name: &str,
    copy: impl AsyncFnOnce() -> Result<T, E>,
) -> Result<T, E> {
    let act = Act::begin(app, actor, Permission::DbBackup, "home", None).await?;
    let made = copy().await?;
    let detail = format!("to {name}");
    act.write(move |_, _| Ok(((), detail))).await?;
    Ok(made)
}

/// Whether somebody may put a copy back: asked of the database that is to be replaced, while there
/// is one.
///
/// # Errors
/// A refusal, which is recorded in that database.
pub async fn may_restore(app: &App, actor: &Actor) -> Result<(), AppError> {
    Act::begin(app, actor, Permission::DbRestore, "home", None).await.map(drop)
}

/// Records, in a copy that is about to take the database's place, that it was put back, and from
/// which file.
///
/// # Errors
/// A refusal, which is recorded in the copy; the store's failure.
pub async fn restored(app: &App, actor: &Actor, name: &str) -> Result<(), AppError> {
    let act = Act::begin(app, actor, Permission::DbRestore, "home", None).await?;
    let detail = format!("from {name}: what was recorded after that copy was made is not here");
    act.write(move |unit, _| {
        // What the note beside the master key says is of the database that is replaced.
        unit.renew_audit_head();
        Ok(((), detail))
    })
    .await
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::testing::{Home, actor, local};
    use crate::{Kind, Role};

    #[tokio::test]
    async fn a_copy_is_made_by_who_may_and_is_on_record() {
        let home = Home::new();
        let made = backup(&home.app, &local(), "a.db", async || Ok::<_, AppError>(5)).await;
        assert_eq!(made.unwrap(), 5);
        let operator = actor(Role::Operator);
        let refused = backup(&home.app, &operator, "b.db", async || Ok::<_, AppError>(())).await;
        assert_eq!(refused.unwrap_err().kind(), Kind::Refused);
        assert_eq!(restored(&home.app, &operator, "b.db").await.unwrap_err().kind(), Kind::Refused);
        restored(&home.app, &local(), "a.db").await.unwrap();
        let log = home.audit().await;
        assert_eq!(log[0], "local db.backup home done: to a.db");
        assert!(log[1].starts_with("the-operator db.backup home refused"), "{log:?}");
        assert!(log[2].starts_with("the-operator db.restore home refused"), "{log:?}");
        assert!(log[3].starts_with("local db.restore home done: from a.db"), "{log:?}");
    }
}
