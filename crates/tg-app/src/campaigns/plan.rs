//! What a campaign would do, counted before anything starts.

use super::list::shown;
use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::json;
use crate::named;
use crate::permissions::Permission;
use tg_core::campaign::Campaign;
use tg_core::ports::Unit;

/// Counts what a campaign would do, and which account does what.
///
/// # Errors
/// If there is none of that name.
pub async fn plan(app: &App, actor: &Actor, name: &str) -> Result<json::Plan, AppError> {
    let act = Act::begin(app, actor, Permission::CampaignPlan, "campaign", Some(name)).await?;
    let name = named::slug(name)?;
    act.read(move |unit| {
        let campaign = named::campaign(unit, &name)?;
        let shown = shown(unit, &campaign)?;
        let counts = unit.plan_counts(campaign.id)?;
        Ok(json::Plan {
            schema: "tg.plan/1",
            campaign: shown.name,
            state: shown.state,
            audience: shown.audience,
            template: shown.template,
            pace: shown.pace,
            recipients: counts.recipients,
            eligible: counts.eligible,
            known: counts.known,
            to_resolve: counts.to_resolve,
            skipped: json::ByReason::new(counts.skipped.iter().map(|(reason, n)| (reason, *n))),
            accounts: loads(unit, &campaign)?,
        })
    })
    .await
}

/// Each account of the campaign by name, those without work included.
fn loads(unit: &dyn Unit, campaign: &Campaign) -> Result<Vec<json::PlannedAccount>, AppError> {
    let loads = unit.plan_loads(campaign.id)?;
    let accounts = unit.accounts()?.into_iter();
    Ok(accounts
        .filter(|account| campaign.accounts.contains(&account.id))
        .map(|account| {
            let load = loads.iter().find(|load| load.account == account.id);
            json::PlannedAccount {
                name: account.name.to_string(),
                state: account.state.name(),
                deliveries: load.map_or(0, |load| load.deliveries),
                to_resolve: load.map_or(0, |load| load.to_resolve),
            }
        })
        .collect())
}
