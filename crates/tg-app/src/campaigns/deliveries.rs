//! Every delivery of a campaign with its outcome, page by page.

use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::json::{self, Outcome};
use crate::moment::Moment;
use crate::named;
use crate::permissions::Permission;
use std::ops::ControlFlow;
use tg_core::campaign::CampaignState;
use tg_core::delivery::DeliveryRecord;

/// Deliveries of one page: what is held in memory at a time.
const PAGE: usize = 1_000;

/// Hands each delivery of a campaign to `each`, in order of rows; those with an outcome only, if
/// one is named. Ends early when `each` breaks.
///
/// # Errors
/// If there is no such campaign, or no such outcome.
pub async fn deliveries(
    app: &App,
    actor: &Actor,
    name: &str,
    outcome: Option<&str>,
    each: &mut (dyn FnMut(json::Delivery) -> ControlFlow<()> + Send),
) -> Result<(), AppError> {
    let act =
        Act::begin(app, actor, Permission::CampaignDeliveries, "campaign", Some(name)).await?;
    let name = named::slug(name)?;
    let wanted = outcome.map(parse_outcome).transpose()?;
    let looked_up = name.clone();
    let now = app.clock.now();
    let (campaign, moment) = act
        .read(move |unit| {
            let campaign = named::campaign(unit, &looked_up)?;
            // Deliveries may have gone over to accounts that the campaign did not begin with.
            let accounts = unit.accounts()?.into_iter().map(|account| account.id);
            let moment = Moment::read(unit, accounts, now)?;
            Ok((campaign, moment))
        })
        .await?;
    if campaign.state == CampaignState::Draft {
        // What is staged of a draft is not visible yet.
        return Ok(());
    }
    let mut after = None;
    loop {
        let page: Vec<DeliveryRecord> =
            act.read(move |unit| Ok(unit.deliveries(campaign.id, after, PAGE)?)).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.delivery);
        for record in &page {
            let shaped = json::Delivery::new(&name, record, &moment);
            if wanted.is_none_or(|wanted| wanted == shaped.outcome) && each(shaped).is_break() {
                return Ok(());
            }
        }
    }
}

fn parse_outcome(name: &str) -> Result<Outcome, AppError> {
    Outcome::parse(name).ok_or_else(|| {
        let known: Vec<_> = Outcome::ALL.iter().map(|outcome| outcome.as_str()).collect();
        AppError::usage("unknown_outcome", format!("\"{name}\" is no outcome"))
            .advise(format!("outcomes are {}", known.join(", ")))
    })
}
