//! Who is let in, and who is not.

#![allow(clippy::unwrap_used)]
use super::*;
use crate::testing::{Home, local};
use crate::{Actor, App, AppError, Kind, Role, Scope, operators};
use std::time::Duration;
use tg_core::ports::{Clock, Entropy};
use tg_core::testing::SeededEntropy;
use tg_security::{MasterKey, Sealer, Token, TokenKind};

const MINUTE: Duration = Duration::from_secs(60);
const SPANS: Spans = Spans { idle: Duration::from_secs(600), whole: Duration::from_secs(3_600) };

async fn key(home: &Home, name: &str, role: &str, scope: &str) -> String {
    operators::add(&home.app, &local(), name, role).await.unwrap();
    another(home, name, scope, None).await.key
}

async fn another(
    home: &Home,
    name: &str,
    scope: &str,
    expires: Option<Duration>,
) -> crate::json::NewKey {
    let new = operators::NewKey { operator: name, scope, expires };
    operators::create_key(&home.app, &local(), new).await.unwrap()
}

fn visitor(shown: Shown, source: &str) -> Visitor {
    Visitor { shown, source: source.to_owned(), required: false }
}

async fn with_key(app: &App, key: &str, source: &str) -> Result<Actor, AppError> {
    admit(app, &visitor(Shown::Key(key.to_owned()), source)).await
}

/// A key that looks right, with the id of a real one or of none.
fn guess(real: Option<&str>, seed: u64) -> String {
    let id = real.map(|real| real.split('_').nth(1).unwrap().to_owned());
    let entropy = Forger { id, rest: SeededEntropy::new(1_000 + seed) };
    Token::draw(TokenKind::ApiKey, &entropy).expose().to_owned()
}

/// Draws ids that are known already.
struct Forger {
    id: Option<String>,
    rest: SeededEntropy,
}

impl Entropy for Forger {
    fn fill(&self, out: &mut [u8]) {
        match &self.id {
            Some(id) if out.len() * 2 == id.len() => {
                for (at, byte) in out.iter_mut().enumerate() {
                    *byte = u8::from_str_radix(&id[2 * at..2 * at + 2], 16).unwrap();
                }
            }
            _ => self.rest.fill(out),
        }
    }
}

#[tokio::test]
async fn whoever_shows_nothing_owns_the_home_until_a_sign_in_is_required() {
    let home = Home::new();
    let nothing = visitor(Shown::Nothing, "here");
    let me = admit(&home.app, &nothing).await.unwrap();
    assert_eq!(me, Actor::local().from_source("here"));
    let refused = require(&home.app, &me, true, false).await.unwrap_err();
    assert_eq!((refused.kind(), refused.code()), (Kind::Refused, "no_way_in"));
    let key = key(&home, "root", "admin", "").await;
    require(&home.app, &me, true, false).await.unwrap();
    let refused = admit(&home.app, &nothing).await.unwrap_err();
    assert_eq!((refused.kind(), refused.code()), (Kind::Refused, "not_signed_in"));
    let root = with_key(&home.app, &key, "here").await.unwrap();
    assert_eq!((root.who.as_str(), root.role), ("root", Role::Admin));
    require(&home.app, &root, false, false).await.unwrap();
    assert_eq!(admit(&home.app, &nothing).await.unwrap().who, "local");
    let log = home.audit().await;
    let lines = [
        "local auth.require home refused: a sign-in is required, and no admin would have a key",
        "local auth.require home done: not required to required",
        "nobody auth.login home refused: this home asks everybody who they are",
        "root auth.require home done: required to not required",
    ];
    for line in lines {
        assert!(log.iter().any(|row| row.starts_with(line)), "{line}: {log:#?}");
    }
}

