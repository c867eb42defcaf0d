//! Campaigns as people see them.

use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::json;
use crate::permissions::Permission;
use std::collections::BTreeMap;
use tg_core::campaign::Campaign;
use tg_core::ids::{AccountId, Slug};
use tg_core::ports::Unit;

/// All campaigns, the oldest first.
///
/// # Errors
/// A refusal, or the store's failure.
pub async fn list(app: &App, actor: &Actor) -> Result<json::Campaigns, AppError> {
    let act = Act::begin(app, actor, Permission::CampaignList, "campaigns", None).await?;
    act.read(|unit| {
        let names = account_names(unit)?;
        let campaigns = unit
            .campaigns(&[])?
            .iter()
            .map(|campaign| shaped(unit, campaign, &names))
            .collect::<Result<_, _>>()?;
        Ok(json::Campaigns { schema: "tg.campaigns/1", campaigns })
    })
    .await
}

/// One campaign with the names of what it is made of.
pub(super) fn shown(unit: &dyn Unit, campaign: &Campaign) -> Result<json::Campaign, AppError> {
    shaped(unit, campaign, &account_names(unit)?)
}

fn shaped(
    unit: &dyn Unit,
    campaign: &Campaign,
    names: &BTreeMap<AccountId, Slug>,
) -> Result<json::Campaign, AppError> {
    let mut accounts: Vec<String> =
        campaign.accounts.iter().filter_map(|id| names.get(id)).map(Slug::to_string).collect();
    accounts.sort();
    let chosen = unit.campaign_filter(campaign.id)?;
    let variants = campaign.variants.iter().map(|variant| {
        Ok(json::CampaignVariant {
            name: variant.name.clone(),
            template: unit.template(variant.template)?.name.to_string(),
            weight: variant.weight,
        })
    });
    Ok(json::Campaign {
        name: campaign.name.to_string(),
        state: campaign.state.as_str(),
        note: campaign.note.clone(),
        audience: unit.audience(campaign.audience)?.name.to_string(),
        template: unit.template(campaign.template)?.name.to_string(),
        variants: variants.collect::<Result<_, AppError>>()?,
        accounts,
        pace: campaign.pace.as_str(),
        filter: chosen.as_ref().map(|chosen| chosen.filter.to_string()),
        segment: chosen.and_then(|chosen| chosen.segment).map(|name| name.to_string()),
        created_at: json::rfc3339(campaign.created_at),
        started_at: campaign.started_at.map(json::rfc3339),
        finished_at: campaign.finished_at.map(json::rfc3339),
    })
}

fn account_names(unit: &dyn Unit) -> Result<BTreeMap<AccountId, Slug>, AppError> {
    Ok(unit.accounts()?.into_iter().map(|account| (account.id, account.name)).collect())
}
