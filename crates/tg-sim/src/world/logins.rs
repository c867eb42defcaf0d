//! Who is not signed in yet: phones and bots with keys that nobody uses when the world begins.

use std::sync::Arc;

use super::generate::{Drawn, World};
use super::person::{Identity, Person, Secrets};
use super::spec::WorldSpec;
use crate::mtproto::ServerKey;
use crate::seeded::Seeded;

/// Telegram's service notifications, which bring login codes into the other sessions of an account.
pub(crate) const SERVICE: i64 = 777_000;

const FIRST_LOGIN: i64 = 8_400_000_000;
/// Key sets are nobody; their numbers are beyond those of users.
const FIRST_SPARE: i64 = 9_000_000_000_000;

/// Keys with which nobody is signed in when the world begins, and for whom they were made.
#[derive(Debug)]
pub(crate) struct Spare {
    /// The keys, under the name of whom they are for and a number of their own.
    pub(crate) identity: Arc<Identity>,
    /// The number of the identity for whom they are.
    pub(crate) of: usize,
}

/// A person whose account no client has been in: by phone, by code, and every second one by password.
pub(super) fn login(seeded: Seeded, spec: &WorldSpec, n: u32) -> Identity {
    let drawn = Drawn::new(seeded, "login", n);
    let home_dc = super::generate::home(spec, n);
    let person = Person {
        user_id: drawn.user_id(FIRST_LOGIN, n),
        username: None,
        phone: Some(format!("+99966{home_dc}{:04}", 9_999 - n)),
        ..drawn.person()
    };
    let name = super::generate::numbered("log", n, spec.logins);
    let password = (n % 2 == 1).then(|| format!("correct horse {:02}", n + 1));
    let secrets = Secrets { password, ..Secrets::default() };
    let identity = super::generate::identity(seeded, spec, name, person, home_dc);
    Identity { secrets, listed: false, ..identity }
}

/// Keys for the people of [`login`], and a second set for as many accounts and bots of the world.
pub(super) fn spares(world: &World, spec: &WorldSpec) -> Vec<Arc<Spare>> {
    let most = usize::try_from(spec.logins).unwrap_or(0);
    let numbered = || world.identities.iter().enumerate();
    let people = numbered().filter(|(_, i)| i.listed && !i.person.is_bot).take(most);
    let bots = numbered().filter(|(_, i)| i.person.is_bot).take(most);
    let logins = numbered().filter(|(_, i)| !i.listed);
    logins
        .chain(people)
        .chain(bots)
        .map(|(of, whose)| spare(world.seeded, spec, of, whose))
        .collect()
}

fn spare(seeded: Seeded, spec: &WorldSpec, of: usize, whose: &Identity) -> Arc<Spare> {
    let number = FIRST_SPARE + whose.person.user_id;
    let key = |&dc: &i32| (dc, ServerKey::new(seeded.auth_key(number, dc)));
    let identity = Identity {
        name: whose.name.clone(),
        person: Person { user_id: number, ..whose.person.clone() },
        home_dc: whose.home_dc,
        keys: spec.dcs.iter().map(key).collect(),
        secrets: Secrets::default(),
        listed: false,
    };
    Arc::new(Spare { identity: Arc::new(identity), of })
}

/// A bot's token, in the form in which BotFather gives them out.
pub(super) fn bot_token(seeded: Seeded, user_id: i64) -> String {
    format!("{user_id}:{}", hex::encode(&seeded.block("bot token", &[user_id])[..18]))
}

/// Telegram itself, as it appears among the chats.
pub(super) fn service() -> Person {
    Person {
        user_id: SERVICE,
        username: None,
        phone: Some("+42777".to_owned()),
        first_name: "Telegram".to_owned(),
        last_name: String::new(),
        lang: "en",
        tz: "UTC",
        city: "",
        is_bot: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_login_has_keys_that_are_nobody_elses() {
        let spec = WorldSpec { logins: 4, accounts: 2, bots: 1, users: 3, ..WorldSpec::default() };
        let world = World::generate(&spec);
        let names: Vec<_> = world.spares.iter().map(|s| s.identity.name.as_str()).collect();
        assert_eq!(names, ["log01", "log02", "log03", "log04", "acc01", "acc02", "bot01"]);
        for spare in &world.spares {
            let whose = &world.identities[spare.of];
            assert_eq!(whose.person.phone, spare.identity.person.phone);
            assert_ne!(whose.keys[0].1.id(), spare.identity.keys[0].1.id());
            assert!(world.identity_of(spare.identity.person.user_id).is_none());
        }
        assert_eq!(world.identities[4].secrets.password.as_deref(), Some("correct horse 02"));
        assert!(world.person(SERVICE).is_some());
    }
}
