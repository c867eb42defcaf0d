//! `tg alert test`: whether alerts reach a person.

use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::wire::{self, Need};
use tg_app::{Permission, alerts, json};

/// Runs the verb.
pub(crate) async fn run(context: &Context) -> Result<Exit, CliError> {
    let told = wire::with(context, async |open| {
        open.permit(Need::of(Permission::AlertTest, "alert")).await?;
        let alerter = open.alerter(context).await?.ok_or_else(none)?;
        Ok(alerts::test(&open.app, &open.actor, alerter.as_ref()).await?)
    })
    .await?;
    context.printer.result(&told, human)?;
    Ok(Exit::Done)
}

fn none() -> CliError {
    CliError::new(Exit::Failed, "no_alerts", "no way to tell anybody is set up")
        .hint("`tg secret set alerts.webhook_url`, or alerts.bot_token with alerts.bot_chat")
}

fn human(told: &json::AlertTest) -> String {
    if told.missed.is_empty() {
        "told by every way that is set up".to_owned()
    } else {
        format!("told, but not by every way: {}", told.missed.join("; "))
    }
}
