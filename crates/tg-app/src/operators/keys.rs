//! Keys: made, shown once, listed without what proves them, taken back.

use super::people::operator;
use crate::act::{Act, Told};
use crate::actor::Actor;
use crate::app::App;
use crate::auth::keep_a_way_in;
use crate::error::AppError;
use crate::json;
use crate::named;
use crate::permissions::Permission;
use crate::scope::Scope;
use std::collections::BTreeMap;
use std::time::Duration;
use tg_core::operator::ApiKey;
use tg_security::{Token, TokenKind};

/// What a new key is to be.
#[derive(Clone, Copy, Debug)]
pub struct NewKey<'a> {
    /// Whose.
    pub operator: &'a str,
    /// Nouns or permissions, separated by commas; empty: all that the role may do.
    pub scope: &'a str,
    /// For how long; `None`: until it is revoked.
    pub expires: Option<Duration>,
}

/// Makes a key. This is the only time that it is shown.
///
/// # Errors
/// If there is no such operator, or the scope covers nothing; a refusal if the scope is wider than
/// that of the key which asks.
pub async fn create_key(
    app: &App,
    actor: &Actor,
    new: NewKey<'_>,
) -> Result<json::NewKey, AppError> {
    let act = Act::begin(app, actor, Permission::KeyCreate, "operator", Some(new.operator)).await?;
    let (name, expires) = (named::slug(new.operator)?, new.expires);
    let scope = Scope::parse(new.scope).map_err(|error| {
        AppError::usage("unknown_scope", error.to_string())
            .advise("name nouns or permissions, such as campaign,audience.list")
    })?;
    if !scope.is_within(&actor.scope) {
        let message =
            format!("a key that is limited to {} cannot make one that may do more", actor.scope);
        let refusal =
            AppError::refused("wider_scope", message).advise("give it a --scope within that");
        return act.judged(Err(refusal)).await;
    }
    let token = Token::draw(TokenKind::ApiKey, &*app.entropy);
    act.write(move |unit, at| {
        let operator = operator(unit, &name)?;
        let key = ApiKey {
            id: token.id().to_owned(),
            operator: operator.id,
            proof: token.proof(),
            scope: scope.to_string(),
            created_at: at,
            expires_at: expires.map(|span| at + span),
            revoked_at: None,
            used_at: None,
        };
        unit.add_api_key(&key)?;
        let until = key.expires_at.map_or_else(|| "revoked".to_owned(), json::rfc3339);
        let limit = if scope.is_whole() { "none".to_owned() } else { scope.to_string() };
        let told = Told::new(key.id.clone()).with(format!("limit {limit}, until {until}"));
        Ok((json::NewKey::new(&key, &operator, &token), told))
    })
    .await
}

/// All keys, oldest first, or those of one operator.
///
/// # Errors
/// If there is no such operator.
pub async fn list_keys(
    app: &App,
    actor: &Actor,
    name: Option<&str>,
) -> Result<json::Keys, AppError> {
    let act = Act::begin(app, actor, Permission::KeyList, "operator", name).await?;
    let name = name.map(named::slug).transpose()?;
    let now = app.clock.now();
    act.read(move |unit| {
        let of = name.map(|name| operator(unit, &name)).transpose()?.map(|operator| operator.id);
        let names: BTreeMap<_, _> =
            unit.operators()?.into_iter().map(|operator| (operator.id, operator.name)).collect();
        let keys = unit.api_keys(of)?;
        let keys = keys
            .iter()
            .filter_map(|key| Some(json::Key::new(key, names.get(&key.operator)?.as_str(), now)));
        Ok(json::Keys { schema: "tg.keys/1", keys: keys.collect() })
    })
    .await
}

/// Takes a key back; sign-ins that were made with it end, too.
///
/// # Errors
/// If there is no such key; a refusal if nobody could undo it.
pub async fn revoke_key(app: &App, actor: &Actor, id: &str) -> Result<json::Key, AppError> {
    let act = Act::begin(app, actor, Permission::KeyRevoke, "key", Some(id)).await?;
    let id = id.to_owned();
    act.write(move |unit, at| {
        let unknown = || {
            AppError::not_found("there is no key of that id")
                .advise("`tg operator key list` shows all; the id is what follows tgk_")
        };
        let key = unit.api_key(&id)?.ok_or_else(unknown)?;
        let name = unit.operators()?.into_iter().find(|whose| whose.id == key.operator);
        let name = name.ok_or_else(unknown)?.name;
        if key.revoked_at.is_none() {
            unit.revoke_api_key(&id, at)?;
            keep_a_way_in(unit, at)?;
        }
        let revoked = ApiKey { revoked_at: Some(key.revoked_at.unwrap_or(at)), ..key };
        Ok((json::Key::new(&revoked, name.as_str(), at), format!("of {name}")))
    })
    .await
}
