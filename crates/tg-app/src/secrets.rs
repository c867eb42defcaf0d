//! Secrets that a person sets: set, list, rotate, remove. No result ever carries a value.

use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::{AppError, Kind};
use crate::json;
use crate::permissions::Permission;
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::sync::Arc;
use tg_engine::home_steps::{HomeStep, reach};
use tg_security::vault::{self, SecretName, VaultError};
use tg_security::{MasterKey, ResealError, Resealed};

/// Sets a secret, in place of what it was.
///
/// # Errors
/// If no secret has that name, or the value cannot be it; a refusal.
pub async fn set(
    app: &App,
    actor: &Actor,
    name: &str,
    value: SecretString,
) -> Result<json::SecretChange, AppError> {
    let (act, name) = begin(app, actor, Permission::SecretSet, name).await?;
    let sealer = Arc::clone(&app.sealer);
    act.write(move |unit, at| {
        let version = vault::set(unit, &sealer, &name, &value, at)?;
        Ok((changed(&name, "set", Some(version), None), format!("version {version}")))
    })
    .await
}

/// Adds a new value; the old one is used until the new one is confirmed.
///
/// # Errors
/// If there is no such secret, or the value cannot be it; a refusal if a new one waits already.
pub async fn rotate(
    app: &App,
    actor: &Actor,
    name: &str,
    value: SecretString,
) -> Result<json::SecretChange, AppError> {
    let (act, name) = begin(app, actor, Permission::SecretRotate, name).await?;
    let sealer = Arc::clone(&app.sealer);
    act.write(move |unit, at| {
        let (old, new) = vault::rotate(unit, &sealer, &name, &value, at)?;
        let detail = format!("version {new} waits, version {old} is used");
        Ok((changed(&name, "rotated", Some(old), Some(new)), detail))
    })
    .await
}

/// Uses the new value from now on, and forgets the old one.
///
/// # Errors
/// A refusal if no new value waits.
pub async fn confirm(app: &App, actor: &Actor, name: &str) -> Result<json::SecretChange, AppError> {
    let (act, name) = begin(app, actor, Permission::SecretRotate, name).await?;
    let sealer = Arc::clone(&app.sealer);
    act.write(move |unit, _| {
        let version = vault::confirm(unit, &sealer, &name)?;
        let detail = format!("version {version} confirmed");
        Ok((changed(&name, "confirmed", Some(version), None), detail))
    })
    .await
}

/// Forgets the new value; the old one stays.
///
/// # Errors
/// A refusal if no new value waits.
pub async fn abandon(app: &App, actor: &Actor, name: &str) -> Result<json::SecretChange, AppError> {
    let (act, name) = begin(app, actor, Permission::SecretRotate, name).await?;
    act.write(move |unit, _| {
        let version = vault::abandon(unit, &name)?;
        Ok((changed(&name, "abandoned", None, None), format!("version {version} abandoned")))
    })
    .await
}

/// Forgets a secret.
///
/// # Errors
/// If there is none.
pub async fn remove(app: &App, actor: &Actor, name: &str) -> Result<json::SecretChange, AppError> {
    let (act, name) = begin(app, actor, Permission::SecretRemove, name).await?;
    act.write(move |unit, _| {
        vault::remove(unit, &name)?;
        Ok((changed(&name, "removed", None, None), String::new()))
    })
    .await
}

