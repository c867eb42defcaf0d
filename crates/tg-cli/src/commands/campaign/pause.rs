//! `tg campaign pause`: nothing more is sent; what is in flight settles.

use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::wire;
use tg_app::campaigns;
use tg_store::{HomeLock, LockError};

/// Runs the verb.
pub(crate) async fn run(context: &Context, name: &str) -> Result<Exit, CliError> {
    context.home.require()?;
    // Without an engine nothing is in flight that it could settle; the lock keeps it that way.
    let (_lock, engine_running) = match HomeLock::acquire(context.home.dir()) {
        Ok(lock) => (Some(lock), false),
        Err(LockError::Held { .. }) => (None, true),
        Err(error) => return Err(error.into()),
    };
    let change = wire::with(context, async |open| {
        Ok(campaigns::pause(&open.app, &open.actor, name, engine_running).await?)
    })
    .await?;
    context
        .printer
        .result(&change, |change| format!("campaign {} is {}", change.campaign, change.state))?;
    Ok(Exit::Done)
}
