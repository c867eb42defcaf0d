//! What a campaign would do, counted before anything starts.

use super::forecast::outlook;
use super::list::shown;
use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::json;
use crate::named;
use crate::permissions::Permission;

/// Counts what a campaign would do, which account does what, and when it would be done if it were
/// started now, nothing else were sent, and Telegram imposed nothing more.
///
/// # Errors
/// If there is none of that name.
pub async fn plan(app: &App, actor: &Actor, name: &str) -> Result<json::Plan, AppError> {
    let act = Act::begin(app, actor, Permission::CampaignPlan, "campaign", Some(name)).await?;
    let name = named::slug(name)?;
    let now = app.clock.now();
    act.read(move |unit| {
        let campaign = named::campaign(unit, &name)?;
        let shown = shown(unit, &campaign)?;
        let counts = unit.plan_counts(campaign.id, now)?;
        let outlook = outlook(unit, &campaign, &counts.loads, now)?;
        Ok(json::Plan {
            schema: "tg.plan/1",
            campaign: shown.name,
            state: shown.state,
            audience: shown.audience,
            template: shown.template,
            variants: shown.variants,
            pace: shown.pace,
            recipients: counts.recipients,
            eligible: counts.eligible,
            known: counts.known,
            to_resolve: counts.to_resolve,
            skipped: json::ByReason::new(counts.skipped.iter().map(|(reason, n)| (reason, *n))),
            ends_at: outlook.end.ok().map(json::rfc3339),
            no_end_because: outlook.end.err(),
            personal: None,
            accounts: outlook.accounts,
        })
    })
    .await
}
