//! Who asks: a key or a sign-in is looked at, and whoever shows none is the home's owner, unless
//! that is not enough.

use super::require;
use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::json;
use crate::scope::Scope;
use std::fmt;
use std::time::Duration;
use tg_core::operator::{ApiKey, Failures, Operator, SignIn};
use tg_core::ports::{StoreError, Unit};
use tg_core::time::Timestamp;
use tg_security::lockout::{self, FORGOTTEN_AFTER, Known};
use tg_security::{Token, TokenError, TokenKind};

/// The use of a key is written down at most so often.
const USE_NOTED_EVERY: Duration = Duration::from_secs(60);
/// Longest source, in characters: it names a row.
const MAX_SOURCE: usize = 200;

/// What somebody shows to prove who they are. `Debug` does not say it.
pub enum Shown {
    /// Nothing.
    Nothing,
    /// An API key.
    Key(String),
    /// The token of a sign-in.
    SignIn(String),
}

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nothing => "Nothing",
            Self::Key(_) => "Key([redacted])",
            Self::SignIn(_) => "SignIn([redacted])",
        })
    }
}

/// Somebody before it is known who they are.
#[derive(Debug)]
pub struct Visitor {
    /// What they show.
    pub shown: Shown,
    /// Where they come from: for the audit log, and to count failures by.
    pub source: String,
    /// Whether the settings require a key or a sign-in.
    pub required: bool,
}

/// Somebody who was let in, and the id of the key they showed or signed in with.
pub(super) struct Admitted {
    pub(super) actor: Actor,
    pub(super) key: Option<String>,
    pub(super) sign_in: Option<SignIn>,
}

/// Finds out who asks. Every command begins with it.
///
/// # Errors
/// A refusal, which is in the audit log then: nothing was shown and something is required; what was
/// shown is wrong, expired or revoked; too many attempts failed.
pub async fn admit(app: &App, visitor: &Visitor) -> Result<Actor, AppError> {
    Ok(look(app, visitor).await?.actor)
}

/// What the home knows that bears on one attempt.
struct Seen {
    required: bool,
    known: Known,
    key: Option<(ApiKey, Operator)>,
    sign_in: Option<SignIn>,
}

pub(super) async fn look(app: &App, visitor: &Visitor) -> Result<Admitted, AppError> {
    let source: String = visitor.source.chars().take(MAX_SOURCE).collect();
    let nobody = Actor::new("nobody", crate::Role::Viewer).from_source(&source);
    let (token, object) = match parse(&visitor.shown) {
        Ok(found) => found,
        Err(refusal) => return Err(Act::at_the_door(app, &nobody, "key").refuse(refusal).await),
    };
    let seen = read(app, token.as_ref(), &source).await?;
    let required = require::latched(app, visitor.required, seen.required, &source).await?;
    let Some((kind, token)) = token else {
        let local =
            Admitted { actor: Actor::local().from_source(source), key: None, sign_in: None };
        let refusal = not_signed_in();
        let act = Act::at_the_door(app, &nobody, "home");
        return if required { Err(act.refuse(refusal).await) } else { Ok(local) };
    };
    let act = Act::at_the_door(app, &nobody, object);
    let now = app.clock.now();
    if let Some(until) = lockout::locked_until(&seen.known, now) {
        return Err(act.refuse(locked_out(until, now)).await);
    }
    let Some((key, operator)) = proven(&seen, kind, &token) else {
        let named = matches!(kind, TokenKind::ApiKey).then(|| seen.key.map(|(key, _)| key.id));
        let count = counting(source, named.flatten(), now);
        return Err(act.refuse_and(wrong(kind), count).await);
    };
    if let Some(refusal) = ended(&key, &operator, seen.sign_in.as_ref(), now) {
        return Err(act.refuse(refusal).await);
    }
    note_use(app, &key, seen.sign_in.as_ref(), now).await?;
    let actor = Actor {
        who: operator.name.to_string(),
        role: operator.role,
        scope: Scope::stored(&key.scope),
        source,
    };
    Ok(Admitted { actor, key: Some(key.id), sign_in: seen.sign_in })
}

