//! What all connections of a simulator share.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::net::SocketAddr;
use std::path::Path;

use crate::account::{Account, Freeze, Standing};
use crate::clock;
use crate::error::{ScriptError, SimError};
use crate::mail::{AppendLog, Event, replay};
use crate::mtproto::{Salts, ServerKey};
use crate::script::{self, Cast, Script};
use crate::stats::{Counters, Stats};
use crate::sync::locked;
use crate::world::World;

/// The world, its mailboxes and logs, and the rules in force.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) world: World,
    /// Accounts and bots, in the order of the world's identities.
    pub(crate) accounts: Vec<Account>,
    /// Where each data centre listens.
    pub(crate) addresses: BTreeMap<i32, SocketAddr>,
    pub(crate) journal: AppendLog,
    pub(crate) events: AppendLog,
    pub(crate) script: Script,
    pub(crate) counters: Counters,
    names: HashMap<String, usize>,
    /// Key ids, with the data centre that knows them and the account that they belong to.
    keys: HashMap<[u8; 8], (i32, usize)>,
}

impl Shared {
    /// Puts a world and what its former runs wrote in `state_dir` together.
    pub(crate) fn open(
        world: World,
        addresses: BTreeMap<i32, SocketAddr>,
        state_dir: &Path,
    ) -> Result<Self, SimError> {
        let mut replayed = replay(state_dir, |user_id| world.identity_of(user_id).is_some())?;
        let (mut names, mut keys) = (HashMap::new(), HashMap::new());
        for (n, identity) in world.identities.iter().enumerate() {
            names.insert(identity.name.clone(), n);
            keys.extend(identity.keys.iter().map(|(dc, key)| (key.id(), (*dc, n))));
        }
        let account = |identity: &std::sync::Arc<crate::world::Identity>| {
            let past = replayed.pasts.remove(&identity.person.user_id);
            Account::new(std::sync::Arc::clone(identity), past.unwrap_or_default())
        };
        Ok(Self {
            accounts: world.identities.iter().map(account).collect(),
            script: Script::new(world.seeded),
            world,
            addresses,
            journal: replayed.journal,
            events: replayed.events,
            counters: Counters::default(),
            names,
            keys,
        })
    }

    /// The account that a key of this data centre belongs to.
    pub(crate) fn account_of_key(&self, dc: i32, key_id: [u8; 8]) -> Option<usize> {
        let (at, account) = self.keys.get(&key_id)?;
        (*at == dc).then_some(*account)
    }

    /// An account's key at a data centre, and its salts.
    pub(crate) fn key(&self, account: usize, dc: i32) -> Option<(&ServerKey, Salts)> {
        let account = self.accounts.get(account)?;
        let mut keys = account.identity.keys.iter();
        let (_, key) = keys.find(|(id, _)| *id == dc)?;
        let salts = Salts { seeded: self.world.seeded, user_id: account.user_id(), dc };
        Some((key, salts))
    }

    /// Returns when everything that was promised so far is in the files.
    pub(crate) fn flush(&self) -> io::Result<()> {
        self.events.flush()?;
        self.journal.flush()
    }

    pub(crate) fn set_rules(&self, json: &str) -> Result<(), ScriptError> {
        self.script.replace(script::parse(json, self)?);
        Ok(())
    }

    pub(crate) fn stats(&self) -> Stats {
        self.counters.read(self.journal.lines())
    }

    pub(crate) fn ban(&self, account: &Account) {
        account.set_standing(Standing::Banned);
        self.events.push(&Event::Banned { account: account.user_id() });
    }

    pub(crate) fn freeze(&self, account: &Account, until: i64, appeal_url: &str) {
        let since = clock::seconds();
        account.set_standing(Standing::Frozen(Freeze {
            since,
            until,
            appeal_url: appeal_url.to_owned(),
        }));
        self.events.push(&Event::Frozen {
            account: account.user_id(),
            since,
            until,
            appeal_url: appeal_url.into(),
        });
    }

    pub(crate) fn pardon(&self, account: &Account) {
        account.pardon();
        self.events.push(&Event::Pardoned { account: account.user_id() });
    }

    /// As if the time for which Telegram keeps random ids had passed, for everybody.
    pub(crate) fn forget_random_ids(&self) {
        self.events.push(&Event::RandomIdsForgotten { journal_lines: self.journal.lines() });
        for account in &self.accounts {
            locked(&account.mailbox).forget_random_ids();
        }
    }
}

impl Cast for Shared {
    fn account(&self, name: &str) -> Option<usize> {
        self.names.get(name).copied()
    }

    fn has_user(&self, user_id: i64) -> bool {
        self.world.person(user_id).is_some()
    }
}
