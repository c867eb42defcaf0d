//! Signing in and out, and who one is.

use super::admit::{Shown, Visitor, look};
use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::json;
use crate::permissions::Permission;
use std::time::Duration;
use tg_core::operator::SignIn;
use tg_security::{Token, TokenKind};

/// How long a sign-in lasts.
#[derive(Clone, Copy, Debug)]
pub struct Spans {
    /// Unused.
    pub idle: Duration,
    /// However much it is used.
    pub whole: Duration,
}

/// Signs in with a key. The token is the caller's to keep, in a file of its owner's; the sign-in whose
/// token stood there, `former`, ends.
///
/// # Errors
/// A refusal as of every command; also if `visitor` shows no key.
pub async fn login(
    app: &App,
    visitor: &Visitor,
    spans: Spans,
    former: Option<&str>,
) -> Result<(json::SignedIn, Token), AppError> {
    let admitted = look(app, visitor).await?;
    let act = Act::begin(app, &admitted.actor, Permission::AuthLogin, "home", None).await?;
    let Some(key) = admitted.key.filter(|_| matches!(visitor.shown, Shown::Key(_))) else {
        return Err(AppError::usage("no_key_shown", "a sign-in needs a key")
            .advise("an admin makes one: `tg operator key create NAME`"));
    };
    let token = Token::draw(TokenKind::SignIn, &*app.entropy);
    let (id, proof) = (token.id().to_owned(), token.proof());
    let who = admitted.actor.who.clone();
    let former = former.and_then(|text| Token::parse(TokenKind::SignIn, text).ok());
    let signed_in = act
        .write(move |unit, at| {
            let ends = unit.api_key(&key)?.and_then(|key| key.expires_at);
            let expires_at = ends.map_or(at + spans.whole, |end| end.min(at + spans.whole));
            let sign_in = SignIn {
                id,
                proof,
                created_at: at,
                expires_at,
                idle: spans.idle,
                seen_at: at,
                key: key.clone(),
            };
            if let Some(former) = former
                && let Some(old) = unit.sign_in(former.id())?
                && former.proves(&old.proof)
            {
                unit.end_sign_in(&old.id)?;
            }
            unit.add_sign_in(&sign_in, at)?;
            let signed_in = json::SignedIn {
                schema: "tg.sign_in/1",
                who,
                expires_at: json::rfc3339(expires_at),
                idle_seconds: spans.idle.as_secs(),
            };
            Ok((signed_in, format!("key {key}, until {}", json::rfc3339(expires_at))))
        })
        .await?;
    Ok((signed_in, token))
}

/// Ends the sign-in that is shown.
///
/// # Errors
/// A refusal as of every command; also if none is shown.
pub async fn logout(app: &App, visitor: &Visitor) -> Result<(), AppError> {
    let admitted = look(app, visitor).await?;
    let act = Act::begin(app, &admitted.actor, Permission::AuthLogout, "home", None).await?;
    let Some(sign_in) = admitted.sign_in else {
        return Err(AppError::usage("not_signed_in", "nobody is signed in here")
            .advise("`tg auth whoami` says who one is"));
    };
    act.write(move |unit, _| {
        unit.end_sign_in(&sign_in.id)?;
        Ok(((), String::new()))
    })
    .await
}

/// Who one is, and what one may do.
///
/// # Errors
/// A refusal as of every command.
pub async fn whoami(app: &App, actor: &Actor) -> Result<json::Whoami, AppError> {
    let act = Act::begin(app, actor, Permission::AuthWhoami, "home", None).await?;
    let required = act.read(|unit| Ok(unit.sign_in_required()?)).await?;
    let may = Permission::ALL.iter().filter(|permission| actor.may(**permission));
    Ok(json::Whoami {
        schema: "tg.whoami/1",
        who: actor.who.clone(),
        role: actor.role.as_str(),
        scope: actor.scope.to_string(),
        source: actor.source.clone(),
        required,
        permissions: may.map(|permission| permission.as_str()).collect(),
    })
}
