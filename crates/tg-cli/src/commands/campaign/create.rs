//! `tg campaign create`: makes a campaign; nothing is sent before it is started.

use crate::args::campaign::Create;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::text::counted;
use crate::wire::{self, Need};
use crate::writing;
use tg_app::campaigns::{self, NewCampaign, NewPersonal, NewVariant};
use tg_app::{Permission, json};
use tg_core::campaign::Pace;

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Create) -> Result<Exit, CliError> {
    let variants: Vec<_> = args
        .variant
        .iter()
        .map(|v| NewVariant { name: &v.name, template: &v.template, weight: v.weight })
        .collect();
    let created = wire::with(context, async |open| {
        let new = NewCampaign {
            name: &args.name,
            audience: &args.audience,
            template: args.template.as_deref().unwrap_or_default(),
            variants: &variants,
            accounts: &args.accounts,
            pace: Pace::from(args.pace).as_str(),
            whom: args.whom.whom(),
        };
        let Some(prompt) = &args.personal else {
            return Ok(campaigns::create(&open.app, &open.actor, new).await?);
        };
        let money = args.budget_money.map(|amount| amount.0);
        open.permit(Need::of(Permission::CampaignCreate, "campaign").named(&args.name)).await?;
        writing::require(context, open, money).await?;
        let personal = NewPersonal {
            prompt,
            fields: &args.fields,
            review: args.review,
            tokens: args.budget_tokens,
            money,
        };
        Ok(campaigns::create_personal(&open.app, &open.actor, new, personal).await?)
    })
    .await?;
    context.printer.result(&created, |created| {
        let campaign = &created.campaign;
        let accounts = u64::try_from(campaign.accounts.len()).unwrap_or(u64::MAX);
        let whom = campaign.filter.as_ref().map_or_else(String::new, |f| format!(" where {f}"));
        format!(
            "created campaign {}: {} to {}{whom} through {}\nNext: tg campaign plan {}",
            campaign.name,
            says(&campaign.template, &campaign.variants),
            campaign.audience,
            counted(accounts, "account", "accounts"),
            campaign.name
        )
    })?;
    Ok(Exit::Done)
}

/// What a campaign says, for people: its template, or what it compares.
pub(super) fn says(template: &str, variants: &[json::CampaignVariant]) -> String {
    if variants.is_empty() {
        return template.to_owned();
    }
    let one = |v: &json::CampaignVariant| format!("{}={}:{}", v.name, v.template, v.weight);
    variants.iter().map(one).collect::<Vec<_>>().join(", ")
}
