//! Contacts: everything about one person.

use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::json;
use crate::moment::Moment;
use crate::named;
use crate::permissions::Permission;
use tg_core::campaign::CampaignState;
use tg_core::contact::{Contact, ContactKey};
use tg_core::ids::Slug;
use tg_core::ports::Unit;
use tg_core::time::Timestamp;
use tg_security::validate::PhoneRules;
use tg_security::validate::list::MAX_TAGS;

/// Most deliveries that one person's page shows.
const MAX_DELIVERIES: usize = 1_000;
/// Most messages of theirs that it shows.
const MAX_MESSAGES: usize = 1_000;

/// Everything about one person, named by username, phone number or user id; nothing is masked.
///
/// # Errors
/// If `who` is none of these, or nobody is known by it.
pub async fn show(app: &App, actor: &Actor, who: &str) -> Result<json::ContactDetail, AppError> {
    // The object names nobody: what was typed may be a phone number.
    let act = Act::begin(app, actor, Permission::ContactShow, "contact", None).await?;
    let key = key(who)?;
    let now = app.clock.now();
    act.read(move |unit| {
        let contact = found(unit, &key)?;
        detail(unit, contact, now)
    })
    .await
}

/// Gives one person labels and takes others away. Adding one that is there, and removing one that
/// is not, changes nothing.
///
/// # Errors
/// If a label is none, or nobody is known by `who`.
pub async fn tag(
    app: &App,
    actor: &Actor,
    who: &str,
    changes: (&[String], &[String]),
) -> Result<json::ContactTags, AppError> {
    let act = Act::begin(app, actor, Permission::ContactTag, "contact", None).await?;
    let key = key(who)?;
    let (add, remove) = (named::tags(changes.0)?, named::tags(changes.1)?);
    act.write(move |unit, _| {
        let contact = found(unit, &key)?;
        unit.tag_contact(contact.id, &add, &remove)?;
        let tags = unit.contact_tags(contact.id)?;
        if tags.len() > MAX_TAGS {
            return Err(AppError::refused(
                "too_many_tags",
                format!("a person has at most {MAX_TAGS} tags"),
            ));
        }
        let told = format!("contact {}, tags: {}", contact.id, tags.join(" "));
        Ok((json::ContactTags { schema: "tg.contact_tags/1", id: contact.id.0, tags }, told))
    })
    .await
}

/// Reads how a command names one person.
pub(crate) fn key(who: &str) -> Result<ContactKey, AppError> {
    // Somebody is looked up: a test number that is not known here is simply not found.
    let rules = PhoneRules { region: None, test_numbers: true };
    tg_security::parse_who(who, &rules).map_err(|error| {
        AppError::usage("who", error.to_string())
            .advise("name people by @username, by +49… or by their Telegram user id")
    })
}

/// The person whom a key names.
pub(crate) fn found(unit: &dyn Unit, key: &ContactKey) -> Result<Contact, AppError> {
    unit.find_contact(key)?.ok_or_else(|| unknown(&[masked(key)]))
}

/// Nobody is known by these names.
pub(crate) fn unknown(names: &[String]) -> AppError {
    AppError::not_found(format!("nobody is known here as {}", names.join(", ")))
        .advise("only people of an imported audience are known")
}

/// How a key is shown in an error.
pub(crate) fn masked(key: &ContactKey) -> String {
    match key {
        ContactKey::Username(name) => name.to_string(),
        ContactKey::Phone(phone) => phone.to_string(),
        ContactKey::UserId(id) => id.to_string(),
    }
}

fn detail(
    unit: &dyn Unit,
    contact: Contact,
    now: Timestamp,
) -> Result<json::ContactDetail, AppError> {
    let id = contact.id;
    let consents = unit.consents(id)?;
    let (everywhere, on): (Vec<_>, Vec<_>) =
        unit.suppressions(id)?.into_iter().partition(Option::is_none);
    // What is staged of a draft is not visible yet.
    let drafts = unit.campaigns(&[CampaignState::Draft])?;
    let mut deliveries = unit.deliveries_to(id, MAX_DELIVERIES)?;
    deliveries.retain(|(_, record)| drafts.iter().all(|draft| draft.id != record.campaign));
    let accounts = deliveries.iter().filter_map(|(_, record)| record.account.as_ref());
    let moment = Moment::read(unit, accounts.map(|(account, _)| *account), now)?;
    let person = contact.person;
    let messages = match person.user_id {
        Some(user) => unit.messages_with(user, MAX_MESSAGES)?,
        None => Vec::new(),
    };
    Ok(json::ContactDetail {
        schema: "tg.contact/1",
        id: id.0,
        person: json::Person::from(&person),
        tags: unit.contact_tags(id)?,
        waiting_on: unit.waiting_on(id)?.iter().map(Slug::to_string).collect(),
        consents: consents
            .into_iter()
            .map(|(audience, consent)| json::GivenConsent {
                audience: audience.to_string(),
                source: consent.source,
                at: json::rfc3339(consent.at),
                evidence: consent.evidence,
                scope: consent.scope,
            })
            .collect(),
        opt_out: contact
            .opt_out
            .map(|no| json::ContactOptOut { at: json::rfc3339(no.at), how: no.how }),
        suppressed_everywhere: !everywhere.is_empty(),
        suppressed_on: on.into_iter().flatten().map(|audience| audience.to_string()).collect(),
        deliveries: deliveries
            .iter()
            .map(|(campaign, record)| json::Delivery::new(campaign, record, &moment))
            .collect(),
        messages: messages.iter().map(json::Message::from).collect(),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::testing::{Home, local};
    use crate::{Kind, audiences};
    use tg_core::delivery::Event;

    #[tokio::test]
    async fn one_person_is_shown_whole() {
        let home = Home::new();
        home.spring(1).await;
        home.people("news", "user_id,phone,first_name,city\n1,+491511234567,Ann,Bonn\n")
            .await
            .unwrap();
        let draft = show(&home.app, &local(), "1").await.unwrap();
        assert!(draft.deliveries.is_empty());
        crate::campaigns::start(&home.app, &local(), "spring", &mut |_, _| {}).await.unwrap();
        for account in ["acc-1", "acc-2"] {
            home.send(account, 1, Some(Event::Delivered)).await;
        }
        let who = ["1".to_owned()];
        audiences::suppress(&home.app, &local(), Some("news"), &who).await.unwrap();
        let by_phone = show(&home.app, &local(), "+49 151 1234567").await.unwrap();
        let by_name = show(&home.app, &local(), "@PERSON0001").await.unwrap();
        assert_eq!(by_phone, by_name);
        insta::assert_json_snapshot!(by_phone);
    }

    #[tokio::test]
    async fn nobody_is_told_from_not_a_name() {
        let home = Home::new();
        let nobody = show(&home.app, &local(), "+491511234567").await.unwrap_err();
        assert_eq!(nobody.kind(), Kind::NotFound);
        assert!(!nobody.to_string().contains("1234567"), "{nobody}");
        let nonsense = show(&home.app, &local(), "?!").await.unwrap_err();
        assert_eq!(nonsense.kind(), Kind::Usage);
    }
}
