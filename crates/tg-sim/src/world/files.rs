//! The files by which others learn about the world: `world.json`, `accounts.json`, `logins.json`, `people.csv`,
//! `users.json`, `proxies.txt`.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use super::generate::World;
use super::logins::Spare;
use super::person::{Identity, Person};
use super::spec::WorldSpec;
use crate::error::SimError;
use crate::proxies::Proxy;

/// The ports that a world keeps over restarts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ports {
    pub(crate) dcs: BTreeMap<i32, u16>,
    pub(crate) control: u16,
    /// 0 in files of worlds that had no SMS gateways.
    #[serde(default)]
    pub(crate) sms: u16,
    /// Of the proxies, in their order.
    #[serde(default)]
    pub(crate) proxies: Vec<u16>,
    /// 0 in files of worlds that had no Gemini endpoint.
    #[serde(default)]
    pub(crate) gemini: u16,
}

/// `world.json`: enough to make the same world again at the same addresses.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct WorldFile {
    pub(crate) world: WorldSpec,
    pub(crate) ports: Ports,
}

const WORLD: &str = "world.json";

impl WorldFile {
    /// Reads the folder's world, if there is one.
    pub(crate) fn read(state_dir: &Path) -> Result<Option<Self>, SimError> {
        let path = state_dir.join(WORLD);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(SimError::file("read", path, error)),
        };
        serde_json::from_str(&text).map(Some).map_err(|source| SimError::Content {
            line: u64::try_from(source.line()).unwrap_or(0),
            path,
            source,
        })
    }

    pub(crate) fn write(&self, state_dir: &Path) -> Result<(), SimError> {
        write_json(state_dir, WORLD, self)
    }

    /// Refuses a call that asks for another world than the folder holds.
    pub(crate) fn matches(
        &self,
        asked: &crate::SimConfig,
        state_dir: &Path,
    ) -> Result<(), SimError> {
        let held = &self.world;
        let dcs = asked.dcs.as_ref().map(|dcs| format!("{dcs:?}"));
        let fields = [
            ("seed", held.seed.to_string(), asked.seed.map(|n| n.to_string())),
            ("accounts", held.accounts.to_string(), asked.accounts.map(|n| n.to_string())),
            ("users", held.users.to_string(), asked.users.map(|n| n.to_string())),
            ("bots", held.bots.to_string(), asked.bots.map(|n| n.to_string())),
            ("logins", held.logins.to_string(), asked.logins.map(|n| n.to_string())),
            ("proxies", held.proxies.to_string(), asked.proxies.map(|n| n.to_string())),
            ("data centres", format!("{:?}", held.dcs), dcs),
        ];
        for (field, found, asked) in fields {
            if let Some(asked) = asked.filter(|asked| *asked != found) {
                let path = state_dir.join(WORLD);
                return Err(SimError::OtherWorld { path, field, found, asked });
            }
        }
        Ok(())
    }
}

/// One line of `accounts.json` and of `logins.json`.
#[derive(Serialize)]
struct AccountEntry<'a> {
    name: &'a str,
    user_id: i64,
    is_bot: bool,
    phone: Option<&'a str>,
    home_dc: i32,
    dcs: BTreeMap<i32, String>,
    keys: BTreeMap<i32, String>,
}

/// One line of `logins.json`: keys, and what somebody has to know to sign in with them.
#[derive(Serialize)]
struct LoginEntry<'a> {
    #[serde(flatten)]
    account: AccountEntry<'a>,
    /// Of two-step verification.
    password: Option<&'a str>,
    /// Of a bot.
    bot_token: Option<&'a str>,
}

/// One entry of `users.json`.
#[derive(Serialize)]
struct UserEntry<'a> {
    #[serde(flatten)]
    person: &'a Person,
    /// Bots that this user has started.
    started_bots: Vec<i64>,
}

