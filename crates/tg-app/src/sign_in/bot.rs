//! Signing a bot in by its token.

use super::finish::Finish;
use super::phone::{begin, opened};
use super::target::looked_up;
use super::{Desk, Target, Tell, finish};
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::json;
use secrecy::SecretString;
use tg_core::ports::{LoginAnswer, Session};

/// Signs a bot in.
///
/// # Errors
/// A refusal of Telegram or of the home.
pub async fn by_bot_token(
    app: &App,
    actor: &Actor,
    desk: Desk<'_>,
    target: Target<'_>,
    start: &Session,
    token: &SecretString,
    tell: Tell<'_>,
) -> Result<json::AccountDetail, AppError> {
    let act = begin(app, actor, target).await?;
    let way = looked_up(app, &act, desk.loans, target, None).await?;
    let line = opened(&act, desk, way, start.clone()).await?;
    let finish = Finish { app, act: &act, desk, line: &*line, target, tell, reserved: None };
    let result = match line.enter_bot_token(token).await {
        Ok(LoginAnswer::In(who)) => finish.keep(*who).await,
        Ok(LoginAnswer::PasswordNeeded) => {
            let refusal = AppError::refused("not_a_bot", "this is an account of a person");
            act.judged(Err(refusal)).await
        }
        Err(error) => act.judged(Err(finish::failed(error))).await,
    };
    line.close().await;
    result
}
