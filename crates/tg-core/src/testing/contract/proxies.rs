//! Proxies, and whose they are.

use super::Make;
use super::home::{Home, NOW, slug};
use crate::ids::{AccountId, ProxyId};
use crate::ports::StoreError;
use crate::proxy::{Exit, Proxy, ProxyAddress, ProxyFault, ProxyHealth};
use crate::time::Timestamp;
use std::time::Duration;

const LATER: Timestamp = Timestamp(NOW.0 + 90_000);

fn address(port: u16, username: Option<&str>) -> ProxyAddress {
    let username = username.map(str::to_owned);
    ProxyAddress { host: "proxy.example.org".to_owned(), port, username }
}

fn add(home: &Home, name: &str, address: ProxyAddress) -> Result<ProxyId, StoreError> {
    let name = slug(name);
    home.try_write(move |unit| unit.add_proxy(&name, &address, NOW))
}

fn bind(
    home: &Home,
    account: AccountId,
    proxy: Option<ProxyId>,
    not_before: Timestamp,
) -> Result<(), StoreError> {
    home.try_write(move |unit| unit.set_exit(account, proxy, not_before))
}

fn exit(home: &Home, account: AccountId) -> Exit {
    let accounts = home.read(|unit| unit.accounts());
    accounts.into_iter().find(|a| a.id == account).expect("it was added").exit
}

/// Neither a name nor an address is there twice; another username is another way out.
pub fn a_proxy_has_one_name_and_one_address(make: &Make) {
    let home = Home::new(make);
    let id = add(&home, "one", address(1, None)).expect("it is new");
    add(&home, "two", address(1, Some("ann"))).expect("another username");
    for (name, again) in [("one", address(2, None)), ("three", address(1, None))] {
        let taken = StoreError::Taken { what: "proxy", name: name.to_owned() };
        assert_eq!(add(&home, name, again), Err(taken));
    }
    let all = home.read(|unit| unit.proxies());
    let expected = Proxy {
        id,
        name: slug("one"),
        address: address(1, None),
        health: ProxyHealth::default(),
        account: None,
    };
    assert_eq!(all.first(), Some(&expected));
    assert_eq!(all.len(), 2);
}

/// A proxy given to two accounts is refused, whoever asks.
pub fn a_proxy_given_to_two_accounts(make: &Make) {
    let home = Home::new(make);
    let (one, two) = (home.account("one", 1), home.account("two", 2));
    let proxy = add(&home, "px", address(1, None)).expect("it is new");
    assert_eq!(exit(&home, one), Exit::default());
    bind(&home, one, Some(proxy), LATER).expect("it is free");
    let refused = bind(&home, two, Some(proxy), LATER);
    assert!(matches!(&refused, Err(StoreError::Taken { name, .. }) if name == "px"), "{refused:?}");
    assert_eq!(exit(&home, one).proxy_id(), Some(proxy));
    assert_eq!(exit(&home, two), Exit::default());
    let (bound, not_before) = home.read(move |unit| unit.exit_of(one));
    assert_eq!(bound.and_then(|proxy| proxy.account), Some((one, slug("one"))));
    assert_eq!(not_before, Some(LATER));
    assert!(home.try_write(move |unit| unit.remove_proxy(proxy)).is_err(), "it is somebody's");
    bind(&home, one, None, LATER).expect("directly from now on");
    bind(&home, two, Some(proxy), LATER).expect("it is free again");
}

/// The pause before a new way out is never shortened, also not by going directly.
pub fn a_pause_is_never_shortened(make: &Make) {
    let home = Home::new(make);
    let one = home.account("one", 1);
    let proxy = add(&home, "px", address(1, None)).expect("it is new");
    bind(&home, one, Some(proxy), LATER).expect("it is free");
    bind(&home, one, None, NOW).expect("directly");
    assert_eq!(exit(&home, one), Exit { proxy: None, not_before: Some(LATER) });
    for at in [Timestamp(LATER.0 + 5), NOW] {
        home.write(move |unit| unit.delay_exit(one, at));
        assert_eq!(exit(&home, one).not_before, Some(Timestamp(LATER.0 + 5)));
    }
}

/// What was found comes back, and a proxy that is nobody's can go.
pub fn a_proxy_keeps_its_health(make: &Make) {
    let home = Home::new(make);
    let one = home.account("one", 1);
    let proxy = add(&home, "px", address(1, None)).expect("it is new");
    bind(&home, one, Some(proxy), LATER).expect("it is free");
    for found in [Err(ProxyFault::Refused), Ok(Duration::from_millis(12))] {
        let health = ProxyHealth::default().looked(found, LATER);
        home.write(move |unit| unit.set_proxy_health(proxy, &health));
        assert_eq!(home.read(|unit| unit.proxies())[0].health, health);
        assert_eq!(exit(&home, one).proxy.map(|proxy| proxy.health), Some(health));
    }
    bind(&home, one, None, LATER).expect("directly");
    home.write(move |unit| unit.remove_proxy(proxy));
    let again = home.try_write(move |unit| unit.remove_proxy(proxy));
    assert!(matches!(again, Err(StoreError::Missing { .. })));
}
