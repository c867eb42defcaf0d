//! Making a world from its parameters.

use std::collections::HashMap;
use std::sync::Arc;

use super::logins::{self, SERVICE, Spare};
use super::names::{PLACES, Place};
use super::person::{Identity, Person, Secrets};
use super::spec::WorldSpec;
use crate::mtproto::ServerKey;
use crate::seeded::Seeded;

/// User ids grow by this with a seeded remainder: unique, and not to be guessed from one another.
const ID_STEP: i64 = 577;
const FIRST_USER: i64 = 1_100_000_000;
const FIRST_BOT: i64 = 6_200_000_000;
const FIRST_ACCOUNT: i64 = 7_300_000_000;
/// One user in two has started any given bot.
const STARTED_ONE_IN: u64 = 2;

/// Everybody, and how to find them.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) seeded: Seeded,
    /// Accounts, then bots.
    pub(crate) identities: Vec<Arc<Identity>>,
    /// Who may be written to, in the order of people.csv.
    pub(crate) users: Vec<Person>,
    /// Keys with which nobody is signed in when the world begins.
    pub(crate) spares: Vec<Arc<Spare>>,
    service: Person,
    ids: HashMap<i64, Slot>,
    usernames: HashMap<String, i64>,
    phones: HashMap<String, i64>,
}

#[derive(Clone, Copy, Debug)]
enum Slot {
    User(usize),
    Identity(usize),
}

impl World {
    /// Makes the world of a specification that has been checked.
    pub(crate) fn generate(spec: &WorldSpec) -> Self {
        let seeded = Seeded::new(spec.seed);
        let users = (0..spec.users).map(|n| user(seeded, n)).collect();
        let accounts = (0..spec.accounts).map(|n| account(seeded, spec, n));
        let bots = (0..spec.bots).map(|n| bot(seeded, spec, n));
        let people = (0..spec.logins).map(|n| logins::login(seeded, spec, n));
        let mut world = Self {
            identities: accounts.chain(bots).chain(people).map(Arc::new).collect(),
            spares: Vec::new(),
            service: logins::service(),
            users,
            ids: HashMap::new(),
            usernames: HashMap::new(),
            phones: HashMap::new(),
            seeded,
        };
        world.spares = logins::spares(&world, spec);
        world.index();
        world
    }

    fn index(&mut self) {
        let users = self.users.iter().enumerate();
        let users = users.map(|(n, person)| (Slot::User(n), person));
        let identities = self.identities.iter().enumerate();
        let identities = identities.map(|(n, identity)| (Slot::Identity(n), &identity.person));
        for (slot, person) in users.chain(identities) {
            self.ids.insert(person.user_id, slot);
            if let Some(username) = &person.username {
                self.usernames.insert(username.to_ascii_lowercase(), person.user_id);
            }
            if let Some(phone) = &person.phone {
                self.phones.insert(digits(phone), person.user_id);
            }
        }
    }

    pub(crate) fn person(&self, user_id: i64) -> Option<&Person> {
        if user_id == SERVICE {
            return Some(&self.service);
        }
        match *self.ids.get(&user_id)? {
            Slot::User(n) => self.users.get(n),
            Slot::Identity(n) => self.identities.get(n).map(|identity| &identity.person),
        }
    }

    /// The number of the account or bot with this user id.
    pub(crate) fn identity_of(&self, user_id: i64) -> Option<usize> {
        match *self.ids.get(&user_id)? {
            Slot::User(_) => None,
            Slot::Identity(n) => Some(n),
        }
    }

    /// Usernames do not care about case.
    pub(crate) fn by_username(&self, username: &str) -> Option<&Person> {
        let user_id = self.usernames.get(&username.to_ascii_lowercase())?;
        self.person(*user_id)
    }

    /// Phones are found with or without plus and spaces.
    pub(crate) fn by_phone(&self, phone: &str) -> Option<&Person> {
        self.person(*self.phones.get(&digits(phone))?)
    }

