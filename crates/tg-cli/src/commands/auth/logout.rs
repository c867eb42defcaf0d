//! `tg auth logout`: ends a sign-in.

use crate::context::Context;
use crate::credentials;
use crate::error::CliError;
use crate::exit::Exit;
use crate::wire;
use serde::Serialize;
use tg_app::auth::{self, Shown};

/// The result for scripts.
#[derive(Serialize)]
struct SignedOut {
    schema: &'static str,
    /// Whether there was a sign-in to end.
    was_signed_in: bool,
}

/// Runs the verb. A token that the home does not accept any more is forgotten all the same.
pub(crate) async fn run(context: &Context) -> Result<Exit, CliError> {
    context.home.require()?;
    let was_signed_in = match credentials::token(&context.home)? {
        None => false,
        Some(token) => {
            let visitor = wire::visitor(context, Shown::SignIn(token));
            let ended = wire::at_the_door(context, async |open| {
                Ok(auth::logout(&open.app, &visitor).await?)
            })
            .await;
            match ended {
                Ok(()) => true,
                Err(error) if error.is_denied() => false,
                Err(error) => return Err(error),
            }
        }
    };
    credentials::forget(&context.home)?;
    let out = SignedOut { schema: "tg.sign_out/1", was_signed_in };
    context.printer.result(&out, |out| {
        let said = if out.was_signed_in { "signed out" } else { "nobody was signed in" };
        said.to_owned()
    })?;
    Ok(Exit::Done)
}
