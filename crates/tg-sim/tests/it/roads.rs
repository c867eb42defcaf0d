//! Ways to the data centres: proxies that fail, accounts that move, lines that go dead, and who is seen to
//! come from where.

use std::net::SocketAddr;
use std::time::Duration;

use fast_socks5::client::{Config, Socks5Stream};
use grammers_mtsender::InvocationError;
use grammers_tl_types::functions as f;
use serde_json::{Value, json};
use tempfile::TempDir;
use tg_sim::{Sim, SimConfig};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::support::{PATIENCE, World, config, http, input, send, sent_id};

/// A simulator with two proxies.
struct Roads {
    sim: Sim,
    dir: TempDir,
}

impl Roads {
    async fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let sim = Sim::start(config(dir.path()).proxies(2)).await.unwrap();
        Self { sim, dir }
    }

    /// Name, password and address of each proxy, from the list that the simulator wrote.
    fn listed(&self) -> Vec<(String, String, SocketAddr)> {
        let text = std::fs::read_to_string(self.dir.path().join("proxies.txt")).unwrap();
        let proxy = |line: &str| {
            let (name, url) = line.split_once(" socks5://").unwrap();
            let (user, address) = url.split_once('@').unwrap();
            let (user, password) = user.split_once(':').unwrap();
            assert_eq!(user, name);
            (name.to_owned(), password.to_owned(), address.parse().unwrap())
        };
        text.lines().map(proxy).collect()
    }

    async fn through(&self, number: usize, password: &str) -> Option<Socks5Stream<TcpStream>> {
        let (name, _, address) = self.listed().swap_remove(number);
        let dc = self.sim.addresses()[&2];
        let (ip, password) = (dc.ip().to_string(), password.to_owned());
        let config = Config::default();
        Socks5Stream::connect_with_password(address, ip, dc.port(), name, password, config)
            .await
            .ok()
    }

    async fn set(&self, number: usize, state: &str) -> u16 {
        let name = &self.listed()[number].0;
        let body = json!({"name": name, "state": state}).to_string();
        http(self.sim.control_url(), "POST", "/proxies", &body).await.0
    }

    async fn get(&self, path: &str) -> Value {
        http(self.sim.control_url(), "GET", path, "").await.1
    }
}

#[tokio::test]
async fn a_proxy_lets_in_whoever_knows_it_and_is_seen_where_it_leads() {
    let roads = Roads::start().await;
    let password = roads.listed().swap_remove(1).1;
    assert!(roads.through(1, "wrong").await.is_none());
    let carried = roads.through(1, &password).await.unwrap();
    let links = loop {
        let links = roads.get("/links").await;
        if links["links"] != json!([]) {
            break links;
        }
    };
    let link = json!({"account": null, "address": "127.77.0.2", "opened": 1, "open": 1});
    assert_eq!(links, json!({"links": [link], "used_in_turns": 0, "two_addresses": 0}));
    let served: Vec<Value> = roads.get("/proxies").await.as_array().unwrap().clone();
    assert_eq!((&served[0]["served"], &served[1]["served"]), (&json!(0), &json!(1)));
    drop(carried);
}

#[tokio::test]
async fn a_dead_proxy_cuts_everybody_off_and_comes_back_where_it_was() {
    let roads = Roads::start().await;
    let (_, password, address) = roads.listed().swap_remove(0);
    let mut carried = roads.through(0, &password).await.unwrap();
    assert_eq!(roads.set(0, "dead").await, 200);
    let cut = timeout(PATIENCE, carried.read(&mut [0; 1])).await.unwrap();
    assert!(matches!(cut, Ok(0) | Err(_)), "{cut:?}");
    assert!(TcpStream::connect(address).await.is_err());
    assert_eq!(roads.set(0, "up").await, 200);
    while roads.through(0, &password).await.is_none() {
        tokio::time::sleep(Duration::from_millis(5)).await; // tidy: poll
    }
    assert_eq!(http(roads.sim.control_url(), "POST", "/proxies", "{}").await.0, 400);
    let nobody = r#"{"name":"px09","state":"up"}"#;
    assert_eq!(http(roads.sim.control_url(), "POST", "/proxies", nobody).await.0, 404);
    // A restart in the same folder has the same proxies.
    let listed = roads.listed();
    roads.sim.shutdown().await.unwrap();
    let again = Sim::start(SimConfig::new(roads.dir.path())).await.unwrap();
    let roads = Roads { sim: again, dir: roads.dir };
    assert_eq!(roads.listed(), listed);
}