    /// Whether this user pressed "start" in this bot when the world began.
    pub(crate) fn started(&self, bot: i64, user: i64) -> bool {
        self.seeded.number("started", &[bot, user]).is_multiple_of(STARTED_ONE_IN)
    }
}

fn digits(phone: &str) -> String {
    phone.chars().filter(char::is_ascii_digit).collect()
}

/// A person as four draws make them.
pub(super) struct Drawn([u32; 4]);

impl Drawn {
    pub(super) fn new(seeded: Seeded, domain: &str, n: u32) -> Self {
        Self(draws(seeded, domain, n))
    }

    pub(super) fn user_id(&self, base: i64, n: u32) -> i64 {
        user_id(base, n, self.0[3])
    }

    /// Somebody with a name and a place, without a number or username.
    pub(super) fn person(&self) -> Person {
        let [where_from, first, last, _] = self.0;
        let place = place(where_from);
        Person {
            user_id: 0,
            username: None,
            phone: None,
            first_name: place.first_name(first).shown.to_owned(),
            last_name: place.last_name(last).shown.to_owned(),
            lang: place.lang,
            tz: place.tz,
            city: place.city,
            is_bot: false,
        }
    }
}

/// Four independent draws from one hash.
fn draws(seeded: Seeded, domain: &str, n: u32) -> [u32; 4] {
    let block = seeded.block(domain, &[i64::from(n)]);
    let mut out = [0; 4];
    for (draw, bytes) in out.iter_mut().zip(block.chunks_exact(4)) {
        let mut four = [0; 4];
        four.copy_from_slice(bytes);
        *draw = u32::from_le_bytes(four);
    }
    out
}

fn user_id(base: i64, n: u32, draw: u32) -> i64 {
    base + i64::from(n) * ID_STEP + i64::from(draw) % ID_STEP
}

fn place(draw: u32) -> &'static Place {
    let index = usize::try_from(draw).unwrap_or(0) % PLACES.len();
    &PLACES[index]
}

/// Of a hundred users 55 have a username and a phone, 30 a username only, 15 a phone only.
fn user(seeded: Seeded, n: u32) -> Person {
    let [where_from, first, last, mixed] = draws(seeded, "user", n);
    let place = place(where_from);
    let (first, last) = (place.first_name(first), place.last_name(last));
    let share = mixed % 100;
    let username = (share < 85).then(|| {
        let name = format!("{}_{}{n}", first.latin, last.latin);
        // Some people write their name with capitals; Telegram keeps them and ignores them.
        if mixed.is_multiple_of(7) { name } else { name.to_ascii_lowercase() }
    });
    let phone = (!(55..85).contains(&share)).then(|| subscriber(place, n));
    Person {
        user_id: user_id(FIRST_USER, n, mixed),
        username,
        phone,
        first_name: first.shown.to_owned(),
        last_name: last.shown.to_owned(),
        lang: place.lang,
        tz: place.tz,
        city: place.city,
        is_bot: false,
    }
}

/// A number that no other user has: a permutation of seven digits that do not begin with 0, 1 or 9.
fn subscriber(place: &Place, n: u32) -> String {
    const RANGE: u64 = 7_000_000;
    const STRIDE: u64 = 1_618_033;
    let scattered = u64::from(n) * STRIDE % RANGE;
    format!("{}{}", place.prefix, 2_000_000 + scattered)
}

fn account(seeded: Seeded, spec: &WorldSpec, n: u32) -> Identity {
    let [where_from, first, last, mixed] = draws(seeded, "account", n);
    let place = place(where_from);
    let home_dc = home(spec, n);
    let person = Person {
        user_id: user_id(FIRST_ACCOUNT, n, mixed),
        username: None,
        phone: Some(format!("+99966{home_dc}{n:04}")),
        first_name: place.first_name(first).shown.to_owned(),
        last_name: place.last_name(last).shown.to_owned(),
        lang: place.lang,
        tz: place.tz,
        city: place.city,
        is_bot: false,
    };
    identity(seeded, spec, numbered("acc", n, spec.accounts), person, home_dc)
}

