//! Proxies as people ask for them; going through them is tested against a real server.

#![allow(clippy::unwrap_used)]

use super::*;
use crate::loans::Loans;
use crate::testing::{Home, actor, local};
use crate::{Kind, Role, accounts, doctor, json, removal};
use secrecy::{ExposeSecret, SecretString};
use std::net::SocketAddr;
use std::time::Duration;
use tg_core::ids::AccountId;
use tg_core::ports::{BoxFuture, ProxyProbe, ProxyRoute, Routes};
use tg_core::proxy::{EXIT_PAUSE, ProxyFault};
use tg_security::SealedRoutes;

fn new(line: u64, name: Option<&str>, text: &str) -> NewProxy {
    NewProxy { line, name: name.map(str::to_owned), text: text.to_owned(), password: None }
}

async fn home(accounts: i64, proxies: usize) -> Home {
    let home = Home::new();
    home.accounts(accounts).await;
    let list = (1..=proxies).map(|n| new(1, Some(&format!("px-{n}")), &format!("h{n}.example:9")));
    add(&home.app, &local(), list.collect()).await.unwrap();
    home
}

async fn give(home: &Home, pairs: &[(&str, &str)]) -> Result<json::ProxyAssign, crate::AppError> {
    let pairs = pairs.iter().map(|(a, p)| ((*a).to_owned(), (*p).to_owned())).collect();
    assign(&home.app, &local(), pairs, EXIT_PAUSE).await
}

async fn proxy_of(home: &Home, account: &str) -> Option<String> {
    accounts::show(&home.app, &local(), account).await.unwrap().account.proxy
}

/// Works, unless the proxy's name is among the failing.
struct Told(Vec<&'static str>);

impl ProxyProbe for Told {
    fn probe<'a>(
        &'a self,
        proxy: &'a ProxyRoute,
        target: Option<SocketAddr>,
    ) -> BoxFuture<'a, Result<Duration, ProxyFault>> {
        assert_eq!(target, Some("127.0.0.1:4430".parse().unwrap()), "an account's data centre");
        let fails = self.0.contains(&proxy.name.as_str());
        let found = if fails { Err(ProxyFault::Unreachable) } else { Ok(Duration::from_millis(3)) };
        Box::pin(std::future::ready(found))
    }
}

#[tokio::test]
async fn a_list_is_taken_line_by_line_and_no_password_is_told() {
    let home = Home::new();
    let lines = vec![
        new(1, Some("berlin"), "socks5://ann:hunter2@h.example:1080"),
        new(2, None, "10.0.0.1:1080:bob:hunter2"),
        new(3, None, "10.0.0.1:1080:eve:hunter2"),
        new(4, Some("other"), "h.example:1080:ann:hunter2"),
        new(5, Some("berlin"), "h.example:1081"),
        new(6, Some("Bad Name"), "h.example:1082"),
        new(7, Some("none"), "h.example:1083"),
        new(8, None, "socks5://ann@h.example:1084"),
        new(9, None, "http://h.example:1085"),
    ];
    let done = add(&home.app, &local(), lines).await.unwrap();
    assert_eq!(done.added, ["berlin", "10.0.0.1", "10.0.0.1-2"]);
    let lines: Vec<u64> = done.rejected.iter().map(|rejected| rejected.line).collect();
    assert_eq!(lines, [4, 5, 6, 7, 8, 9]);
    assert!(done.rejected[0].reason.contains("\"berlin\""), "{:?}", done.rejected[0]);
    let told =
        format!("{done:?} {:?} {:?}", list(&home.app, &local()).await.unwrap(), home.audit().await);
    assert!(!told.contains("hunter2"), "{told}");
}

