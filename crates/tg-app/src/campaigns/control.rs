//! Pausing, resuming and ending a campaign, from any process: an engine that runs reads the state
//! in each claim.

use crate::act::{Act, Told};
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::json;
use crate::named;
use crate::permissions::Permission;
use tg_core::campaign::{Campaign, CampaignEvent, CampaignState};
use tg_core::ids::CampaignId;
use tg_core::ports::StoreError;

/// Rows that one transaction ends: other writers get their turn in between.
const CHUNK: usize = 1_000;

/// Stops a campaign for a while: nothing more of it is claimed from this commit on.
///
/// With an engine running it becomes `pausing`, and the engine makes it `paused` once nothing is in
/// flight. Without one nothing can be in flight, so it is `paused` at once.
///
/// # Errors
/// If there is none of that name; a refusal if it does not run.
pub async fn pause(
    app: &App,
    actor: &Actor,
    name: &str,
    engine_running: bool,
) -> Result<json::CampaignChange, AppError> {
    let act = Act::begin(app, actor, Permission::CampaignPause, "campaign", Some(name)).await?;
    let name = named::slug(name)?;
    act.write(move |unit, at| {
        let campaign = named::campaign(unit, &name)?;
        // Asked again when the engine that was to settle it is gone, it has only that left to do.
        let settles = campaign.state == CampaignState::Pausing && !engine_running;
        let mut state =
            if settles { campaign.state } else { moved(&campaign, CampaignEvent::Pause)? };
        if state == CampaignState::Pausing && !engine_running {
            state = settled(&campaign, state)?;
        }
        unit.set_campaign_state(campaign.id, state, None, at)?;
        Ok(changed(&campaign, state))
    })
    .await
}

/// Lets a paused campaign go on.
///
/// # Errors
/// If there is none of that name; a refusal if it is not paused.
pub async fn resume(
    app: &App,
    actor: &Actor,
    name: &str,
) -> Result<json::CampaignChange, AppError> {
    let act = Act::begin(app, actor, Permission::CampaignResume, "campaign", Some(name)).await?;
    let name = named::slug(name)?;
    act.write(move |unit, at| {
        let campaign = named::campaign(unit, &name)?;
        let state = moved(&campaign, CampaignEvent::Resume)?;
        unit.set_campaign_state(campaign.id, state, None, at)?;
        Ok(changed(&campaign, state))
    })
    .await
}

/// Ends a campaign for good. The state changes first, so that nothing more is claimed; then its
/// planned deliveries end in chunks. What was claimed is the engine's to settle. Called again after
/// an interruption, it ends what is left.
///
/// # Errors
/// If there is none of that name; a refusal if it ended before.
pub async fn cancel(
    app: &App,
    actor: &Actor,
    name: &str,
) -> Result<json::CampaignChange, AppError> {
    let act = Act::begin(app, actor, Permission::CampaignCancel, "campaign", Some(name)).await?;
    let name = named::slug(name)?;
    let (id, mut change) = act
        .write(move |unit, at| {
            let campaign = named::campaign(unit, &name)?;
            let (planned, _) = unit.open_rows(campaign.id)?;
            let state = if campaign.state == CampaignState::Canceled && planned {
                campaign.state
            } else {
                let state = moved(&campaign, CampaignEvent::Cancel)?;
                unit.set_campaign_state(campaign.id, state, None, at)?;
                state
            };
            let (change, told) = changed(&campaign, state);
            Ok(((campaign.id, change), told))
        })
        .await?;
    change.canceled = cancel_planned(app, id).await?;
    Ok(change)
}

async fn cancel_planned(app: &App, campaign: CampaignId) -> Result<u64, StoreError> {
    let mut canceled = 0;
    loop {
        let now = app.clock.now();
        let ended: u64 =
            app.store.write(move |unit| unit.cancel_planned(campaign, now, CHUNK)).await?;
        canceled += ended;
        if ended == 0 {
            return Ok(canceled);
        }
    }
}

/// Where an event takes a campaign, or the refusal that names where it stands.
pub(super) fn moved(campaign: &Campaign, event: CampaignEvent) -> Result<CampaignState, AppError> {
    campaign.state.next(event).map_err(|refusal| {
        AppError::refused("wrong_state", format!("campaign \"{}\": {refusal}", campaign.name))
            .advise(next_step(campaign.state, event))
    })
}

fn settled(campaign: &Campaign, state: CampaignState) -> Result<CampaignState, AppError> {
    moved(&Campaign { state, ..campaign.clone() }, CampaignEvent::Settled)
}

/// What somebody whose wish does not fit the state probably wants.
const fn next_step(state: CampaignState, event: CampaignEvent) -> &'static str {
    match (state, event) {
        (CampaignState::Draft, _) => "`tg campaign start` starts it",
        (CampaignState::Paused | CampaignState::Pausing, CampaignEvent::Start) => {
            "`tg campaign resume` lets it go on"
        }
        (CampaignState::Paused | CampaignState::Pausing, _) => {
            "it is stopped already; `tg campaign resume` lets it go on"
        }
        (CampaignState::Finished | CampaignState::Canceled, _) => {
            "it ended; `tg campaign report` says how, `tg campaign create` makes a new one"
        }
        (CampaignState::Scheduled | CampaignState::Running, _) => {
            "it was started already; `tg run` sends, `tg campaign status` says how far it is"
        }
    }
}

/// The result of a change of state, and the detail of its audit row.
fn changed(campaign: &Campaign, state: CampaignState) -> (json::CampaignChange, Told) {
    let change = json::CampaignChange {
        schema: "tg.campaign_change/1",
        campaign: campaign.name.to_string(),
        was: campaign.state.as_str(),
        state: state.as_str(),
        canceled: 0,
    };
    let told = Told::change(change.was, change.state);
    (change, told)
}