#[tokio::test]
async fn what_the_settings_said_once_is_not_switched_off_by_taking_it_out() {
    let home = Home::new();
    let required = || Visitor { required: true, ..visitor(Shown::Nothing, "here") };
    // Settings that would lock everybody out are refused, and not remembered.
    assert_eq!(admit(&home.app, &required()).await.unwrap_err().code(), "no_way_in");
    let key = key(&home, "root", "admin", "").await;
    assert_eq!(admit(&home.app, &required()).await.unwrap_err().code(), "not_signed_in");
    let without = visitor(Shown::Nothing, "here");
    assert_eq!(admit(&home.app, &without).await.unwrap_err().code(), "not_signed_in");
    let root = with_key(&home.app, &key, "here").await.unwrap();
    let refused = require(&home.app, &root, false, true).await.unwrap_err();
    assert_eq!(refused.code(), "configured", "the settings would switch it on again");
    require(&home.app, &root, false, false).await.unwrap();
    admit(&home.app, &without).await.unwrap();
    let log = home.audit().await;
    assert!(
        log.iter().any(|row| {
            row.starts_with("config.toml auth.require home done: not required to required")
        }),
        "{log:#?}"
    );
}

#[tokio::test]
async fn who_lost_every_key_shows_the_master_key() {
    let home = Home::new();
    key(&home, "root", "admin", "").await;
    require(&home.app, &local(), true, false).await.unwrap();
    let sealed_under = |seed| Sealer::new(&MasterKey::from_bytes(&[seed; 32], 1));
    // Without this key, which `tg init` makes, a home is none.
    let (sealer, entropy) = (sealed_under(7), SeededEntropy::new(5));
    let made: Result<_, tg_security::HomeKeyError> = home
        .app
        .store
        .write(move |unit| tg_security::IdKeyHmac::create(unit, &sealer, &entropy))
        .await;
    made.unwrap();
    let wrong = require_off_as_owner(&home.app, "here", sealed_under(8), false).await;
    let refused = wrong.unwrap_err();
    assert_eq!((refused.kind(), refused.code()), (Kind::Refused, "wrong_master_key"));
    assert!(admit(&home.app, &visitor(Shown::Nothing, "here")).await.is_err());
    require_off_as_owner(&home.app, "here", sealed_under(7), false).await.unwrap();
    admit(&home.app, &visitor(Shown::Nothing, "here")).await.unwrap();
}

#[tokio::test]
async fn a_key_ends_by_time_by_hand_and_with_its_operator() {
    let home = Home::new();
    let app = &home.app;
    let first = key(&home, "anna", "viewer", "").await;
    let short = another(&home, "anna", "campaign.report", Some(2 * MINUTE)).await;
    let anna = with_key(app, &short.key, "here").await.unwrap();
    assert_eq!((anna.role, anna.scope.to_string().as_str()), (Role::Viewer, "campaign.report"));
    home.clock.advance(2 * MINUTE);
    assert_eq!(with_key(app, &short.key, "here").await.unwrap_err().code(), "key_ended");
    operators::set_role(app, &local(), "anna", "operator").await.unwrap();
    assert_eq!(with_key(app, &first, "here").await.unwrap().role, Role::Operator, "at once");
    operators::disable(app, &local(), "anna", true).await.unwrap();
    assert_eq!(with_key(app, &first, "here").await.unwrap_err().code(), "disabled");
    operators::disable(app, &local(), "anna", false).await.unwrap();
    with_key(app, &first, "here").await.unwrap();
    let id = first.split('_').nth(1).unwrap();
    operators::revoke_key(app, &local(), id).await.unwrap();
    assert_eq!(with_key(app, &first, "here").await.unwrap_err().code(), "key_ended");
    assert_eq!(with_key(app, "tgk_nonsense", "here").await.unwrap_err().code(), "bad_key");
    assert_eq!(with_key(app, &guess(None, 3), "here").await.unwrap_err().code(), "wrong_key");
}