#[tokio::test]
async fn a_password_is_sealed_and_comes_back_with_the_route() {
    let home = Home::new();
    home.accounts(1).await;
    let mut berlin = new(1, Some("berlin"), "socks5://ann@h.example:1080");
    berlin.password = Some(SecretString::from("hunter2"));
    add(&home.app, &local(), vec![berlin]).await.unwrap();
    give(&home, &[("acc-1", "berlin")]).await.unwrap();
    let kept = home.read(|unit| unit.versions("proxy/berlin/password")).await;
    assert!(!kept[0].sealed.bytes.windows(7).any(|part| part == b"hunter2"));
    let app = &home.app;
    let routes = SealedRoutes::new(app.store.clone(), app.sealer.clone(), app.clock.clone());
    let route = routes.route(AccountId(1)).await.unwrap();
    let proxy = route.proxy.unwrap();
    assert_eq!(proxy.password.unwrap().expose_secret(), "hunter2");
    assert_eq!(route.not_before, Some(app.clock.now() + EXIT_PAUSE));
    give(&home, &[("acc-1", "none")]).await.unwrap();
    assert!(routes.route(AccountId(1)).await.unwrap().proxy.is_none());
    remove(app, &local(), "berlin").await.unwrap();
    assert!(home.read(|unit| unit.versions("proxy/berlin/password")).await.is_empty());
}

#[tokio::test]
async fn many_are_assigned_or_none_and_every_conflict_is_named() {
    let home = home(3, 3).await;
    let done = give(&home, &[("acc-1", "px-1"), ("acc-2", "px-2")]).await.unwrap();
    assert_eq!((done.assigned.len(), done.unchanged), (2, 0));
    let again = give(&home, &[("acc-1", "px-1")]).await.unwrap();
    assert_eq!((again.assigned.len(), again.unchanged), (0, 1));
    let wrong = [
        ("acc-3", "px-1"),
        ("acc-2", "px-3"),
        ("acc-9", "px-3"),
        ("acc-1", "px-9"),
        ("acc-1", "px-3"),
    ];
    let error = give(&home, &wrong).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (Kind::Refused, "proxy_conflict"));
    for said in [
        "the proxy \"px-1\" is \"acc-1\"'s",
        "the account \"acc-2\" has the proxy \"px-2\"",
        "there is no account \"acc-9\"",
        "there is no proxy \"px-9\"",
        "the account \"acc-1\" comes twice",
        "the proxy \"px-3\" is given to \"acc-2\" and \"acc-1\"",
    ] {
        assert!(error.to_string().contains(said), "{said}: {error}");
    }
    assert_eq!(proxy_of(&home, "acc-3").await, None, "nothing was changed");
    let viewer = actor(Role::Operator);
    let refused = assign(&home.app, &viewer, Vec::new(), EXIT_PAUSE).await.unwrap_err();
    assert_eq!(refused.code(), "not_permitted");
}

#[tokio::test]
async fn spares_that_worked_are_handed_out_and_failed_ones_are_not() {
    let home = home(3, 4).await;
    give(&home, &[("acc-1", "px-1")]).await.unwrap();
    let looked = check(&home.app, &local(), None, &Told(vec!["px-2"])).await.unwrap();
    let states: Vec<_> = looked.proxies.iter().map(|proxy| proxy.state).collect();
    assert_eq!(states, ["working", "failed", "working", "working"]);
    let done = assign_auto(&home.app, &local(), Which::All, EXIT_PAUSE).await.unwrap();
    assert_eq!((done.assigned.len(), done.unchanged), (2, 1));
    assert_eq!(proxy_of(&home, "acc-3").await.as_deref(), Some("px-4"));
    let none = assign_auto(&home.app, &local(), Which::Tag("shop".into()), EXIT_PAUSE).await;
    assert_eq!(none.unwrap_err().kind(), Kind::NotFound);
    home.accounts(5).await;
    let error = assign_auto(&home.app, &local(), Which::All, EXIT_PAUSE).await.unwrap_err();
    assert_eq!(error.code(), "no_spare_proxies");
    assert!(error.to_string().contains("2 accounts") && error.to_string().contains("0 spares"));
    assert_eq!(proxy_of(&home, "acc-4").await, None);
}

