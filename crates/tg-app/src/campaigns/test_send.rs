//! Sending what a campaign says to an account's own Saved Messages, before anybody else reads it.

use super::preview::{sender, variant_name};
use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::contacts;
use crate::error::AppError;
use crate::json;
use crate::named;
use crate::permissions::Permission;
use std::sync::Arc;
use tg_core::account::Account;
use tg_core::campaign::Campaign;
use tg_core::contact::Contact;
use tg_core::content::Content;
use tg_core::ids::{ReplyId, Slug};
use tg_core::ports::{IdKey, NewReply, Unit};
use uuid::Uuid;

/// What is tried.
#[derive(Clone, Copy, Debug)]
pub struct NewTest<'a> {
    /// The campaign, whatever its state.
    pub campaign: &'a str,
    /// As this person would read it: username, phone number or user id; the first of the audience if
    /// nobody is named.
    pub contact: Option<&'a str>,
    /// Through this account; the one that would write to them if none is named.
    pub account: Option<&'a str>,
}

/// Records a test, which the engine sends once, to the account's own Saved Messages. It counts for
/// no campaign, and asks nobody's consent: nobody but the operator reads it.
///
/// # Errors
/// If there is no such campaign, person or account; a refusal if the account cannot send or is a
/// bot, which has no Saved Messages, or if the message cannot be made for this person.
pub async fn test(
    app: &App,
    actor: &Actor,
    new: NewTest<'_>,
    key: Arc<dyn IdKey>,
) -> Result<json::TestSend, AppError> {
    let name = new.campaign;
    let act = Act::begin(app, actor, Permission::CampaignTest, "campaign", Some(name)).await?;
    let name = named::slug(name)?;
    let who = new.contact.map(contacts::key).transpose()?;
    let account = new.account.map(named::slug).transpose()?;
    let entropy = Arc::clone(&app.entropy);
    act.write(move |unit, at| {
        let campaign = named::campaign(unit, &name)?;
        let contact = match &who {
            Some(who) => contacts::found(unit, who)?,
            None => first_member(unit, &campaign)?,
        };
        let account = chosen(unit, &campaign, &contact, account.as_ref())?;
        let content = Content::read(unit, &campaign)?;
        let person = &contact.person;
        let choice = content.choose(campaign.uuid, contact.id, &person.lang, key.as_ref());
        let bodies = choice.template.render(person).map_err(|error| {
            AppError::refused(
                "template",
                format!("nothing can be sent to {}: {error}", person.label()),
            )
            .advise(format!("`tg campaign preview {name}` shows what people would read"))
        })?;
        let mut messages = Vec::with_capacity(bodies.len());
        for body in bodies {
            let mut bytes = [0; 16];
            entropy.fill(&mut bytes);
            let uuid: Uuid = uuid::Builder::from_random_bytes(bytes).into_uuid();
            let new =
                NewReply { uuid, account: account.id, user: account.user_id, body, is_test: true };
            let id = unit.add_reply(&new, at)?;
            messages.push(json::Reply::from(&unit.reply(id)?));
        }
        let detail = format!("{} message(s) to account {} itself", messages.len(), account.name);
        let test = json::TestSend {
            schema: "tg.campaign_test/1",
            campaign: name.to_string(),
            contact: person.label(),
            variant: variant_name(&campaign, choice.variant),
            lang: (!choice.lang.is_empty()).then(|| choice.lang.to_owned()),
            account: account.name.to_string(),
            messages,
        };
        Ok((test, detail))
    })
    .await
}

/// Where the messages of a test stand now.
///
/// # Errors
/// If they are not there any more.
pub async fn test_status(
    app: &App,
    actor: &Actor,
    mut test: json::TestSend,
) -> Result<json::TestSend, AppError> {
    let name = test.campaign.clone();
    let act = Act::begin(app, actor, Permission::CampaignTest, "campaign", Some(&name)).await?;
    act.read(move |unit| {
        for message in &mut test.messages {
            *message = json::Reply::from(&unit.reply(ReplyId(message.reply))?);
        }
        Ok(test)
    })
    .await
}

fn first_member(unit: &dyn Unit, campaign: &Campaign) -> Result<Contact, AppError> {
    let first = unit.members(campaign.audience, None, 1)?.into_iter().next();
    first.ok_or_else(|| AppError::refused("nobody", "the campaign's audience is empty"))
}

/// The account that sends: the one that was named, else the one that would write to this person, else
/// any of the campaign's.
fn chosen(
    unit: &dyn Unit,
    campaign: &Campaign,
    contact: &Contact,
    wanted: Option<&Slug>,
) -> Result<Account, AppError> {
    if let Some(name) = wanted {
        let account = named::account(unit, name)?;
        return usable(&account).map(|()| account);
    }
    let would = sender(unit, campaign, contact)?;
    if let Some(account) = would.filter(|account| usable(account).is_ok()) {
        return Ok(account);
    }
    let all = unit.accounts()?;
    let mut of_campaign = all.into_iter().filter(|a| campaign.accounts.contains(&a.id)).peekable();
    let first = of_campaign.peek().cloned();
    match (of_campaign.find(|account| usable(account).is_ok()), first) {
        (Some(account), _) => Ok(account),
        (None, Some(account)) => usable(&account).map(|()| account),
        (None, None) => Err(AppError::refused("no_accounts", "the campaign has no account")),
    }
}

/// Whether an account can write to itself.
fn usable(account: &Account) -> Result<(), AppError> {
    let refused = |code, why: String| {
        Err(AppError::refused(code, format!("the account \"{}\" {why}", account.name))
            .advise("name another one with `--account`"))
    };
    if account.is_bot {
        return refused("bot", "is a bot, which has no Saved Messages".to_owned());
    }
    if !account.state.may_send() {
        return refused("account_state", format!("is {} and cannot send", account.state.name()));
    }
    Ok(())
}
