//! What all connections of a simulator share.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};

use crate::account::{Account, Freeze, Standing};
use crate::clock;
use crate::error::{ScriptError, SimError};
use crate::links::Links;
use crate::login::{Desk, Verifier};
use crate::mail::{AppendLog, Event, replay};
use crate::mtproto::{Salts, ServerKey};
use crate::proxies::Proxy;
use crate::script::{self, Cast, Script};
use crate::sms::SmsInbox;
use crate::stats::{Counters, Stats};
use crate::sync::locked;
use crate::world::World;

/// What the Gemini endpoint was asked, in the state folder.
const PROMPTS: &str = "prompts.jsonl";

/// The world, its mailboxes and logs, and the rules in force.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) world: World,
    /// Accounts and bots, in the order of the world's identities; then the spare keys.
    pub(crate) accounts: Vec<Account>,
    /// Where each data centre listens.
    pub(crate) addresses: BTreeMap<i32, SocketAddr>,
    pub(crate) journal: AppendLog,
    pub(crate) events: AppendLog,
    pub(crate) script: Script,
    pub(crate) counters: Counters,
    pub(crate) links: Links,
    /// The world's proxies, in the order of their names.
    pub(crate) proxies: Vec<Arc<Proxy>>,
    /// Text messages to the world's numbers.
    pub(crate) sms: SmsInbox,
    /// What the Gemini endpoint was asked.
    pub(crate) prompts: AppendLog,
    pub(crate) desk: Desk,
    /// By the number of the account; made when first asked for.
    verifiers: Mutex<BTreeMap<usize, Arc<Verifier>>>,
    names: HashMap<String, usize>,
    /// Key ids, with the data centre that knows them and the account that they belong to.
    keys: HashMap<[u8; 8], (i32, usize)>,
}

impl Shared {
    /// Puts a world and what its former runs wrote in `state_dir` together.
    pub(crate) fn open(
        world: World,
        addresses: BTreeMap<i32, SocketAddr>,
        proxies: Vec<Arc<Proxy>>,
        state_dir: &Path,
    ) -> Result<Self, SimError> {
        let mut replayed = replay(state_dir, |user_id| world.identity_of(user_id).is_some())?;
        let (mut names, mut keys) = (HashMap::new(), HashMap::new());
        for (n, identity) in world.identities.iter().enumerate() {
            names.insert(identity.name.clone(), n);
            keys.extend(identity.keys.iter().map(|(dc, key)| (key.id(), (*dc, n))));
        }
        for (n, spare) in world.spares.iter().enumerate() {
            let n = world.identities.len() + n;
            keys.extend(spare.identity.keys.iter().map(|(dc, key)| (key.id(), (*dc, n))));
        }
        let account = |identity: &Arc<crate::world::Identity>| {
            let past = replayed.pasts.remove(&identity.person.user_id);
            Account::new(Arc::clone(identity), past.unwrap_or_default())
        };
        let accounts = world.identities.iter().map(account);
        let spares = world.spares.iter().map(|spare| Account::spare(Arc::clone(&spare.identity)));
        let shared = Self {
            accounts: accounts.chain(spares).collect(),
            script: Script::new(world.seeded),
            desk: Desk::new(world.seeded),
            verifiers: Mutex::default(),
            world,
            addresses,
            journal: replayed.journal,
            events: replayed.events,
            counters: Counters::default(),
            links: Links::default(),
            proxies,
            sms: SmsInbox::default(),
            prompts: AppendLog::open(&state_dir.join(PROMPTS), |_| Ok(()))?,
            names,
            keys,
        };
        shared.sign_in_again(&replayed.tenants);
        Ok(shared)
    }

    /// Whoever signed in while a former run served is still signed in.
    fn sign_in_again(&self, tenants: &BTreeMap<i64, (i64, i32)>) {
        for (index, keys) in self.accounts.iter().enumerate() {
            let tenant = tenants.get(&keys.user_id());
            let tenant = tenant.and_then(|(user, dc)| Some((self.world.identity_of(*user)?, *dc)));
            if let Some((account, dc)) = tenant {
                keys.sign_in(index, account, dc);
            }
        }
    }

    /// The account that signs in with a number, by its digits.
    pub(crate) fn login_of(&self, digits: &str) -> Option<usize> {
        self.world.identity_of(self.world.by_phone(digits)?.user_id)
    }

    /// What checks the password of an account that has one.
    pub(crate) fn verifier(&self, account: usize) -> Option<Arc<Verifier>> {
        let whose = self.accounts.get(account)?;
        let password = whose.identity.secrets.password.as_deref()?;
        let mut known = locked(&self.verifiers);
        let make = || Arc::new(Verifier::new(self.world.seeded, whose.user_id(), password));
        Some(Arc::clone(known.entry(account).or_insert_with(make)))
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

    /// From now on an account lives at another data centre, and its calls elsewhere are sent there.
    pub(crate) fn relocate(&self, account: &Account, dc: i32) {
        account.move_to(dc);
        self.events.push(&Event::Moved { account: account.user_id(), dc });
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

    /// As if the time for which Telegram keeps missed updates had passed, for everybody.
    pub(crate) fn forget_updates(&self) {
        for account in &self.accounts {
            let mut mailbox = locked(&account.mailbox);
            let pts = mailbox.pts();
            mailbox.forget_updates_before(pts);
            self.events.push(&Event::UpdatesForgotten { account: account.user_id(), pts });
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

    fn has_dc(&self, dc: i32) -> bool {
        self.addresses.contains_key(&dc)
    }
}