#[tokio::test]
async fn a_removed_account_gives_its_proxy_back_and_gets_no_other() {
    let home = home(3, 3).await;
    give(&home, &[("acc-1", "px-1"), ("acc-2", "px-2")]).await.unwrap();
    let loans = Loans::alone(home.app.clone());
    removal::remove(&home.app, &local(), None, &loans, "acc-1").await.unwrap();
    let listed = list(&home.app, &local()).await.unwrap();
    assert_eq!(listed.proxies[0].account, None, "a spare");
    let error = give(&home, &[("acc-1", "px-3")]).await.unwrap_err();
    assert!(error.to_string().contains("the account \"acc-1\" was removed"), "{error}");
    // The spare that it left goes to somebody who needs one, and it needs none.
    let done = assign_auto(&home.app, &local(), Which::All, EXIT_PAUSE).await.unwrap();
    assert_eq!((done.assigned.len(), done.unchanged), (1, 1));
    assert_eq!(proxy_of(&home, "acc-3").await.as_deref(), Some("px-1"));
    assert_eq!(proxy_of(&home, "acc-1").await, None);
}

#[tokio::test]
async fn spares_replace_proxies_until_none_is_left_that_works() {
    let home = home(2, 4).await;
    give(&home, &[("acc-1", "px-1"), ("acc-2", "px-2")]).await.unwrap();
    // px-3 worked, px-4 did not.
    check(&home.app, &local(), None, &Told(vec!["px-1", "px-4"])).await.unwrap();
    let replaced = replace(&home.app, &local(), "acc-1", None, EXIT_PAUSE).await.unwrap();
    assert_eq!(replaced.now.proxy.as_deref(), Some("px-3"));
    let none_left = replace(&home.app, &local(), "acc-2", None, EXIT_PAUSE).await.unwrap_err();
    assert_eq!(none_left.code(), "no_spare_proxies");
    assert_eq!(proxy_of(&home, "acc-2").await.as_deref(), Some("px-2"), "it keeps what it had");
    // The one that was taken from acc-1 works again, and is a spare like any other.
    check(&home.app, &local(), Some("px-1"), &Told(Vec::new())).await.unwrap();
    let replaced = replace(&home.app, &local(), "acc-2", None, EXIT_PAUSE).await.unwrap();
    assert_eq!(replaced.now.proxy.as_deref(), Some("px-1"));
}

#[tokio::test]
async fn a_failed_proxy_is_replaced_and_its_account_rests_first() {
    let home = home(2, 3).await;
    give(&home, &[("acc-1", "px-1"), ("acc-2", "px-2")]).await.unwrap();
    check(&home.app, &local(), Some("px-1"), &Told(vec!["px-1"])).await.unwrap();
    let shown = accounts::show(&home.app, &local(), "acc-1").await.unwrap();
    assert_eq!(shown.account.proxy_state, Some("failed"));
    let found = doctor(&home.app, &local(), false, Vec::new()).await.unwrap();
    assert!(found[0].message.starts_with("acc-1 is offline: its proxy px-1 fails since"));
    for (with, code) in [("px-2", "proxy_conflict"), ("px-1", "proxy_conflict")] {
        let refused = replace(&home.app, &local(), "acc-1", Some(with), EXIT_PAUSE).await;
        assert_eq!(refused.unwrap_err().code(), code);
    }
    home.clock.advance(EXIT_PAUSE * 2);
    let done = replace(&home.app, &local(), "acc-1", None, EXIT_PAUSE).await.unwrap();
    assert_eq!((done.replaced.as_str(), done.now.proxy.as_deref()), ("px-1", Some("px-3")));
    let shown = accounts::show(&home.app, &local(), "acc-1").await.unwrap();
    assert_eq!(shown.exit_from, Some(done.now.not_before));
    let error = replace(&home.app, &local(), "acc-2", None, EXIT_PAUSE).await.unwrap_err();
    assert_eq!(error.code(), "no_spare_proxies", "the one that is free has failed");
    let error = remove(&home.app, &local(), "px-3").await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (Kind::Refused, "proxy_in_use"));
    remove(&home.app, &local(), "px-1").await.unwrap();
}
