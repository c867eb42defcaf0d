//! The file from which accounts with their sessions are imported: `accounts.json`.
//!
//! A list of `{"name", "user_id", "is_bot", "phone", "home_dc", "dcs": {"2": "IP:PORT"}, "keys":
//! {"2": HEX}}`. Bounded in size and depth; every fault names its path and line; no fault quotes a
//! key.

mod entry;

use crate::validate::{TooDeep, check_depth};
use entry::{Entry, Fault};
use serde::Deserialize;
use serde::de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor};
use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use tg_core::ids::{Slug, UserId};
use tg_core::peer::PhoneNumber;
use tg_core::ports::Session;
use zeroize::Zeroizing;

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

/// Why no account could be taken from the file.
#[derive(Debug, thiserror::Error)]
pub enum AccountsFileError {
    /// The file could not be read.
    #[error("the accounts file could not be read")]
    Io(#[from] io::Error),
    /// It is larger than [`MAX_ACCOUNTS_FILE`].
    #[error("the accounts file is larger than {} MiB", MAX_ACCOUNTS_FILE >> 20)]
    TooLarge,
    /// It is nested too deeply.
    #[error("the accounts file is no list of accounts: {0}")]
    TooDeep(TooDeep),
    /// A value is wrong, or it is no JSON.
    #[error("{path}: {reason}, line {line}")]
    Fault {
        /// Where in the document, such as `accounts[3].keys.2`.
        path: String,
        /// What is wrong. Never quotes a key.
        reason: String,
        /// The line, counted from 1.
        line: usize,
    },
}

/// Reads the file at `path`; its text is wiped from memory afterwards.
///
/// # Errors
/// If it cannot be read; those of [`parse`].
pub fn load(path: &Path) -> Result<Vec<ImportedAccount>, AccountsFileError> {
    let file = File::open(path)?;
    let length = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
    if length > MAX_ACCOUNTS_FILE {
        return Err(AccountsFileError::TooLarge);
    }
    // Room for all of it from the start: a buffer that grows leaves copies behind.
    let mut text = Zeroizing::new(Vec::with_capacity(length + 1));
    let limit = u64::try_from(MAX_ACCOUNTS_FILE).unwrap_or(u64::MAX);
    file.take(limit + 1).read_to_end(&mut text)?;
    parse(&text)
}

/// Reads the text of the file.
///
/// # Errors
/// Names the first fault: size, depth, syntax, a value, or an account that comes twice.
pub fn parse(text: &[u8]) -> Result<Vec<ImportedAccount>, AccountsFileError> {
    if text.len() > MAX_ACCOUNTS_FILE {
        return Err(AccountsFileError::TooLarge);
    }
    check_depth(text, MAX_DEPTH).map_err(AccountsFileError::TooDeep)?;
    let mut fault = None;
    let mut json = serde_json::Deserializer::from_slice(text);
    let mut track = serde_path_to_error::Track::new();
    let tracked = serde_path_to_error::Deserializer::new(&mut json, &mut track);
    let accounts = List { fault: &mut fault }
        .deserialize(tracked)
        .map_err(|error| explain(&error, &track.path().to_string(), fault))?;
    json.end().map_err(|error| explain(&error, ".", None))?;
    Ok(accounts)
}

/// An error of the parser as one of ours, with the fault behind it if it was one that we found.
fn explain(error: &serde_json::Error, path: &str, fault: Option<Fault>) -> AccountsFileError {
    let line = error.line();
    if let Some(Fault { path, reason }) = fault {
        return AccountsFileError::Fault { path: format!("accounts{path}"), reason, line };
    }
    let path = without_long_names(path);
    let path = match path.as_str() {
        "." => "accounts".to_owned(),
        path if path.starts_with('[') => format!("accounts{path}"),
        path => format!("accounts.{path}"),
    };
    let text = error.to_string();
    let place = format!(" at line {} column {}", line, error.column());
    let reason = text.strip_suffix(&place).unwrap_or(&text);
    AccountsFileError::Fault { path, reason: without_values(reason), line }
}

/// The longest part of the file's text that an error may repeat, in characters: a name, not a key.
const LONGEST: usize = 32;

/// The parser quotes a string that it did not expect: a key in the wrong place would be shown.
fn without_values(reason: &str) -> String {
    let parts = reason.split('"').enumerate().map(|(n, part)| {
        let quoted = n % 2 == 1;
        if quoted && part.chars().nth(LONGEST).is_some() { "[…]" } else { part }
    });
    let text = parts.collect::<Vec<_>>().join("\"");
    // Whatever else is in it, a reason is a sentence.
    text.chars().take(4 * LONGEST).collect()
}

/// The same for a path: a key may stand where a member's name belongs.
fn without_long_names(path: &str) -> String {
    let short = |name: &str| name.chars().nth(LONGEST).is_none();
    let parts = path.split('.').map(|name| if short(name) { name } else { "[…]" });
    parts.take(8).collect::<Vec<_>>().join(".")
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
