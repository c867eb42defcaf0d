//! Who wrote, the latest first.

use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::json;
use crate::named;
use crate::permissions::Permission;
use tg_core::contact::ContactKey;
use tg_core::ports::{InboxFilter, Unit};

/// Most conversations of one list.
const MAX_CONVERSATIONS: usize = 1_000;

/// Which conversations are asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted<'a> {
    /// With this account.
    pub account: Option<&'a str>,
    /// In answer to this campaign.
    pub campaign: Option<&'a str>,
    /// Only those that wait for an answer.
    pub unanswered: bool,
}

/// Conversations, the latest first, at most 1,000.
///
/// # Errors
/// If there is no account or campaign of that name.
pub async fn list(app: &App, actor: &Actor, wanted: Wanted<'_>) -> Result<json::Inbox, AppError> {
    let act = Act::begin(app, actor, Permission::InboxList, "inbox", None).await?;
    let account = wanted.account.map(named::slug).transpose()?;
    let campaign = wanted.campaign.map(named::slug).transpose()?;
    let unanswered = wanted.unanswered;
    act.read(move |unit| {
        let account = account.map(|name| named::account(unit, &name)).transpose()?;
        let campaign = campaign.map(|name| named::campaign(unit, &name)).transpose()?;
        let filter = InboxFilter {
            account: account.map(|account| account.id),
            campaign: campaign.map(|campaign| campaign.id),
            unanswered,
        };
        let conversations = unit
            .conversations(&filter, MAX_CONVERSATIONS)?
            .into_iter()
            .map(|conversation| shaped(unit, conversation))
            .collect::<Result<_, AppError>>()?;
        Ok(json::Inbox { schema: "tg.inbox/1", conversations })
    })
    .await
}

fn shaped(
    unit: &dyn Unit,
    conversation: tg_core::ports::Conversation,
) -> Result<json::Conversation, AppError> {
    let contact = unit.find_contact(&ContactKey::UserId(conversation.user))?;
    Ok(json::Conversation::new(conversation, contact.as_ref()))
}