type Found = (Option<(TokenKind, Token)>, &'static str);

fn parse(shown: &Shown) -> Result<Found, AppError> {
    let (kind, text, object) = match shown {
        Shown::Nothing => return Ok((None, "home")),
        Shown::Key(text) => (TokenKind::ApiKey, text, "key"),
        Shown::SignIn(text) => (TokenKind::SignIn, text, "sign-in"),
    };
    let token = Token::parse(kind, text).map_err(|error| malformed(kind, error))?;
    Ok((Some((kind, token)), object))
}

async fn read(
    app: &App,
    token: Option<&(TokenKind, Token)>,
    source: &str,
) -> Result<Seen, AppError> {
    let subject = by_source(source);
    let token = token.map(|(kind, token)| (*kind, token.id().to_owned()));
    app.store
        .read(move |unit| {
            let required = unit.sign_in_required()?;
            let mut seen = Seen { required, known: Known::default(), key: None, sign_in: None };
            let Some((kind, id)) = token else { return Ok(seen) };
            seen.known.source = unit.failures(&subject)?.unwrap_or_default();
            let id = match kind {
                TokenKind::ApiKey => {
                    seen.known.key = unit.failures(&by_key(&id))?.unwrap_or_default();
                    Some(id)
                }
                TokenKind::SignIn => {
                    seen.sign_in = unit.sign_in(&id)?;
                    seen.sign_in.as_ref().map(|sign_in| sign_in.key.clone())
                }
            };
            let Some(id) = id else { return Ok(seen) };
            seen.key = match unit.api_key(&id)? {
                None => None,
                Some(key) => {
                    let mut operators = unit.operators()?.into_iter();
                    operators.find(|operator| operator.id == key.operator).map(|whose| (key, whose))
                }
            };
            Ok(seen)
        })
        .await
}

/// Whose token it is, if it is right.
fn proven(seen: &Seen, kind: TokenKind, token: &Token) -> Option<(ApiKey, Operator)> {
    let (key, operator) = seen.key.as_ref()?;
    let proof = match kind {
        TokenKind::ApiKey => &key.proof,
        TokenKind::SignIn => &seen.sign_in.as_ref()?.proof,
    };
    token.proves(proof).then(|| (key.clone(), operator.clone()))
}

/// Why somebody who is who they say is refused all the same.
fn ended(
    key: &ApiKey,
    operator: &Operator,
    sign_in: Option<&SignIn>,
    now: Timestamp,
) -> Option<AppError> {
    if operator.disabled_at.is_some() {
        let message = format!("{} may not use this home any more", operator.name);
        return Some(AppError::refused("disabled", message).advise("ask an admin of this home"));
    }
    if let Some(end) = key.ended(now) {
        let message = format!("the key {} of {} is refused: {end}", key.id, operator.name);
        let hint =
            format!("ask an admin for a new one: `tg operator key create {}`", operator.name);
        return Some(AppError::refused("key_ended", message).advise(hint));
    }
    sign_in.filter(|sign_in| sign_in.is_over(now)).map(|_| {
        AppError::refused("signed_out", format!("the sign-in of {} is over", operator.name))
            .advise("sign in again with `tg auth login`, or forget it with `tg auth logout`")
    })
}

/// Writes down that a key or a sign-in was used, unless that was done a moment ago.
async fn note_use(
    app: &App,
    key: &ApiKey,
    sign_in: Option<&SignIn>,
    now: Timestamp,
) -> Result<(), AppError> {
    let stale = key.used_at.is_none_or(|used| now.since(used) >= USE_NOTED_EVERY);
    let sign_in = sign_in.filter(|sign_in| sign_in.is_stale(now)).map(|used| used.id.clone());
    if !stale && sign_in.is_none() {
        return Ok(());
    }
    let key = key.id.clone();
    app.store
        .write(move |unit| {
            unit.api_key_used(&key, now)?;
            match sign_in {
                Some(id) => Ok(unit.sign_in_seen(&id, now)?),
                None => Ok(()),
            }
        })
        .await
}

/// Counts a failure, in the transaction of the row that records it.
fn counting(
    source: String,
    key: Option<String>,
    now: Timestamp,
) -> impl FnOnce(&mut dyn Unit) -> Result<(), StoreError> + Send + 'static {
    move |unit| {
        let subjects = [Some(by_source(&source)), key.map(|id| by_key(&id))];
        for subject in subjects.into_iter().flatten() {
            let before: Failures = unit.failures(&subject)?.unwrap_or_default();
            unit.put_failures(&subject, lockout::failed(before, now), now - FORGOTTEN_AFTER)?;
        }
        Ok(())
    }
}

fn by_source(source: &str) -> String {
    format!("source:{source}")
}

fn by_key(id: &str) -> String {
    format!("key:{id}")
}

fn not_signed_in() -> AppError {
    AppError::refused(
        "not_signed_in",
        "this home asks everybody who they are, and nothing was shown",
    )
    .advise("sign in with `tg auth login`, or set TG_API_KEY for a script")
}

fn malformed(kind: TokenKind, error: TokenError) -> AppError {
    let (what, hint) = match kind {
        TokenKind::ApiKey => ("the key", "a key looks like tgk_…; paste all of it"),
        TokenKind::SignIn => ("the sign-in", "forget it with `tg auth logout`, and sign in again"),
    };
    AppError::refused("bad_key", format!("{what} cannot be used: {error}")).advise(hint)
}

fn wrong(kind: TokenKind) -> AppError {
    match kind {
        TokenKind::ApiKey => AppError::refused("wrong_key", "no such key is known here")
            .advise("check that it is this home's; `tg operator key create` makes a new one"),
        TokenKind::SignIn => AppError::refused("signed_out", "no such sign-in is known here")
            .advise("sign in again with `tg auth login`, or forget it with `tg auth logout`"),
    }
}

fn locked_out(until: Timestamp, now: Timestamp) -> AppError {
    let seconds = until.since(now).as_millis().div_ceil(1_000);
    AppError::refused(
        "locked_out",
        format!(
            "too many attempts have failed: nothing is looked at before {}",
            json::rfc3339(until)
        ),
    )
    .advise(format!("wait {seconds} s; each further failure takes twice as long, 15 min at most"))
}
