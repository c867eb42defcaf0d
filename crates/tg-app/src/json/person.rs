//! Who somebody is, as far as a list says it: the columns that results about one person share.

use serde::Serialize;
use std::collections::BTreeMap;

/// One person, whole: nothing is masked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Person {
    /// Telegram username, without the @.
    pub username: Option<String>,
    /// Phone number in E.164.
    pub phone: Option<String>,
    /// Telegram user id.
    pub user_id: Option<i64>,
    /// Empty if not known.
    pub first_name: String,
    /// Empty if not known.
    pub last_name: String,
    /// Empty if not known.
    pub lang: String,
    /// Empty if not known.
    pub tz: String,
    /// Further columns, by name.
    pub fields: BTreeMap<String, String>,
}

impl From<&tg_core::contact::Person> for Person {
    fn from(person: &tg_core::contact::Person) -> Self {
        Self {
            username: person.username.as_ref().map(|name| name.as_str().to_owned()),
            phone: person.phone.as_ref().map(|phone| phone.e164().to_owned()),
            user_id: person.user_id.map(|id| id.0),
            first_name: person.first_name.clone(),
            last_name: person.last_name.clone(),
            lang: person.lang.clone(),
            tz: person.tz.clone(),
            fields: person.fields.clone(),
        }
    }
}
