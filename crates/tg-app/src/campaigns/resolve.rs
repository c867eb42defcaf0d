//! A person says what became of deliveries whose outcome is unknown.

use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::json;
use crate::named;
use crate::permissions::Permission;
use tg_core::campaign::Campaign;
use tg_core::delivery::Reason;
use tg_core::ids::{DeliveryId, Slug};
use tg_core::ports::{Decision, Unit};
use tg_core::time::Timestamp;

/// Rows that one transaction resolves: other writers get their turn in between.
const CHUNK: usize = 1_000;

/// Which unknown deliveries somebody decides about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubtful<'a> {
    /// One, by its row.
    One(i64),
    /// All of the campaign; those with a reason only, if one is named.
    All {
        /// The reason, as reports name it.
        reason: Option<&'a str>,
    },
}

/// What somebody found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The person received it: it counts as sent, without a message id.
    Sent,
    /// The person did not: it counts as failed, and can be retried unless parts of it arrived.
    NotDelivered,
}

/// Ends the doubt about deliveries of a campaign as a person says.
///
/// # Errors
/// If there is no such campaign or delivery; a refusal if the delivery is not unknown.
pub async fn resolve(
    app: &App,
    actor: &Actor,
    name: &str,
    which: Doubtful<'_>,
    finding: Finding,
) -> Result<json::Resolve, AppError> {
    let act = Act::begin(app, actor, Permission::CampaignResolve, "campaign", Some(name)).await?;
    let slug = named::slug(name)?;
    let resolved = match which {
        Doubtful::One(row) => {
            let slug = slug.clone();
            act.write(move |unit, at| one(unit, &slug, row, finding, at)).await?
        }
        Doubtful::All { reason } => {
            let reason = reason.map(Reason::named);
            let (mut resolved, mut after) = (0, None);
            loop {
                let (slug, reason) = (slug.clone(), reason.clone());
                let chunk =
                    act.write_if(move |unit, at| some(unit, &slug, reason, after, finding, at));
                let Some(Chunk { count, last }) = chunk.await? else { break resolved };
                resolved += count;
                after = Some(last);
            }
        }
    };
    let (campaign, now) = (slug.clone(), app.clock.now());
    let unknown = act
        .read(move |unit| {
            let campaign = named::campaign(unit, &campaign)?;
            Ok(unit.tally(campaign.id, now)?.unknown_total())
        })
        .await?;
    Ok(json::Resolve {
        schema: "tg.resolve/1",
        campaign: slug.to_string(),
        decided: finding.as_str(),
        resolved,
        unknown,
    })
}

impl Finding {
    /// The name under which it is typed and shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::NotDelivered => "not-delivered",
        }
    }

    const fn decision(self) -> Decision {
        match self {
            Self::Sent => Decision::Delivered,
            Self::NotDelivered => Decision::NotDelivered,
        }
    }
}

fn one(
    unit: &mut dyn Unit,
    name: &Slug,
    row: i64,
    finding: Finding,
    at: Timestamp,
) -> Result<(u64, String), AppError> {
    let campaign = named::campaign(unit, name)?;
    let (delivery, before) = (DeliveryId(row), DeliveryId(row.saturating_sub(1)));
    let decision = finding.decision();
    let found = unit.decidable(campaign.id, decision, None, Some(before), 1)?;
    if found != [delivery] {
        return Err(not_unknown(unit, &campaign, delivery, before)?);
    }
    unit.decide(&found, decision, at)?;
    Ok((1, format!("delivery {row} as {}", finding.as_str())))
}

/// Why a delivery cannot be resolved.
fn not_unknown(
    unit: &dyn Unit,
    campaign: &Campaign,
    delivery: DeliveryId,
    before: DeliveryId,
) -> Result<AppError, AppError> {
    let list = format!("`tg campaign deliveries {} --outcome unknown` shows them", campaign.name);
    let next = unit.deliveries(campaign.id, Some(before), 1)?;
    Ok(if next.iter().any(|row| row.delivery == delivery) {
        let what = format!("delivery {delivery} of \"{}\" is not unknown", campaign.name);
        AppError::refused("not_unknown", what).advise(list)
    } else {
        AppError::not_found(format!("\"{}\" has no delivery {delivery}", campaign.name))
            .advise(list)
    })
}

/// What one transaction resolved, and where the next begins.
struct Chunk {
    count: u64,
    last: DeliveryId,
}

fn some(
    unit: &mut dyn Unit,
    name: &Slug,
    reason: Option<Reason>,
    after: Option<DeliveryId>,
    finding: Finding,
    at: Timestamp,
) -> Result<Option<(Chunk, String)>, AppError> {
    let campaign = named::campaign(unit, name)?;
    let rows = unit.decidable(campaign.id, finding.decision(), reason.as_ref(), after, CHUNK)?;
    let Some(last) = rows.last().copied() else { return Ok(None) };
    let count = u64::try_from(unit.decide(&rows, finding.decision(), at)?.len()).unwrap_or(0);
    let why = reason.map_or_else(String::new, |reason| format!(" with the reason {reason}"));
    let detail = format!("{count} unknown message(s){why} as {}", finding.as_str());
    Ok(Some((Chunk { count, last }, detail)))
}
