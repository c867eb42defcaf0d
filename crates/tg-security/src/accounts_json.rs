//! The file from which accounts with their sessions are imported: `accounts.json`.
//!
//! A list of `{"name", "user_id", "is_bot", "phone", "home_dc", "dcs": {"2": "IP:PORT"}, "keys":
//! {"2": HEX}}`. Bounded in size and depth; every fault names its place; no fault quotes a key.

mod entry;

use crate::validate::{JsonBounds, JsonError, JsonPlace, read_json_with};
use entry::{Entry, Fault};
use serde::Deserialize;
use serde::de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor};
use std::collections::BTreeMap;
use std::fmt;
use tg_core::ids::{Slug, UserId};
use tg_core::peer::PhoneNumber;
use tg_core::ports::Session;

/// The largest file, in bytes.
pub const MAX_ACCOUNTS_FILE: usize = 16 << 20;
const MAX_DEPTH: usize = 16;

/// An account with its session, as the file gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedAccount {
    /// The operator's name for it.
    pub name: Slug,
    /// What a connection starts from.
    pub session: Session,
    /// Its own number, if it has one.
    pub phone: Option<PhoneNumber>,
    /// Whether every data centre it knows is on a loopback address.
    pub loopback: bool,
}

/// Reads the text of the file.
///
/// # Errors
/// Names the first fault: size, depth, syntax, a value, or an account that comes twice.
pub fn parse(text: &[u8]) -> Result<Vec<ImportedAccount>, JsonError> {
    let bounds = JsonBounds { document: "accounts", bytes: MAX_ACCOUNTS_FILE, depth: MAX_DEPTH };
    let mut found = None;
    read_json_with(List { fault: &mut found }, text, bounds).map_err(|error| match (error, found) {
        (JsonError::Fault { place, .. }, Some(Fault { path, reason })) => {
            let path = format!("{}{path}", bounds.document);
            JsonError::Fault { reason, place: JsonPlace { path, ..place } }
        }
        (error, _) => error,
    })
}

/// The list as a whole.
struct List<'a> {
    fault: &'a mut Option<Fault>,
}

impl<'de> DeserializeSeed<'de> for List<'_> {
    type Value = Vec<ImportedAccount>;

    fn deserialize<D: de::Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for List<'_> {
    type Value = Vec<ImportedAccount>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of accounts")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut accounts: Vec<ImportedAccount> = Vec::new();
        let mut seen = Seen::default();
        loop {
            let one = One { index: accounts.len(), seen: &mut seen, fault: &mut *self.fault };
            match list.next_element_seed(one)? {
                Some(account) => accounts.push(account),
                None => return Ok(accounts),
            }
        }
    }
}

/// One account. Judged inside its braces: there the parser still knows the line.
struct One<'a> {
    index: usize,
    seen: &'a mut Seen,
    fault: &'a mut Option<Fault>,
}

impl<'de> DeserializeSeed<'de> for One<'_> {
    type Value = ImportedAccount;

    fn deserialize<D: de::Deserializer<'de>>(self, from: D) -> Result<ImportedAccount, D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for One<'_> {
    type Value = ImportedAccount;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an account")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ImportedAccount, A::Error> {
        let entry = Entry::deserialize(de::value::MapAccessDeserializer::new(map))?;
        let judged = entry.judge().and_then(|account| {
            self.seen.add(&account, self.index)?;
            Ok(account)
        });
        judged.map_err(|Fault { path, reason }| {
            *self.fault = Some(Fault { path: format!("[{}]{path}", self.index), reason });
            de::Error::custom("an account cannot be used")
        })
    }
}

/// What earlier accounts of the file have taken.
#[derive(Default)]
struct Seen {
    names: BTreeMap<Slug, usize>,
    users: BTreeMap<UserId, usize>,
}

impl Seen {
    fn add(&mut self, account: &ImportedAccount, index: usize) -> Result<(), Fault> {
        let twice = |field: &str, first: usize| {
            Fault::at(format!(".{field}"), format!("the same as in accounts[{first}]"))
        };
        if let Some(first) = self.names.insert(account.name.clone(), index) {
            return Err(twice("name", first));
        }
        if let Some(first) = self.users.insert(account.session.user_id, index) {
            return Err(twice("user_id", first));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