#[tokio::test]
async fn a_sign_in_ends_unused_and_however_much_it_is_used() {
    let home = Home::new();
    let app = &home.app;
    let key = key(&home, "anna", "viewer", "").await;
    let shown = visitor(Shown::Key(key.clone()), "here");
    let (signed_in, token) = login(app, &shown, SPANS, None).await.unwrap();
    assert_eq!((signed_in.who.as_str(), signed_in.idle_seconds), ("anna", 600));
    let with = || visitor(Shown::SignIn(token.expose().to_owned()), "here");
    for _ in 0..11 {
        home.clock.advance(5 * MINUTE);
        assert_eq!(admit(app, &with()).await.unwrap().who, "anna", "used every five minutes");
    }
    home.clock.advance(5 * MINUTE);
    assert_eq!(admit(app, &with()).await.unwrap_err().code(), "signed_out", "after an hour");
    let (_, token) = login(app, &shown, SPANS, None).await.unwrap();
    let with = || visitor(Shown::SignIn(token.expose().to_owned()), "here");
    admit(app, &with()).await.unwrap();
    home.clock.advance(10 * MINUTE);
    assert_eq!(admit(app, &with()).await.unwrap_err().code(), "signed_out", "unused");
    let (_, token) = login(app, &shown, SPANS, None).await.unwrap();
    let with = || visitor(Shown::SignIn(token.expose().to_owned()), "here");
    logout(app, &with()).await.unwrap();
    assert_eq!(admit(app, &with()).await.unwrap_err().code(), "signed_out");
    // A sign-in ends with its key.
    let (_, token) = login(app, &shown, SPANS, None).await.unwrap();
    operators::revoke_key(app, &local(), key.split('_').nth(1).unwrap()).await.unwrap();
    let with = visitor(Shown::SignIn(token.expose().to_owned()), "here");
    assert_eq!(admit(app, &with).await.unwrap_err().code(), "key_ended");
}

#[tokio::test]
async fn a_new_sign_in_ends_the_one_that_it_replaces_and_no_other() {
    let home = Home::new();
    let app = &home.app;
    let shown = visitor(Shown::Key(key(&home, "anna", "viewer", "").await), "here");
    let with = |token: &Token| visitor(Shown::SignIn(token.expose().to_owned()), "here");
    let (_, elsewhere) = login(app, &shown, SPANS, None).await.unwrap();
    let (_, first) = login(app, &shown, SPANS, None).await.unwrap();
    // Whoever knows the number of somebody's sign-in does not end it.
    let guessed = elsewhere.expose().replace(|c: char| c.is_ascii_digit(), "0");
    for former in ["", "tgs_nonsense", &guessed] {
        login(app, &shown, SPANS, Some(former)).await.unwrap();
    }
    let (_, second) = login(app, &shown, SPANS, Some(first.expose())).await.unwrap();
    assert_eq!(admit(app, &with(&first)).await.unwrap_err().code(), "signed_out");
    for open in [&second, &elsewhere] {
        assert_eq!(admit(app, &with(open)).await.unwrap().who, "anna");
    }
}

#[tokio::test]
async fn neither_keys_nor_tokens_are_in_the_database_or_the_log() {
    let home = Home::new();
    let key = key(&home, "anna", "viewer", "").await;
    let shown = visitor(Shown::Key(key.clone()), "here");
    let (_, token) = login(&home.app, &shown, SPANS, None).await.unwrap();
    let _ = with_key(&home.app, &guess(Some(&key), 9), "here").await;
    let secrets =
        [key.as_str(), token.expose()].map(|text| text.split('_').nth(2).unwrap().to_owned());
    let bytes = home.bytes();
    for secret in secrets {
        assert!(!holds(&bytes, secret.as_bytes()));
        assert!(!home.audit().await.iter().any(|row| row.contains(&secret)));
    }
    assert!(holds(&bytes, key.split('_').nth(1).unwrap().as_bytes()), "the search works");
    assert!(!format!("{shown:?}").contains(&key));
}