#[tokio::test]
async fn a_silent_proxy_cuts_nobody_off_and_carries_nothing() {
    let roads = Roads::start().await;
    let password = roads.listed().swap_remove(0).1;
    let mut carried = roads.through(0, &password).await.unwrap();
    assert_eq!(roads.set(0, "silent").await, 200);
    assert_eq!(roads.set(0, "up").await, 200);
    // What stood still when it was silent stands still for good: nothing arrives, not even an end.
    let mut byte = [0; 1];
    let read = carried.read(&mut byte);
    assert!(timeout(Duration::from_millis(50), read).await.is_err());
    assert!(roads.through(0, &password).await.is_some(), "and new ones are carried");
    // The client hangs up; so does the proxy at the other end.
    drop(carried);
    while roads.get("/links").await["links"][0]["open"] != 0 {
        tokio::time::sleep(Duration::from_millis(5)).await; // tidy: poll
    }
}

#[tokio::test]
async fn an_account_that_moves_is_sent_on_and_stays_there() {
    let world = World::start().await;
    let client = world.client("acc01").await;
    let peer = input(&client.resolve(&world.named_user(0).1).await);
    let rule = r#"[{"on":{"method":"messages.sendMessage","nth":1},"do":{"move":4}}]"#;
    world.sim.set_rules(rule).unwrap();
    assert!(world.sim.set_rules(r#"[{"do":{"move":3}}]"#).is_err(), "there is no data centre 3");
    for _ in 0..2 {
        let sent_on = client.refused(&send(&peer, "hello", 5)).await;
        assert_eq!(
            (sent_on.code, sent_on.name.as_str(), sent_on.value),
            (303, "USER_MIGRATE", Some(4))
        );
    }
    assert!(world.journal().is_empty());
    client.quit().await;
    let world = world.restart().await;
    let client = world.client("acc01").await;
    assert_eq!(client.refused(&f::updates::GetState {}).await.value, Some(4));
    let sent = client.try_in(4, &send(&peer, "hello", 5)).await.unwrap();
    assert!(sent_id(sent).1, "it lives there now, and this is the first copy");
}

#[tokio::test]
async fn a_line_that_goes_dead_stays_open_and_answers_nothing_more() {
    let world = World::start().await;
    let client = world.client("acc01").await;
    let peer = input(&client.resolve(&world.named_user(0).1).await);
    let rule = r#"[{"on":{"method":"messages.sendMessage","nth":1},"do":{"mute":"after"}}]"#;
    world.sim.set_rules(rule).unwrap();
    let (first, second) = (send(&peer, "hello", 5), f::updates::GetState {});
    let unheard = async { tokio::join!(client.try_call(&first), client.try_call(&second)) };
    assert!(timeout(Duration::from_millis(200), unheard).await.is_err());
    assert_eq!(world.journal().len(), 1, "what was said before it went dead was carried out");
    let open = world.get("/links").await.1;
    assert_eq!(open["links"][0]["open"], 1);
    let (id, first) = sent_id(world.client("acc01").await.call(&send(&peer, "hello", 5)).await);
    assert_eq!((id, first), (1, false), "another line knows it");
}

#[tokio::test]
async fn a_session_that_is_used_in_two_places_is_noticed() {
    let world = World::start().await;
    let (one, two) = (world.client("acc01").await, world.client("acc01").await);
    one.call(&f::updates::GetState {}).await;
    two.call(&f::updates::GetState {}).await;
    assert_eq!(world.get("/links").await.1["used_in_turns"], 0);
    one.call(&f::updates::GetState {}).await;
    assert_eq!(world.get("/links").await.1["used_in_turns"], 1);
    let lost = matches!(two.try_call(&f::updates::GetState {}).await, Err(InvocationError::Io(_)));
    assert!(!lost, "it is counted, not punished");
}
