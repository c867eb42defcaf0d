//! What became of a campaign's recipients.

use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::json;
use crate::named;
use crate::permissions::Permission;
use tg_core::campaign::{Campaign, CampaignState};
use tg_core::ports::Unit;
use tg_core::report::Tally;
use tg_core::time::Timestamp;

/// Where a campaign stands, in numbers.
///
/// # Errors
/// If there is none of that name.
pub async fn status(app: &App, actor: &Actor, name: &str) -> Result<json::Status, AppError> {
    let act = Act::begin(app, actor, Permission::CampaignStatus, "campaign", Some(name)).await?;
    let name = named::slug(name)?;
    let now = app.clock.now();
    act.read(move |unit| {
        let campaign = named::campaign(unit, &name)?;
        let tally = visible_tally(unit, &campaign, now)?;
        Ok(json::Status::new(&campaign, &tally))
    })
    .await
}

/// What became of everybody, by reason and by account.
///
/// # Errors
/// If there is none of that name.
pub async fn report(app: &App, actor: &Actor, name: &str) -> Result<json::Report, AppError> {
    let act = Act::begin(app, actor, Permission::CampaignReport, "campaign", Some(name)).await?;
    let name = named::slug(name)?;
    let now = app.clock.now();
    act.read(move |unit| {
        let campaign = named::campaign(unit, &name)?;
        let tally = visible_tally(unit, &campaign, now)?;
        let accounts = unit.account_tallies(campaign.id)?;
        let (variants, echo) = (unit.variant_tallies(campaign.id)?, unit.echo(campaign.id)?);
        let timeline = timeline(unit, &campaign, now)?;
        let mut report =
            json::Report::new(&campaign, &tally, &accounts, &variants, &echo, timeline);
        report.personal = super::personal::report(unit, &campaign)?;
        debug_assert_eq!(report.recipients, report.sum(), "everybody is counted once");
        Ok(report)
    })
    .await
}

/// Counts what is visible: what is staged of a draft is not.
fn visible_tally(unit: &dyn Unit, campaign: &Campaign, now: Timestamp) -> Result<Tally, AppError> {
    if campaign.state == CampaignState::Draft {
        return Ok(Tally::default());
    }
    Ok(unit.tally(campaign.id, now)?)
}

/// The most slices of a timeline: those of the campaign's own time, and answers for a while after.
const SLICES: usize = 500;

/// What happened when: slices as fit the campaign's own time, from its beginning to its end or until
/// now.
fn timeline(
    unit: &dyn Unit,
    campaign: &Campaign,
    now: Timestamp,
) -> Result<json::Timeline, AppError> {
    let Some(began) = campaign.started_at else { return Ok(json::Timeline::default()) };
    let span = json::Timeline::span(campaign.finished_at.unwrap_or(now).since(began));
    Ok(json::Timeline::new(span, &unit.timeline(campaign.id, span, SLICES)?))
}
