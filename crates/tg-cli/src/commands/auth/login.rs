//! `tg auth login`: signs in with a key.

use crate::context::Context;
use crate::credentials;
use crate::env;
use crate::error::CliError;
use crate::exit::Exit;
use crate::typed;
use crate::wire;
use secrecy::ExposeSecret;
use tg_app::auth::{self, Shown, Spans};

/// Runs the verb.
pub(crate) async fn run(context: &Context) -> Result<Exit, CliError> {
    context.home.require()?;
    let key = match env::API_KEY.text()? {
        Some(key) => key,
        None => typed::either("key")?.expose_secret().to_owned(),
    };
    let visitor = wire::visitor(context, Shown::Key(key));
    // A file that others can read, or that is no token, ends nothing: keeping the new one says so.
    let former = credentials::token(&context.home).ok().flatten();
    let spans = Spans {
        idle: context.config.auth_idle.value.0,
        whole: context.config.auth_lifetime.value.0,
    };
    let signed_in = wire::at_the_door(context, async |open| {
        let (signed_in, token) = auth::login(&open.app, &visitor, spans, former.as_deref()).await?;
        credentials::keep(&context.home, token.expose())?;
        Ok(signed_in)
    })
    .await?;
    context.printer.result(&signed_in, |signed_in| {
        format!("signed in as {} until {} at the latest", signed_in.who, signed_in.expires_at)
    })?;
    Ok(Exit::Done)
}
