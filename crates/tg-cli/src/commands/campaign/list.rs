//! `tg campaign list`: all campaigns.

use super::create::says;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::table::Table;
use crate::wire;
use tg_app::{campaigns, json};

/// Runs the verb.
pub(crate) async fn run(context: &Context) -> Result<Exit, CliError> {
    let list = wire::with(context, async |open| Ok(campaigns::list(&open.app, &open.actor).await?))
        .await?;
    context.printer.result(&list, human)?;
    Ok(Exit::Done)
}

fn human(list: &json::Campaigns) -> String {
    let headings = ["NAME", "STATE", "AUDIENCE", "TEMPLATE", "ACCOUNTS", "STARTED", "FINISHED"];
    let mut table = Table::new(headings).right([4]);
    for campaign in &list.campaigns {
        table.row([
            campaign.name.clone(),
            campaign.state.to_owned(),
            campaign.audience.clone(),
            says(&campaign.template, &campaign.variants),
            campaign.accounts.len().to_string(),
            campaign.started_at.clone().unwrap_or_default(),
            campaign.finished_at.clone().unwrap_or_default(),
        ]);
    }
    table.or("no campaigns yet; make one with `tg campaign create`")
}
