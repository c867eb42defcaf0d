//! Adding operators, changing what they may do, shutting them out.

use crate::act::{Act, Told};
use crate::actor::Actor;
use crate::app::App;
use crate::auth::keep_a_way_in;
use crate::error::AppError;
use crate::json;
use crate::named;
use crate::permissions::{Permission, Role};
use tg_core::ids::Slug;
use tg_core::operator::Operator;
use tg_core::ports::Unit;

/// Names that stand for something else in the audit log.
const RESERVED: [&str; 4] = [Actor::LOCAL, "nobody", "engine", "config.toml"];

/// Adds somebody. Without a key they can do nothing yet.
///
/// # Errors
/// A refusal if the name is taken or stands for something else.
pub async fn add(
    app: &App,
    actor: &Actor,
    name: &str,
    role: &str,
) -> Result<json::Operator, AppError> {
    let act = Act::begin(app, actor, Permission::OperatorAdd, "operator", Some(name)).await?;
    let (name, role) = (named::slug(name)?, parse_role(role)?);
    if RESERVED.contains(&name.as_str()) {
        let message = format!("\"{name}\" stands for something else in the audit log");
        return act
            .judged(Err(AppError::refused("reserved", message).advise("choose another name")))
            .await;
    }
    act.write(move |unit, at| {
        unit.add_operator(&name, role, at)?;
        let added = operator(unit, &name)?;
        Ok((json::Operator::new(&added, 0), Told::new(role.as_str())))
    })
    .await
}

/// Changes what somebody may do, from their next command on.
///
/// # Errors
/// If there is nobody of that name; a refusal if nobody could change it back.
pub async fn set_role(
    app: &App,
    actor: &Actor,
    name: &str,
    role: &str,
) -> Result<json::Operator, AppError> {
    let act = Act::begin(app, actor, Permission::OperatorRole, "operator", Some(name)).await?;
    let (name, role) = (named::slug(name)?, parse_role(role)?);
    act.write(move |unit, at| {
        let was = operator(unit, &name)?;
        unit.set_operator_role(was.id, role)?;
        keep_a_way_in(unit, at)?;
        let told = Told::change(was.role.as_str(), role.as_str());
        Ok((shown(unit, &Operator { role, ..was })?, told))
    })
    .await
}

/// Shuts somebody out, with all their keys and sign-ins, from their next command on; or lets them
/// in again.
///
/// # Errors
/// If there is nobody of that name; a refusal if nobody could undo it.
pub async fn disable(
    app: &App,
    actor: &Actor,
    name: &str,
    shut_out: bool,
) -> Result<json::Operator, AppError> {
    let act = Act::begin(app, actor, Permission::OperatorDisable, "operator", Some(name)).await?;
    let name = named::slug(name)?;
    act.write(move |unit, at| {
        let was = operator(unit, &name)?;
        let disabled_at = shut_out.then(|| was.disabled_at.unwrap_or(at));
        unit.disable_operator(was.id, disabled_at)?;
        keep_a_way_in(unit, at)?;
        let state = |disabled| if disabled { "disabled" } else { "enabled" };
        let told = Told::change(state(was.disabled_at.is_some()), state(shut_out));
        Ok((shown(unit, &Operator { disabled_at, ..was })?, told))
    })
    .await
}

/// Everybody, by name.
///
/// # Errors
/// A refusal, or the store's failure.
pub async fn list(app: &App, actor: &Actor) -> Result<json::Operators, AppError> {
    let act = Act::begin(app, actor, Permission::OperatorList, "operators", None).await?;
    act.read(|unit| {
        let operators: Result<Vec<_>, AppError> =
            unit.operators()?.iter().map(|operator| shown(unit, operator)).collect();
        Ok(json::Operators { schema: "tg.operators/1", operators: operators? })
    })
    .await
}

/// The operator of that name.
pub(super) fn operator(unit: &dyn Unit, name: &Slug) -> Result<Operator, AppError> {
    let found = unit.operators()?.into_iter().find(|operator| operator.name == *name);
    found.ok_or_else(|| {
        AppError::not_found(format!("there is no operator named \"{name}\""))
            .advise("`tg operator list` shows all")
    })
}

fn shown(unit: &dyn Unit, operator: &Operator) -> Result<json::Operator, AppError> {
    let keys = unit.api_keys(Some(operator.id))?;
    let live = keys.iter().filter(|key| key.revoked_at.is_none()).count();
    Ok(json::Operator::new(operator, live))
}

fn parse_role(role: &str) -> Result<Role, AppError> {
    Role::parse(role).ok_or_else(|| {
        AppError::usage("unknown_role", format!("{role:?} is no role"))
            .advise("viewer looks, operator runs campaigns, admin may do everything")
    })
}
