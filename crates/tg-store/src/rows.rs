//! Between rows and the domain: what a column means, once.

use rusqlite::Row;
use rusqlite::types::Type;
use std::collections::BTreeMap;
use tg_core::campaign::CampaignState;
use tg_core::contact::Person;
use tg_core::delivery::{Check, DeliveryState, Exposure, Outcome, Reason};
use tg_core::failure::{Method, WaitScope};
use tg_core::ids::{Slug, UserId};
use tg_core::peer::{PhoneNumber, Username};
use tg_core::time::Timestamp;
use uuid::Uuid;

/// A value that this program never writes.
pub(crate) fn unreadable(what: &'static str) -> rusqlite::Error {
    let text = format!("a stored {what} cannot be read");
    rusqlite::Error::FromSqlConversionFailure(0, Type::Null, text.into())
}

/// A name.
pub(crate) fn slug(row: &Row<'_>, column: usize) -> rusqlite::Result<Slug> {
    Slug::try_from(row.get::<_, String>(column)?).map_err(|_| unreadable("name"))
}

/// A time that may be unknown.
pub(crate) fn time(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(Timestamp))
}

/// A count.
pub(crate) fn count(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    u64::try_from(row.get::<_, i64>(column)?).map_err(|_| unreadable("count"))
}

/// An identity.
pub(crate) fn uuid(row: &Row<'_>, column: usize) -> rusqlite::Result<Uuid> {
    row.get(column).map(Uuid::from_bytes)
}

/// A phone number that may be unknown.
pub(crate) fn phone(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<PhoneNumber>> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| PhoneNumber::from_e164(&text).map_err(|_| unreadable("phone number")))
        .transpose()
}

/// The columns of a person, in the order that [`person`] reads, of the table called `c`. A macro,
/// so that statements which run all the time are literals.
macro_rules! person_columns {
    () => {
        "c.username, c.phone, c.user_id, c.first_name, c.last_name, c.lang, c.tz, c.fields"
    };
}
/// How many columns that is.
pub(crate) const PERSON_COLUMNS: usize = 8;

/// A person from the columns of `person_columns`, beginning at `at`.
pub(crate) fn person(row: &Row<'_>, at: usize) -> rusqlite::Result<Person> {
    let username: Option<String> = row.get(at)?;
    Ok(Person {
        username: username
            .map(|name| Username::parse(&name).map_err(|_| unreadable("username")))
            .transpose()?,
        phone: phone(row, at + 1)?,
        user_id: row.get::<_, Option<i64>>(at + 2)?.map(UserId),
        first_name: row.get(at + 3)?,
        last_name: row.get(at + 4)?,
        lang: row.get(at + 5)?,
        tz: row.get(at + 6)?,
        fields: fields(row.get_ref(at + 7)?.as_str()?)?,
    })
}

fn fields(json: &str) -> rusqlite::Result<BTreeMap<String, String>> {
    if json == "{}" {
        return Ok(BTreeMap::new());
    }
    serde_json::from_str(json).map_err(|_| unreadable("set of fields"))
}

/// Fields as they are stored.
pub(crate) fn fields_json(fields: &BTreeMap<String, String>) -> rusqlite::Result<String> {
    serde_json::to_string(fields).map_err(|e| rusqlite::Error::ToSqlConversionFailure(e.into()))
}

/// The columns of a delivery's state, in the order that [`state`] reads, of the table called `d`.
macro_rules! state_columns {
    () => {
        "d.state, d.parts, d.part, d.ambiguous, d.in_flight, d.check_kind, d.reason"
    };
}

pub(crate) use {person_columns, state_columns};

/// How many columns that is.
pub(crate) const STATE_COLUMNS: usize = 7;

/// The columns of `state_columns`, as they are written.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct StateColumns<'a> {
    pub(crate) state: u8,
    pub(crate) exposure: Option<&'a Exposure>,
    pub(crate) check_kind: u8,
    pub(crate) reason: Option<Reason>,
}