fn bot(seeded: Seeded, spec: &WorldSpec, n: u32) -> Identity {
    let [where_from, first, _, mixed] = draws(seeded, "bot", n);
    let place = place(where_from);
    let name = place.first_name(first);
    let person = Person {
        user_id: user_id(FIRST_BOT, n, mixed),
        username: Some(format!("{}{n}_bot", name.latin.to_ascii_lowercase())),
        phone: None,
        first_name: format!("{} bot", name.shown),
        last_name: String::new(),
        lang: place.lang,
        tz: place.tz,
        city: place.city,
        is_bot: true,
    };
    identity(seeded, spec, numbered("bot", n, spec.bots), person, home(spec, n))
}

pub(super) fn home(spec: &WorldSpec, n: u32) -> i32 {
    let index = usize::try_from(n).unwrap_or(0) % spec.dcs.len();
    spec.dcs[index]
}

/// `acc01`: from one, as wide as the last, so that names sort as numbers do.
pub(super) fn numbered(kind: &str, n: u32, count: u32) -> String {
    let width = count.to_string().len().max(2);
    format!("{kind}{:0width$}", n + 1)
}

pub(super) fn identity(
    seeded: Seeded,
    spec: &WorldSpec,
    name: String,
    person: Person,
    home_dc: i32,
) -> Identity {
    let key = |&dc: &i32| (dc, ServerKey::new(seeded.auth_key(person.user_id, dc)));
    let token = person.is_bot.then(|| logins::bot_token(seeded, person.user_id));
    Identity {
        keys: spec.dcs.iter().map(key).collect(),
        name,
        person,
        home_dc,
        secrets: Secrets { password: None, token },
        listed: true,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn world() -> World {
        World::generate(&WorldSpec {
            seed: 5,
            accounts: 12,
            users: 20_000,
            bots: 3,
            logins: 0,
            proxies: 0,
            dcs: vec![2, 4],
        })
    }

    #[test]
    fn everybody_is_unique_and_can_be_found() {
        let world = world();
        let ids: BTreeSet<i64> = world.users.iter().map(|p| p.user_id).collect();
        assert_eq!(ids.len(), world.users.len());
        for person in &world.users {
            assert!(person.username.is_some() || person.phone.is_some());
            if let Some(username) = &person.username {
                let found = world.by_username(&username.to_uppercase());
                assert_eq!(found.map(|p| p.user_id), Some(person.user_id));
                assert!((5..=32).contains(&username.len()), "{username}");
            }
            if let Some(phone) = &person.phone {
                assert_eq!(world.by_phone(phone).map(|p| p.user_id), Some(person.user_id));
            }
        }
    }

    #[test]
    fn the_same_seed_makes_the_same_world() {
        let (one, two) = (world(), world());
        let names = |w: &World| {
            w.users
                .iter()
                .map(|p| (p.user_id, p.username.clone(), p.first_name.clone()))
                .collect::<Vec<_>>()
        };
        assert_eq!(names(&one), names(&two));
        assert_eq!(one.identities[3].keys[1].1.bytes(), two.identities[3].keys[1].1.bytes());
    }

    #[test]
    fn accounts_are_spread_and_have_test_numbers() {
        let world = world();
        let homes: BTreeSet<i32> = world.identities.iter().map(|i| i.home_dc).collect();
        assert_eq!(homes, BTreeSet::from([2, 4]));
        let first = &world.identities[0];
        assert_eq!(first.name, "acc01");
        assert_eq!(first.person.phone.as_deref(), Some("+9996620000"));
        assert_eq!(world.identity_of(first.person.user_id), Some(0));
        assert_eq!(world.identities[12].name, "bot01");
    }
}
