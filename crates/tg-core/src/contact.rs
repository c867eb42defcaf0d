//! A person, however the operator's lists name them.

use crate::consent::OptOut;
use crate::ids::{ContactId, UserId};
use crate::peer::{Address, PhoneNumber, Username};
use std::collections::BTreeMap;

/// Names under which an import may address and describe one person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// Telegram username.
    pub username: Option<Username>,
    /// Phone number.
    pub phone: Option<PhoneNumber>,
    /// Telegram user id.
    pub user_id: Option<UserId>,
    /// First name; empty if not known.
    pub first_name: String,
    /// Last name; empty if not known.
    pub last_name: String,
    /// BCP 47 language; empty if not known.
    pub lang: String,
    /// IANA time zone; empty if not known.
    pub tz: String,
    /// Further columns of the list, by name: what a template may use.
    pub fields: BTreeMap<String, String>,
}

/// Columns that every contact has, as templates name them.
pub const STANDARD_FIELDS: [&str; 7] =
    ["first_name", "last_name", "username", "phone", "user_id", "lang", "tz"];

impl Person {
    /// Whether anything names this person to Telegram.
    #[must_use]
    pub const fn is_addressed(&self) -> bool {
        self.username.is_some() || self.phone.is_some() || self.user_id.is_some()
    }

    /// What an account can ask Telegram about, the cheaper way first; the next one is for a name
    /// that nobody has any more.
    pub fn addresses(&self) -> impl Iterator<Item = Address> {
        let username = self.username.clone().map(Address::Username);
        username.into_iter().chain(self.phone.clone().map(Address::Phone))
    }

    /// A field's value as a template sees it. Standard fields exist for everyone, empty if not
    /// known; others only if the list had the column.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<String> {
        Some(match name {
            "first_name" => self.first_name.clone(),
            "last_name" => self.last_name.clone(),
            "username" => {
                self.username.as_ref().map_or_else(String::new, |u| u.as_str().to_owned())
            }
            "phone" => self.phone.as_ref().map_or_else(String::new, |p| p.e164().to_owned()),
            "user_id" => self.user_id.map_or_else(String::new, |id| id.to_string()),
            "lang" => self.lang.clone(),
            "tz" => self.tz.clone(),
            other => return self.fields.get(other).cloned(),
        })
    }

    /// How a person is shown in tables: never a whole phone number.
    #[must_use]
    pub fn label(&self) -> String {
        self.username
            .as_ref()
            .map(ToString::to_string)
            .or_else(|| self.phone.as_ref().map(ToString::to_string))
            .or_else(|| self.user_id.map(|id| id.to_string()))
            .unwrap_or_else(|| "(no address)".to_owned())
    }
}

/// A person as the home knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Row.
    pub id: ContactId,
    /// Names and fields.
    pub person: Person,
    /// Their opt-out, if they ever opted out. Holds for the whole home.
    pub opt_out: Option<OptOut>,
}

/// One of the ways in which a command names one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContactKey {
    /// `@name`
    Username(Username),
    /// `+4930…`
    Phone(PhoneNumber),
    /// Digits.
    UserId(UserId),
}
