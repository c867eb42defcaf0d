//! Whether every command needs a key or a sign-in. The database remembers it: taking the setting
//! out of a file does not switch it off, an admin does, and the audit log has a row for it.

use crate::act::{Act, Told};
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::json;
use crate::permissions::{Permission, Role};
use crate::scope::Scope;
use tg_core::ports::Unit;
use tg_core::time::Timestamp;
use tg_security::{IdKeyHmac, Sealer};

/// The actor of a change that came from the settings.
const SETTINGS: &str = "config.toml";

/// Switches it on or off. `configured`: what the settings say.
///
/// # Errors
/// A refusal if that would lock everybody out, or if the settings would switch it on again.
pub async fn require(
    app: &App,
    actor: &Actor,
    on: bool,
    configured: bool,
) -> Result<json::AuthRequired, AppError> {
    let act = Act::begin(app, actor, Permission::AuthRequire, "home", None).await?;
    set(&act, on, configured).await
}

/// Switches it off for somebody who has lost every key but shows the master key: they own the home.
///
/// # Errors
/// A refusal if `proof` is not made of this home's master key.
pub async fn require_off_as_owner(
    app: &App,
    source: &str,
    proof: Sealer,
    configured: bool,
) -> Result<json::AuthRequired, AppError> {
    let owner = Actor::local().from_source(source);
    let act = Act::begin(app, &owner, Permission::AuthRequire, "home", None).await?;
    let opens = act.read(move |unit| Ok(IdKeyHmac::load(&*unit, &proof).is_ok())).await?;
    if !opens {
        let refusal =
            AppError::refused("wrong_master_key", "this is not the master key of this home")
                .advise("it is the one line of the file master.key, or what TG_MASTER_KEY says");
        return act.judged(Err(refusal)).await;
    }
    set(&act, false, configured).await
}

async fn set(act: &Act<'_>, on: bool, configured: bool) -> Result<json::AuthRequired, AppError> {
    if !on && configured {
        let refusal = AppError::refused("configured", "the settings say auth.required = true")
            .advise("take that line out of config.toml first; without this command it stays on");
        return act.judged(Err(refusal)).await;
    }
    act.write(move |unit, at| {
        let was = unit.sign_in_required()?;
        unit.require_sign_in(on)?;
        keep_a_way_in(unit, at)?;
        Ok((json::AuthRequired { schema: "tg.auth_required/1", required: on }, told(was, on)))
    })
    .await
}

fn told(was: bool, now: bool) -> Told {
    let name = |on| if on { "required" } else { "not required" };
    Told::change(name(was), name(now))
}

/// Whether it is on: in the settings, or in the database. What the settings say is remembered.
pub(super) async fn latched(
    app: &App,
    configured: bool,
    remembered: bool,
    source: &str,
) -> Result<bool, AppError> {
    if configured && !remembered {
        let settings = Actor::new(SETTINGS, Role::Admin).from_source(source);
        let act = Act::begin(app, &settings, Permission::AuthRequire, "home", None).await?;
        act.write(|unit, at| {
            unit.require_sign_in(true)?;
            keep_a_way_in(unit, at)?;
            Ok(((), told(false, true)))
        })
        .await?;
    }
    Ok(configured || remembered)
}

/// Refuses a change after which nobody could undo it: a sign-in is required, and no admin has a key
/// that may do everything.
pub(crate) fn keep_a_way_in(unit: &dyn Unit, now: Timestamp) -> Result<(), AppError> {
    if !unit.sign_in_required()? {
        return Ok(());
    }
    for admin in unit.operators()? {
        if admin.role != Role::Admin || admin.disabled_at.is_some() {
            continue;
        }
        let usable = |key: &tg_core::operator::ApiKey| {
            key.ended(now).is_none() && Scope::stored(&key.scope).is_whole()
        };
        if unit.api_keys(Some(admin.id))?.iter().any(usable) {
            return Ok(());
        }
    }
    Err(AppError::refused(
        "no_way_in",
        "a sign-in is required, and no admin would have a key without a limit: nobody could change \
         anything here any more",
    )
    .advise("first `tg operator add NAME --role admin` and `tg operator key create NAME`"))
}
