//! What a campaign would say to people: which variant, in which language, through which account.

use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::contacts;
use crate::error::AppError;
use crate::json;
use crate::named;
use crate::permissions::Permission;
use crate::templates::MAX_PREVIEWS;
use tg_core::account::Account;
use tg_core::campaign::Campaign;
use tg_core::contact::Contact;
use tg_core::content::{Choice, Content};
use tg_core::ports::{IdKey, Unit};

/// Campaigns of one person among which the delivery is looked for.
const RECENT: usize = 1_000;

/// What a campaign says to one person, or to the first `count` people of its audience. `key` is the
/// home's: who gets which variant follows from it.
///
/// # Errors
/// If there is no such campaign or person.
pub async fn preview(
    app: &App,
    actor: &Actor,
    name: &str,
    who: Option<&str>,
    count: usize,
    key: std::sync::Arc<dyn IdKey>,
) -> Result<json::Previews, AppError> {
    let act = Act::begin(app, actor, Permission::CampaignPreview, "campaign", Some(name)).await?;
    let name = named::slug(name)?;
    let who = who.map(contacts::key).transpose()?;
    act.read(move |unit| {
        let campaign = named::campaign(unit, &name)?;
        let content = Content::read(unit, &campaign)?;
        let people = match &who {
            Some(who) => vec![contacts::found(unit, who)?],
            None => unit.members(campaign.audience, None, count.clamp(1, MAX_PREVIEWS))?,
        };
        let shown = |contact: &Contact| {
            let choice =
                content.choose(campaign.uuid, contact.id, &contact.person.lang, key.as_ref());
            let account = sender(unit, &campaign, contact)?.map(|account| account.name.to_string());
            Ok(previewed(&campaign, contact, &choice, account))
        };
        let previews = people.iter().map(shown).collect::<Result<_, AppError>>()?;
        Ok(json::Previews {
            schema: "tg.preview/1",
            campaign: Some(name.to_string()),
            template: unit.template(campaign.template)?.name.to_string(),
            audience: unit.audience(campaign.audience)?.name.to_string(),
            previews,
        })
    })
    .await
}

fn previewed(
    campaign: &Campaign,
    contact: &Contact,
    choice: &Choice<'_>,
    account: Option<String>,
) -> json::Preview {
    let (messages, error) = match choice.template.render(&contact.person) {
        Ok(messages) => (messages, None),
        Err(error) => (Vec::new(), Some(error.to_string())),
    };
    json::Preview {
        contact: contact.person.label(),
        lang: (!choice.lang.is_empty()).then(|| choice.lang.to_owned()),
        variant: variant_name(campaign, choice.variant),
        account,
        messages,
        error,
    }
}

/// The operator's name for a variant.
pub(super) fn variant_name(campaign: &Campaign, variant: Option<u16>) -> Option<String> {
    Some(campaign.variants.get(usize::from(variant?))?.name.clone())
}

/// Who would write to somebody: the account that has the delivery, else one that knows them.
pub(super) fn sender(
    unit: &dyn Unit,
    campaign: &Campaign,
    contact: &Contact,
) -> Result<Option<Account>, AppError> {
    let deliveries = unit.deliveries_to(contact.id, RECENT)?;
    let has = deliveries.iter().find(|(_, row)| row.campaign == campaign.id);
    let has = has.and_then(|(_, row)| row.account.as_ref().map(|(id, _)| *id));
    let accounts = unit.accounts()?;
    let of_campaign = || accounts.iter().filter(|a| campaign.accounts.contains(&a.id));
    if let Some(id) = has {
        return Ok(accounts.iter().find(|account| account.id == id).cloned());
    }
    let Some(user) = contact.person.user_id else { return Ok(None) };
    for account in of_campaign() {
        if unit.peer(account.id, user)?.is_some() {
            return Ok(Some(account.clone()));
        }
    }
    Ok(None)
}
