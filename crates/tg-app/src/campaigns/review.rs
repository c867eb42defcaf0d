//! A person looks at texts that a model wrote, before anybody else does.

use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::json;
use crate::named;
use crate::permissions::Permission;
use std::ops::ControlFlow;
use tg_core::campaign::Campaign;
use tg_core::ids::{DeliveryId, Slug};
use tg_core::ports::{DraftRecord, Unit};

/// Texts of one page, and of one transaction: what is held in memory at a time, and how long others
/// wait.
const PAGE: usize = 1_000;

/// Hands the texts of a campaign to `each`, in order of rows: those that wait for a person, or all.
/// Ends early when `each` breaks.
///
/// # Errors
/// If there is no such campaign; a refusal if it has no personal texts.
pub async fn texts(
    app: &App,
    actor: &Actor,
    name: &str,
    all: bool,
    each: &mut (dyn FnMut(json::PersonalText) -> ControlFlow<()> + Send),
) -> Result<(), AppError> {
    let act = Act::begin(app, actor, Permission::CampaignReview, "campaign", Some(name)).await?;
    let name = named::slug(name)?;
    let wanted = name.clone();
    let campaign = act.read(move |unit| written(unit, &wanted)).await?;
    let mut after = None;
    loop {
        let page: Vec<DraftRecord> =
            act.read(move |unit| Ok(unit.drafts(campaign.id, !all, after, PAGE)?)).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.delivery);
        for record in &page {
            if each(json::PersonalText::new(&name, record)).is_break() {
                return Ok(());
            }
        }
    }
}

/// Decides about texts that wait: approved, they are sent, else the template is. `delivery`: about
/// one, by its row; otherwise about all that wait now.
///
/// # Errors
/// If there is no such campaign; a refusal if it has no personal texts, or the one that is named
/// does not wait.
pub async fn review(
    app: &App,
    actor: &Actor,
    name: &str,
    delivery: Option<i64>,
    approved: bool,
) -> Result<json::Review, AppError> {
    let act = Act::begin(app, actor, Permission::CampaignReview, "campaign", Some(name)).await?;
    let slug = named::slug(name)?;
    let decided = if approved { "approved" } else { "rejected" };
    let texts = match delivery {
        Some(row) => {
            let slug = slug.clone();
            act.write(move |unit, _| one(unit, &slug, DeliveryId(row), approved)).await?
        }
        None => {
            let (mut texts, mut after) = (0, None);
            loop {
                let slug = slug.clone();
                let chunk = act.write_if(move |unit, _| some(unit, &slug, after, approved)).await?;
                let Some(Chunk { count, last }) = chunk else { break texts };
                texts += count;
                after = Some(last);
            }
        }
    };
    let wanted = slug.clone();
    let waiting =
        act.read(move |unit| Ok(unit.draft_tally(written(unit, &wanted)?.id)?.waiting)).await?;
    let campaign = slug.to_string();
    Ok(json::Review { schema: "tg.review/1", campaign, decided, texts, waiting })
}

/// A campaign that has personal texts.
fn written(unit: &dyn Unit, name: &Slug) -> Result<Campaign, AppError> {
    let campaign = named::campaign(unit, name)?;
    if unit.personal(campaign.id)?.is_none() {
        let message = format!("the campaign \"{name}\" has no personal texts");
        return Err(AppError::refused("not_personal", message)
            .advise("`tg campaign create --personal PROMPT` makes one that has"));
    }
    Ok(campaign)
}

fn told(approved: bool) -> &'static str {
    if approved { "approved" } else { "rejected" }
}

fn one(
    unit: &mut dyn Unit,
    name: &Slug,
    row: DeliveryId,
    approved: bool,
) -> Result<(u64, String), AppError> {
    let campaign = written(unit, name)?;
    let before = DeliveryId(row.0.saturating_sub(1));
    let waits = unit.drafts(campaign.id, true, Some(before), 1)?;
    if waits.first().is_none_or(|draft| draft.delivery != row) {
        let message = format!("no text of delivery {row} of \"{name}\" waits for a person");
        return Err(AppError::refused("not_waiting", message)
            .advise(format!("`tg campaign review {name} list` shows those that do")));
    }
    let texts = unit.decide_drafts(&[row], approved)?;
    Ok((texts, format!("the text of delivery {row} {}", told(approved))))
}

/// What one transaction decided, and where the next begins.
struct Chunk {
    count: u64,
    last: DeliveryId,
}

fn some(
    unit: &mut dyn Unit,
    name: &Slug,
    after: Option<DeliveryId>,
    approved: bool,
) -> Result<Option<(Chunk, String)>, AppError> {
    let campaign = written(unit, name)?;
    let waits = unit.drafts(campaign.id, true, after, PAGE)?;
    let rows: Vec<DeliveryId> = waits.iter().map(|draft| draft.delivery).collect();
    let Some(last) = rows.last().copied() else { return Ok(None) };
    let texts = unit.decide_drafts(&rows, approved)?;
    Ok(Some((Chunk { count: texts, last }, format!("{texts} text(s) {}", told(approved)))))
}
