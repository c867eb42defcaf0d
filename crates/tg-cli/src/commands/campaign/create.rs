//! `tg campaign create`: makes a campaign; nothing is sent before it is started.

use crate::args::campaign::Create;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::text::counted;
use crate::wire;
use tg_app::campaigns::{self, NewCampaign};
use tg_core::campaign::Pace;

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Create) -> Result<Exit, CliError> {
    let created = wire::with(context, async |open| {
        let new = NewCampaign {
            name: &args.name,
            audience: &args.audience,
            template: &args.template,
            accounts: &args.accounts,
            pace: Pace::from(args.pace).as_str(),
        };
        Ok(campaigns::create(&open.app, &open.actor, new).await?)
    })
    .await?;
    context.printer.result(&created, |created| {
        let campaign = &created.campaign;
        let accounts = u64::try_from(campaign.accounts.len()).unwrap_or(u64::MAX);
        format!(
            "created campaign {}: {} to {} through {}\nNext: tg campaign plan {}",
            campaign.name,
            campaign.template,
            campaign.audience,
            counted(accounts, "account", "accounts"),
            campaign.name
        )
    })?;
    Ok(Exit::Done)
}
