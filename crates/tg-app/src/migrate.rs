//! Secrets out of a plaintext file: sealed, read back, and only then reported as safe.

use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::permissions::Permission;
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use tg_core::ports::Unit;
use tg_engine::home_steps::{HomeStep, reach};
use tg_security::Sealer;
use tg_security::vault::{self, SecretName};

/// Seals values under their names, in one transaction, and reads each back in another. A value that
/// the vault has already is not sealed again. `name` is the file's name as the log shows it. Returns
/// how many are new.
///
/// # Errors
/// A refusal, also if the vault has another value under one of the names: then nothing was changed.
/// If a sealed copy does not read back: then the file has to stay as it is.
pub async fn migrate(
    app: &App,
    actor: &Actor,
    name: &str,
    values: Vec<(SecretName, SecretString)>,
) -> Result<usize, AppError> {
    let act = Act::begin(app, actor, Permission::SecretMigrate, "secrets", None).await?;
    let values = Arc::new(values);
    let (sealer, given, file) = (Arc::clone(&app.sealer), Arc::clone(&values), name.to_owned());
    let sealed = act
        .write_if(move |unit, at| {
            let mut names = Vec::new();
            for (name, value) in given.iter() {
                if is_new(unit, &sealer, name, value)? {
                    vault::set(unit, &sealer, name, value, at)?;
                    names.push(name.to_string());
                }
            }
            let detail = format!("from {file}: {}", names.join(", "));
            Ok((!names.is_empty()).then_some((names.len(), detail)))
        })
        .await?;
    reach(HomeStep::MigrateSealed);
    let sealer = Arc::clone(&app.sealer);
    act.read(move |unit| {
        for (name, value) in values.iter() {
            let kept = vault::current(unit, &sealer, name)?;
            if kept.is_none_or(|kept| kept.expose_secret() != value.expose_secret()) {
                return Err(AppError::failed(
                    "not_sealed",
                    format!("the sealed copy of {name} does not read back as it was"),
                )
                .advise("the file was left as it is; `tg db check` looks at the database"));
            }
        }
        Ok(())
    })
    .await?;
    reach(HomeStep::MigrateVerified);
    Ok(sealed.unwrap_or(0))
}

fn is_new(
    unit: &dyn Unit,
    sealer: &Sealer,
    name: &SecretName,
    value: &SecretString,
) -> Result<bool, AppError> {
    match vault::current(unit, sealer, name)? {
        None => Ok(true),
        Some(kept) if kept.expose_secret() == value.expose_secret() => Ok(false),
        Some(_) => Err(AppError::refused(
            "secret_conflict",
            format!("the vault has another value of {name}; nothing was changed"),
        )
        .advise(format!(
            "`tg secret remove {name}` if the file's is the right one, else take it out of the file"
        ))),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::Kind;
    use crate::testing::{Home, local};

    fn value(name: &str, value: &str) -> (SecretName, SecretString) {
        (SecretName::parse(name).unwrap(), value.into())
    }

    #[tokio::test]
    async fn all_are_sealed_or_none() {
        let home = Home::new();
        let (app, me) = (&home.app, &local());
        let first = vec![value("gemini.api_key", "one"), value("account/anna/two_factor", "two")];
        assert_eq!(migrate(app, me, "old.env", first.clone()).await.unwrap(), 2);
        assert_eq!(migrate(app, me, "old.env", first).await.unwrap(), 0, "the second time as well");
        let other =
            vec![value("account/bob/two_factor", "three"), value("gemini.api_key", "other")];
        let error = migrate(app, me, "old.env", other).await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (Kind::Refused, "secret_conflict"));
        let listed = crate::secrets::list(app, me, Vec::new()).await.unwrap().secrets;
        assert_eq!(listed.len(), 2);
        let log = home.audit().await;
        assert_eq!(
            log[0],
            "local secret.migrate secrets done: from old.env: gemini.api_key, account/anna/two_factor"
        );
        assert!(log[1].starts_with("local secret.migrate secrets refused:"), "{log:?}");
        assert_eq!(log.len(), 2);
    }
}