impl<'a> StateColumns<'a> {
    /// How a state is stored.
    pub(crate) fn of(state: &'a DeliveryState) -> Self {
        let ended = |state, reason: Option<&Reason>| Self {
            state,
            exposure: None,
            check_kind: 0,
            reason: reason.cloned(),
        };
        match state {
            DeliveryState::Planned => ended(0, None),
            DeliveryState::Claimed(exposure) => {
                let (check_kind, reason) = match &exposure.check {
                    None => (0, None),
                    Some(Check::Expired) => (1, None),
                    Some(Check::Ineligible(reason)) => (2, Some(reason.clone())),
                    Some(Check::Refused(reason)) => (3, Some(reason.clone())),
                    Some(Check::StillInFlight) => (4, None),
                };
                Self { state: 1, exposure: Some(exposure), check_kind, reason }
            }
            DeliveryState::Done(Outcome::Sent) => ended(2, None),
            DeliveryState::Done(Outcome::Failed(reason)) => ended(3, Some(reason)),
            DeliveryState::Done(Outcome::Skipped(reason)) => ended(4, Some(reason)),
            DeliveryState::Done(Outcome::Unknown(reason)) => ended(5, Some(reason)),
            DeliveryState::Done(Outcome::Canceled) => ended(6, None),
        }
    }
}

/// A campaign's state.
pub(crate) fn campaign_state(row: &Row<'_>, at: usize) -> rusqlite::Result<CampaignState> {
    CampaignState::parse(row.get_ref(at)?.as_str()?).ok_or_else(|| unreadable("campaign state"))
}

/// A delivery's state from the columns of `state_columns`, beginning at `at`.
pub(crate) fn state(row: &Row<'_>, at: usize) -> rusqlite::Result<DeliveryState> {
    let reason = || reason(row, at + 6);
    Ok(match row.get::<_, u8>(at)? {
        0 => DeliveryState::Planned,
        1 => DeliveryState::Claimed(exposure(row, at)?),
        2 => DeliveryState::Done(Outcome::Sent),
        3 => DeliveryState::Done(Outcome::Failed(reason()?)),
        4 => DeliveryState::Done(Outcome::Skipped(reason()?)),
        5 => DeliveryState::Done(Outcome::Unknown(reason()?)),
        6 => DeliveryState::Done(Outcome::Canceled),
        _ => return Err(unreadable("delivery state")),
    })
}

/// A claimed delivery's exposure from the columns of `state_columns`, beginning at `at`.
pub(crate) fn exposure(row: &Row<'_>, at: usize) -> rusqlite::Result<Exposure> {
    let check = match row.get::<_, u8>(at + 5)? {
        0 => None,
        1 => Some(Check::Expired),
        2 => Some(Check::Ineligible(reason(row, at + 6)?)),
        3 => Some(Check::Refused(reason(row, at + 6)?)),
        4 => Some(Check::StillInFlight),
        _ => return Err(unreadable("check")),
    };
    Ok(Exposure {
        parts: row.get(at + 1)?,
        part: row.get(at + 2)?,
        ambiguous: row.get(at + 3)?,
        in_flight: row.get(at + 4)?,
        check,
    })
}

fn reason(row: &Row<'_>, column: usize) -> rusqlite::Result<Reason> {
    row.get_ref(column)?.as_str().map(Reason::named).map_err(|_| unreadable("reason"))
}

/// How a wait's scope is stored.
pub(crate) fn scope_name(scope: WaitScope) -> String {
    match scope {
        WaitScope::Account => "account".to_owned(),
        WaitScope::Chat => "chat".to_owned(),
        WaitScope::Method(method) => format!("method:{}", method.as_str()),
    }
}

/// The inverse of [`scope_name`].
pub(crate) fn scope(name: &str) -> rusqlite::Result<WaitScope> {
    Ok(match name {
        "account" => WaitScope::Account,
        "chat" => WaitScope::Chat,
        other => {
            let method = other.strip_prefix("method:").and_then(Method::parse);
            WaitScope::Method(method.ok_or_else(|| unreadable("wait"))?)
        }
    })
}