/// What secrets there are, where their values come from, and since when. `overrides` says which
/// names the environment answers for, and with which variable.
///
/// # Errors
/// A refusal, or the store's failure.
pub async fn list(
    app: &App,
    actor: &Actor,
    overrides: Vec<(SecretName, &'static str)>,
) -> Result<json::Secrets, AppError> {
    let act = Act::begin(app, actor, Permission::SecretList, "secrets", None).await?;
    act.read(move |unit| {
        let mut secrets: BTreeMap<String, json::Secret> = vault::list(unit)?
            .into_iter()
            .map(|listed| (listed.name.clone(), json::Secret::from(listed)))
            .collect();
        for (name, variable) in overrides {
            let name = name.to_string();
            let row = secrets.entry(name.clone()).or_insert_with(|| json::Secret::unset(name));
            row.origin = variable.to_owned();
        }
        Ok(json::Secrets { schema: "tg.secrets/1", secrets: secrets.into_values().collect() })
    })
    .await
}

/// Replaces the master key: everything sealed is sealed anew, in one transaction. The caller has the
/// home for itself, and the new key in a file.
///
/// # Errors
/// A refusal; if something does not open under the old key.
pub async fn rekey(
    app: &App,
    actor: &Actor,
    old: Arc<MasterKey>,
    new: Arc<MasterKey>,
) -> Result<Resealed, AppError> {
    let act = Act::begin(app, actor, Permission::SecretRekey, "home", None).await?;
    act.write(move |unit, _| {
        let done = tg_security::reseal(unit, &old, &new)?;
        let detail = format!(
            "master key {} in place of {}: {} sessions, {} secrets",
            new.version(),
            old.version(),
            done.sessions,
            done.secrets
        );
        reach(HomeStep::RekeySealed);
        Ok((done, detail))
    })
    .await
}

/// Asks for a permission to change a secret before anybody types its value.
///
/// # Errors
/// A refusal, which is in the audit log then; if there is no secret of that name.
pub async fn permit(
    app: &App,
    actor: &Actor,
    permission: Permission,
    name: &str,
) -> Result<(), AppError> {
    begin(app, actor, permission, name).await.map(drop)
}

async fn begin<'a>(
    app: &'a App,
    actor: &'a Actor,
    permission: Permission,
    name: &str,
) -> Result<(Act<'a>, SecretName), AppError> {
    let parsed = SecretName::parse(name);
    // Whatever else somebody typed does not belong in the log: it may be the secret itself.
    let object = parsed.as_ref().map_or("secret".to_owned(), |name| format!("secret/{name}"));
    let act = Act::begin(app, actor, permission, &object, None).await?;
    let name = parsed.map_err(|error| {
        let known: Vec<_> = SecretName::patterns().collect();
        AppError::usage("bad_name", error.to_string())
            .advise(format!("secrets are named {}", known.join(", ")))
    })?;
    Ok((act, name))
}

fn changed(
    name: &SecretName,
    change: &'static str,
    version: Option<u32>,
    pending: Option<u32>,
) -> json::SecretChange {
    json::SecretChange { schema: "tg.secret/1", name: name.to_string(), change, version, pending }
}

impl From<ResealError> for AppError {
    fn from(error: ResealError) -> Self {
        let message = error.to_string();
        match error {
            ResealError::Store(store) => store.into(),
            ResealError::Seal { source, .. } => Self::failed("seal", message)
                .because(source)
                .advise("the old master key still holds; nothing was changed"),
        }
    }
}