/// Writes all files but `world.json`. They follow from the world and its addresses, so a restart writes the same.
pub(crate) fn write_people(
    state_dir: &Path,
    world: &World,
    addresses: &BTreeMap<i32, SocketAddr>,
) -> Result<(), SimError> {
    let identities = world.identities.iter().filter(|identity| identity.listed);
    let accounts: Vec<_> = identities.map(|i| account_entry(i, addresses)).collect();
    write_json(state_dir, "accounts.json", &accounts)?;
    let logins: Vec<_> = world.spares.iter().map(|s| login_entry(world, s, addresses)).collect();
    write_json(state_dir, "logins.json", &logins)?;
    let users: Vec<_> = world.users.iter().map(|p| user_entry(world, p)).collect();
    write_json(state_dir, "users.json", &users)?;
    write_atomic(state_dir, "people.csv", |file| people_csv(file, &world.users))
}

/// `proxies.txt`: a proxy per line, its name and its address with password.
pub(crate) fn write_proxies(state_dir: &Path, proxies: &[Arc<Proxy>]) -> Result<(), SimError> {
    if proxies.is_empty() {
        return Ok(());
    }
    let lines: String = proxies.iter().map(|proxy| proxy.line() + "\n").collect();
    write_atomic(state_dir, "proxies.txt", |file| file.write_all(lines.as_bytes()))
}

fn account_entry<'a>(
    identity: &'a Identity,
    addresses: &BTreeMap<i32, SocketAddr>,
) -> AccountEntry<'a> {
    let hex = |(dc, key): &(i32, crate::mtproto::ServerKey)| (*dc, hex::encode(key.bytes()));
    AccountEntry {
        name: &identity.name,
        user_id: identity.person.user_id,
        is_bot: identity.person.is_bot,
        phone: identity.person.phone.as_deref(),
        home_dc: identity.home_dc,
        dcs: addresses.iter().map(|(dc, address)| (*dc, address.to_string())).collect(),
        keys: identity.keys.iter().map(hex).collect(),
    }
}

fn login_entry<'a>(
    world: &'a World,
    spare: &'a Spare,
    addresses: &BTreeMap<i32, SocketAddr>,
) -> LoginEntry<'a> {
    let whose = &world.identities[spare.of];
    let mut account = account_entry(&spare.identity, addresses);
    account.user_id = whose.person.user_id;
    let (password, bot_token) = (whose.secrets.password.as_deref(), whose.secrets.token.as_deref());
    LoginEntry { account, password, bot_token }
}

fn user_entry<'a>(world: &World, person: &'a Person) -> UserEntry<'a> {
    let bots = world.identities.iter().map(|identity| &identity.person);
    UserEntry {
        person,
        started_bots: bots
            .filter(|bot| bot.is_bot && world.started(bot.user_id, person.user_id))
            .map(|bot| bot.user_id)
            .collect(),
    }
}

/// The user id is given for one row in three: nobody can write to a bare id, so each row has a name or a phone too.
fn people_csv(file: &mut dyn Write, users: &[Person]) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(io::BufWriter::new(file));
    csv.write_record([
        "username",
        "phone",
        "user_id",
        "first_name",
        "last_name",
        "lang",
        "tz",
        "city",
    ])?;
    for (n, person) in users.iter().enumerate() {
        let user_id = if n.is_multiple_of(3) { person.user_id.to_string() } else { String::new() };
        csv.write_record([
            person.username.as_deref().unwrap_or_default(),
            person.phone.as_deref().unwrap_or_default(),
            &user_id,
            &person.first_name,
            &person.last_name,
            person.lang,
            person.tz,
            person.city,
        ])?;
    }
    csv.flush()
}

fn write_json(state_dir: &Path, name: &str, value: &impl Serialize) -> Result<(), SimError> {
    write_atomic(state_dir, name, |file| {
        let mut file = io::BufWriter::new(file);
        serde_json::to_writer_pretty(&mut file, value)?;
        file.write_all(b"\n")?;
        file.flush()
    })
}

/// Writes beside the file and renames, so that a reader sees the old or the new. Temporary files are made with mode
/// 0600, which they keep: some of these hold keys.
fn write_atomic(
    state_dir: &Path,
    name: &str,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), SimError> {
    let path = state_dir.join(name);
    let fail = |error| SimError::file("write", &path, error);
    let mut file = NamedTempFile::new_in(state_dir).map_err(fail)?;
    fill(file.as_file_mut()).map_err(fail)?;
    file.persist(&path).map_err(|error| fail(error.error))?;
    Ok(())
}
