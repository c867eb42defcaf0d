//! Signing in by QR code: another device of the account accepts.

use super::finish::Finish;
use super::phone::{begin, opened};
use super::target::looked_up;
use super::{Desk, PasswordSource, Target, Tell, finish};
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::json;
use futures_util::future::{Either, select};
use tg_core::ports::{LoginAnswer, LoginError, Session, SignIn, SignedIn, TokenAnswer};

/// How many codes are shown, one after the other, before nobody seems to be there. Telegram gives
/// each about 30 seconds (core.telegram.org/api/qr-login).
const MOST_TOKENS: usize = 20;
/// How many wrong passwords are entered.
const MOST_PASSWORDS: usize = 3;

/// Signs an account in by QR code.
///
/// # Errors
/// A refusal of Telegram or of the home; if nobody accepted. Nothing is kept then, and nobody is left
/// signed in.
pub async fn by_qr(
    app: &App,
    actor: &Actor,
    desk: Desk<'_>,
    target: Target<'_>,
    start: &Session,
    passwords: &dyn PasswordSource,
    tell: Tell<'_>,
) -> Result<json::AccountDetail, AppError> {
    let act = begin(app, actor, target).await?;
    let way = looked_up(app, &act, desk.loans, target, None).await?;
    let line = opened(&act, desk, way, start.clone()).await?;
    let finish = Finish { app, act: &act, desk, line: &*line, target, tell, reserved: None };
    let result = match accepted(app, &*line, passwords, tell).await {
        Ok(who) => finish.keep(who).await,
        Err(error) => act.judged(Err(error)).await,
    };
    line.close().await;
    result
}

async fn accepted(
    app: &App,
    line: &dyn SignIn,
    passwords: &dyn PasswordSource,
    tell: Tell<'_>,
) -> Result<SignedIn, AppError> {
    for _ in 0..MOST_TOKENS {
        let (url, until) = match line.token().await.map_err(finish::failed)? {
            TokenAnswer::Accepted(LoginAnswer::In(who)) => return Ok(*who),
            TokenAnswer::Accepted(LoginAnswer::PasswordNeeded) => {
                return with_password(line, passwords, tell).await;
            }
            TokenAnswer::Show { url, until } => (url, until),
        };
        tell(json::LoginNews::qr(&url, until));
        let left = until.since(app.clock.now());
        // Either way the next question is what became of it.
        match select(line.token_accepted(), app.clock.sleep(left)).await {
            Either::Left(_) | Either::Right(_) => {}
        }
    }
    Err(AppError::refused("not_signed_in", "nobody accepted the QR code")
        .advise("in Telegram: Settings, Devices, Link Desktop Device"))
}

async fn with_password(
    line: &dyn SignIn,
    passwords: &dyn PasswordSource,
    tell: Tell<'_>,
) -> Result<SignedIn, AppError> {
    for _ in 0..MOST_PASSWORDS {
        let hint = line.password_hint().await.map_err(finish::failed)?;
        tell(json::LoginNews::password_needed(hint.as_deref()));
        let Some(password) = passwords.password(hint.as_deref()).await else { break };
        match line.enter_password(&password).await {
            Ok(LoginAnswer::In(who)) => return Ok(*who),
            Ok(LoginAnswer::PasswordNeeded) | Err(LoginError::WrongPassword) => {
                tell(json::LoginNews::plain("wrong_password"));
            }
            Err(error) => return Err(finish::failed(error)),
        }
    }
    Err(AppError::refused("not_signed_in", "the two-step password was not entered"))
}
