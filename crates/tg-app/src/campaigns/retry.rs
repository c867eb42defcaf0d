//! Having deliveries tried again that were proven not to be delivered.

use super::control::moved;
use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::json::{self, Outcome};
use crate::named;
use crate::permissions::Permission;
use tg_core::campaign::CampaignEvent;
use tg_core::delivery::Reason;
use tg_core::ids::{DeliveryId, Slug};
use tg_core::ports::{Decision, Unit};
use tg_core::report::Tally;
use tg_core::time::Timestamp;

/// Rows that one transaction retries: other writers get their turn in between.
const CHUNK: usize = 1_000;

/// Has failed deliveries of a campaign tried again, each under a new attempt with new random ids;
/// those that failed for `reason` only, if one is named. A finished campaign runs again.
///
/// A copy of what is unknown may have arrived, so nothing of it is retried before a person has
/// resolved it; nor is what arrived in part.
///
/// # Errors
/// If there is none of that name, or no such outcome; a refusal if the campaign was not started or
/// was canceled, or if all there is may have arrived.
pub async fn retry(
    app: &App,
    actor: &Actor,
    name: &str,
    outcome: &str,
    reason: Option<&str>,
) -> Result<json::Retry, AppError> {
    let act = Act::begin(app, actor, Permission::CampaignRetry, "campaign", Some(name)).await?;
    let slug = named::slug(name)?;
    let wanted = only_failed(outcome)?;
    let reason = reason.map(Reason::named);
    let (campaign, now) = (slug.clone(), app.clock.now());
    let (was, unknown, partial) = act
        .read(move |unit| {
            let campaign = named::campaign(unit, &campaign)?;
            moved(&campaign, CampaignEvent::Retry)?;
            let tally = unit.tally(campaign.id, now)?;
            let (unknown, partial) = in_doubt(&tally);
            if wanted == Outcome::Unknown {
                return Err(exposed(&campaign.name, unknown, partial));
            }
            Ok((campaign.state, unknown, partial))
        })
        .await?;
    let (mut retried, mut state, mut after) = (0, was, None);
    loop {
        let (slug, reason) = (slug.clone(), reason.clone());
        let chunk = act.write_if(move |unit, at| again(unit, &slug, reason.as_ref(), after, at));
        let Some(chunk) = chunk.await? else { break };
        retried += chunk.retried;
        (state, after) = (chunk.state, Some(chunk.last));
    }
    if retried == 0 && reason.is_none() && unknown + partial > 0 {
        return act.judged(Err(exposed(&slug, unknown, partial))).await;
    }
    Ok(json::Retry {
        schema: "tg.retry/1",
        campaign: slug.to_string(),
        was: was.as_str(),
        state: state.as_str(),
        retried,
        unknown,
        partial,
    })
}

/// What one transaction retried.
struct Chunk {
    retried: u64,
    last: DeliveryId,
    state: tg_core::campaign::CampaignState,
}

/// Retries rows after `after`: each is met once, however fast it fails again. `None` if none is
/// left.
fn again(
    unit: &mut dyn Unit,
    name: &Slug,
    reason: Option<&Reason>,
    after: Option<DeliveryId>,
    at: Timestamp,
) -> Result<Option<(Chunk, String)>, AppError> {
    let campaign = named::campaign(unit, name)?;
    let state = moved(&campaign, CampaignEvent::Retry)?;
    let rows = unit.decidable(campaign.id, Decision::Retry, reason, after, CHUNK)?;
    let Some(last) = rows.last().copied() else { return Ok(None) };
    let retried = u64::try_from(unit.decide(&rows, Decision::Retry, at)?.len()).unwrap_or(0);
    if state != campaign.state {
        unit.set_campaign_state(campaign.id, state, None, at)?;
    }
    let why = reason.map_or_else(String::new, |reason| format!(" that failed with {reason}"));
    let detail =
        format!("{retried} message(s){why}, {} to {}", campaign.state.as_str(), state.as_str());
    Ok(Some((Chunk { retried, last, state }, detail)))
}

fn only_failed(outcome: &str) -> Result<Outcome, AppError> {
    match Outcome::parse(outcome) {
        Some(known @ (Outcome::Failed | Outcome::Unknown)) => Ok(known),
        _ => Err(AppError::usage(
            "unknown_outcome",
            format!("\"{outcome}\" is no outcome that can be retried"),
        )
        .advise("only failed messages can be retried")),
    }
}

/// Of what a retry must leave alone: (unknown, arrived in part).
fn in_doubt(tally: &Tally) -> (u64, u64) {
    (tally.unknown_total(), tally.failed.get(&Reason::PARTIAL).copied().unwrap_or(0))
}

fn exposed(campaign: &Slug, unknown: u64, partial: u64) -> AppError {
    let mut what = format!("{unknown} message(s) of \"{campaign}\" may have arrived");
    if partial > 0 {
        what.push_str(&format!(", {partial} arrived in part"));
    }
    AppError::refused("exposed", format!("nothing can be retried: {what}")).advise(format!(
        "look whether they arrived (`tg campaign deliveries {campaign} --outcome unknown`), then \
         say so with `tg campaign resolve {campaign}`"
    ))
}