impl From<VaultError> for AppError {
    fn from(error: VaultError) -> Self {
        let message = error.to_string();
        match error {
            VaultError::Store(store) => store.into(),
            VaultError::Seal { source, .. } => Self::failed("seal", message)
                .because(source)
                .advise("`tg doctor` says whether the master key is the one of this home"),
            VaultError::NotText(_) => Self::failed("seal", message),
            VaultError::Bad { .. } => Self::usage("bad_secret", message)
                .advise("copy it again from where it was given to you; nothing was changed"),
            VaultError::Missing(_) => Self::not_found(message).advise("`tg secret list` shows all"),
            VaultError::NoPending(_) => Self::new(Kind::Refused, "no_pending", message)
                .advise("`tg secret rotate NAME` takes a new value"),
            VaultError::HasPending(_) => Self::new(Kind::Refused, "pending", message)
                .advise("`tg secret rotate NAME --confirm` uses it, `--abandon` forgets it"),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::Role;
    use crate::testing::{Home, actor, local};
    use secrecy::ExposeSecret;
    use tg_core::ports::SealedVersion;

    const NAME: &str = "gemini.api_key";

    async fn used(home: &Home) -> Option<String> {
        let sealer = Arc::clone(&home.app.sealer);
        let name = SecretName::parse(NAME).unwrap();
        let result: Result<_, VaultError> =
            home.app.store.read(move |unit| vault::current(unit, &sealer, &name)).await;
        result.unwrap().map(|value| value.expose_secret().to_owned())
    }

    #[tokio::test]
    async fn a_new_value_is_used_once_it_is_confirmed() {
        let home = Home::new();
        let (app, me) = (&home.app, &local());
        assert_eq!(used(&home).await, None);
        assert_eq!(rotate(app, me, NAME, "a".into()).await.unwrap_err().kind(), Kind::NotFound);
        assert_eq!(set(app, me, NAME, "old".into()).await.unwrap().version, Some(1));
        let turned = rotate(app, me, NAME, "new".into()).await.unwrap();
        assert_eq!((turned.version, turned.pending), (Some(1), Some(2)));
        assert_eq!(used(&home).await.unwrap(), "old");
        let again = rotate(app, me, NAME, "newer".into()).await.unwrap_err();
        assert_eq!((again.kind(), again.code()), (Kind::Refused, "pending"));
        abandon(app, me, NAME).await.unwrap();
        assert_eq!(confirm(app, me, NAME).await.unwrap_err().code(), "no_pending");
        rotate(app, me, NAME, "new".into()).await.unwrap();
        confirm(app, me, NAME).await.unwrap();
        assert_eq!(used(&home).await.unwrap(), "new");
        let listed = list(app, me, Vec::new()).await.unwrap().secrets;
        assert_eq!(listed.len(), 1);
        assert_eq!((listed[0].version, listed[0].pending), (Some(2), None));
        assert_eq!(set(app, me, NAME, "newest".into()).await.unwrap().version, Some(3));
        remove(app, me, NAME).await.unwrap();
        assert_eq!(used(&home).await, None);
        assert_eq!(remove(app, me, NAME).await.unwrap_err().kind(), Kind::NotFound);
    }

    #[tokio::test]
    async fn the_log_has_names_and_versions_and_no_values() {
        let home = Home::new();
        let (app, me) = (&home.app, &local());
        set(app, me, NAME, "first-value".into()).await.unwrap();
        rotate(app, me, NAME, "second-value".into()).await.unwrap();
        let bad = set(app, me, "telegram.api_hash", "third value".into()).await.unwrap_err();
        assert_eq!((bad.kind(), bad.code()), (Kind::Usage, "bad_secret"));
        let odd = set(app, me, "123456:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw8", "x".into()).await;
        let odd = odd.unwrap_err();
        assert_eq!(odd.kind(), Kind::Usage);
        let viewer = actor(Role::Viewer);
        set(app, &viewer, "123456:AAH", "fourth".into()).await.unwrap_err();
        remove(app, &viewer, NAME).await.unwrap_err();
        let log = home.audit().await;
        assert_eq!(log[0], "local secret.set secret/gemini.api_key done: version 1");
        assert_eq!(
            log[1],
            "local secret.rotate secret/gemini.api_key done: version 2 waits, version 1 is used"
        );
        assert!(log[2].starts_with("the-viewer secret.set secret refused:"), "{log:?}");
        assert!(log[3].starts_with("the-viewer secret.remove secret/gemini.api_key"), "{log:?}");
        let all = format!("{log:?} {bad} {odd} {:?} {:?}", bad.hint(), odd.hint());
        for value in ["first-value", "second-value", "third value", "fourth", "AAH"] {
            assert!(!all.contains(value), "{all}");
        }
    }

    #[tokio::test]
    async fn a_sealed_value_opens_in_its_place_only() {
        let home = Home::new();
        let (app, me) = (&home.app, &local());
        set(app, me, NAME, "one".into()).await.unwrap();
        set(app, me, "sms.twilio.auth_token", "two".into()).await.unwrap();
        for moved in [
            |row: SealedVersion| SealedVersion { name: "sms.twilio.auth_token".into(), ..row },
            |row: SealedVersion| SealedVersion { version: 2, ..row },
        ] {
            let name = SecretName::parse(NAME).unwrap();
            let from = name.clone();
            let row = home.read(move |unit| Ok(unit.versions(&from.to_string())?.remove(0))).await;
            let target = moved(row.clone());
            home.write(move |unit| {
                unit.remove_version(&row.name, row.version)?;
                let there = unit.versions(&target.name)?;
                for old in there {
                    unit.remove_version(&old.name, old.version)?;
                }
                unit.put_version(&target)
            })
            .await;
            let sealer = Arc::clone(&home.app.sealer);
            let opened: Result<Vec<_>, VaultError> = home
                .app
                .store
                .read(move |unit| {
                    [SecretName::parse("sms.twilio.auth_token").unwrap(), name]
                        .iter()
                        .map(|name| vault::current(unit, &sealer, name))
                        .collect()
                })
                .await;
            assert!(matches!(opened, Err(VaultError::Seal { .. })), "{opened:?}");
            set(app, me, NAME, "one".into()).await.unwrap();
        }
    }

    #[tokio::test]
    async fn the_environment_answers_before_the_vault() {
        let home = Home::new();
        let (app, me) = (&home.app, &local());
        set(app, me, NAME, "one".into()).await.unwrap();
        let overrides = vec![
            (SecretName::parse(NAME).unwrap(), "TG_SECRET_GEMINI_API_KEY"),
            (SecretName::parse("telegram.api_hash").unwrap(), "TG_SECRET_TELEGRAM_API_HASH"),
        ];
        let listed = list(app, me, overrides).await.unwrap().secrets;
        let told: Vec<_> =
            listed.iter().map(|s| (s.name.as_str(), s.version, s.origin.as_str())).collect();
        assert_eq!(
            told,
            [
                ("gemini.api_key", Some(1), "TG_SECRET_GEMINI_API_KEY"),
                ("telegram.api_hash", None, "TG_SECRET_TELEGRAM_API_HASH"),
            ]
        );
    }
}
