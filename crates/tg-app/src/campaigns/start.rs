//! Starting a campaign: its deliveries are staged in chunks, then become visible at once.

use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::json;
use crate::named;
use crate::permissions::Permission;
use tg_core::campaign::{Campaign, CampaignEvent, CampaignState};
use tg_core::ids::Slug;
use tg_core::ports::Unit;
use tg_engine::planner;
use tg_engine::steps::{Step, reach};

/// Starts a campaign. If it is interrupted while it stages, nothing is visible and nothing is
/// sent; starting again stages what is missing. `progress` hears how many deliveries were staged,
/// and of how many.
///
/// # Errors
/// If there is none of that name; a refusal if it was started before or its audience is empty.
pub async fn start(
    app: &App,
    actor: &Actor,
    name: &str,
    progress: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<json::Started, AppError> {
    let act = Act::begin(app, actor, Permission::CampaignStart, "campaign", Some(name)).await?;
    let name = named::slug(name)?;
    let wanted = name.clone();
    let (campaign, members) = act.read(move |unit| startable(unit, &wanted)).await?;
    planner::stage(app.store.as_ref(), &campaign, app.clock.as_ref(), &mut |staged| {
        progress(staged, members);
    })
    .await?;
    // Counted before the last transaction, which is small: other writers wait for it.
    let (id, now) = (campaign.id, app.clock.now());
    let recipients = act.read(move |unit| Ok(unit.tally(id, now)?.recipients())).await?;
    reach(Step::BeforeVisible);
    let started = act
        .write(move |unit, at| {
            // Somebody else may have moved it in the meantime.
            let campaign = named::campaign(unit, &name)?;
            let state = next(&campaign)?;
            unit.set_campaign_state(campaign.id, state, None, at)?;
            let started = json::Started {
                schema: "tg.campaign_start/1",
                campaign: name.to_string(),
                state: state.as_str(),
                recipients,
            };
            Ok((started, format!("{recipients} recipient(s)")))
        })
        .await?;
    reach(Step::Visible);
    Ok(started)
}

/// The campaign and the number of its audience's members, if it can be started.
fn startable(unit: &dyn Unit, name: &Slug) -> Result<(Campaign, u64), AppError> {
    let campaign = named::campaign(unit, name)?;
    next(&campaign)?;
    let members = unit.member_count(campaign.audience)?;
    if members == 0 {
        return Err(AppError::refused(
            "no_recipients",
            format!("the campaign \"{name}\" has no recipients: its audience is empty"),
        )
        .advise("`tg audience import` puts people on it"));
    }
    Ok((campaign, members))
}

fn next(campaign: &Campaign) -> Result<CampaignState, AppError> {
    super::control::moved(campaign, CampaignEvent::Start)
}