fn holds(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

#[tokio::test]
async fn guessing_is_slowed_down_and_locks_nobody_else_out() {
    let home = Home::new();
    let app = &home.app;
    let key = key(&home, "anna", "viewer", "").await;
    for seed in 0..5 {
        let refused = with_key(app, &guess(Some(&key), seed), "attic").await.unwrap_err();
        assert_eq!(refused.code(), "wrong_key");
    }
    // Not even the right key is looked at; from elsewhere it is.
    assert_eq!(with_key(app, &key, "attic").await.unwrap_err().code(), "locked_out");
    with_key(app, &key, "desk").await.unwrap();
    home.clock.advance(Duration::from_secs(1));
    with_key(app, &key, "attic").await.unwrap();
    // Each further failure takes twice as long.
    for (seed, seconds) in (10..).zip([2u64, 4, 8, 16]) {
        let refused = with_key(app, &guess(Some(&key), seed), "attic").await.unwrap_err();
        assert_eq!(refused.code(), "wrong_key");
        home.clock.advance(Duration::from_secs(seconds) - Duration::from_millis(1));
        assert_eq!(with_key(app, &key, "attic").await.unwrap_err().code(), "locked_out");
        home.clock.advance(Duration::from_millis(1));
    }
    // Somebody who mistyped it once waits with the guesser: the key is under attack.
    let slip = with_key(app, &guess(Some(&key), 20), "desk").await.unwrap_err();
    assert_eq!(slip.code(), "wrong_key");
    assert_eq!(with_key(app, &key, "desk").await.unwrap_err().code(), "locked_out");
    with_key(app, &key, "kitchen").await.unwrap();
}

#[tokio::test]
async fn keys_that_do_not_exist_count_against_the_source_only() {
    let home = Home::new();
    let app = &home.app;
    let key = key(&home, "anna", "viewer", "").await;
    for seed in 0..5 {
        let _ = with_key(app, &guess(None, seed), "attic").await;
    }
    assert_eq!(with_key(app, &guess(None, 9), "attic").await.unwrap_err().code(), "locked_out");
    let slip = with_key(app, &guess(None, 10), "desk").await.unwrap_err();
    assert_eq!(slip.code(), "wrong_key");
    with_key(app, &key, "desk").await.unwrap();
    let id = guess(None, 10).split('_').nth(1).unwrap().to_owned();
    let known = home.read(move |unit| unit.failures(&format!("key:{id}"))).await;
    assert_eq!(known, None, "nothing is remembered of a key that is none");
}

#[tokio::test]
async fn the_use_of_a_key_is_written_down_once_a_minute() {
    let home = Home::new();
    let app = &home.app;
    let key = key(&home, "anna", "viewer", "").await;
    let used = || async {
        operators::list_keys(app, &local(), Some("anna")).await.unwrap().keys[0].used_at.clone()
    };
    assert_eq!(used().await, None);
    with_key(app, &key, "here").await.unwrap();
    let (first, changes) = (used().await, app.store.changes().await.unwrap());
    assert!(first.is_some());
    for _ in 0..59 {
        home.clock.advance(Duration::from_secs(1));
        with_key(app, &key, "here").await.unwrap();
    }
    assert_eq!(app.store.changes().await.unwrap(), changes, "a loop of commands writes nothing");
    home.clock.advance(Duration::from_secs(1));
    with_key(app, &key, "here").await.unwrap();
    assert_ne!(used().await, first);
    assert_eq!(used().await, Some(crate::json::rfc3339(home.clock.now())));
}

#[tokio::test]
async fn a_limited_key_does_what_is_in_its_limit() {
    let home = Home::new();
    let key = key(&home, "anna", "viewer", "campaign").await;
    let anna = with_key(&home.app, &key, "here").await.unwrap();
    crate::campaigns::list(&home.app, &anna).await.unwrap();
    let refused = crate::accounts::list(&home.app, &anna).await.unwrap_err();
    assert_eq!((refused.kind(), refused.code()), (Kind::Refused, "not_permitted"));
    assert!(refused.to_string().contains("limited to campaign"), "{refused}");
    let me = whoami(&home.app, &anna).await.unwrap();
    assert!(me.permissions.contains(&"campaign.list") && me.permissions.contains(&"auth.whoami"));
    assert!(!me.permissions.contains(&"campaign.start"), "a limit adds nothing to a role");
    assert!(Scope::parse(&me.scope).is_ok());
}
