//! A person is told: once, signed, and also when they could not be reached at first.

use crate::world::{World, wait_until};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};

/// A webhook of the operator's: takes what is posted to it.
struct Hook {
    addr: SocketAddr,
    posted: Arc<Mutex<Vec<Value>>>,
}

impl Hook {
    /// Its thread ends with the test's process.
    fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = listener.local_addr().unwrap();
        let posted = Arc::<Mutex<Vec<Value>>>::default();
        let taken = Arc::clone(&posted);
        std::thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                if let Some(body) = take(&mut BufReader::new(&socket)) {
                    taken.lock().unwrap().push(body);
                }
                let answer = "HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";
                let _ = (&socket).write_all(answer.as_bytes());
            }
        });
        Self { addr, posted }
    }

    fn url(&self) -> String {
        format!("http://{}/hook", self.addr)
    }

    fn posted(&self) -> Vec<Value> {
        self.posted.lock().unwrap().clone()
    }
}

/// One request with a JSON body.
fn take(from: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        from.read_line(&mut line).ok()?;
        let line = line.trim().to_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    from.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

fn frozen(world: &World) {
    world.script(&json!([
        {"on": {"method": "messages.sendMessage", "nth": 4},
         "do": {"freeze": {"until": 1_900_000_000, "appeal_url": "https://t.me/spambot"}}, "times": 1}
    ]));
    world.tg(&["campaign", "start", "spring"]).ok();
}

/// Runs until idle with a webhook at `url`.
fn run(world: &World, url: &str) {
    let status = world
        .command(&["run", "--until-idle"])
        .env("TG_NET_ALLOW_PRIVATE", "127.0.0.1")
        .env("TG_SECRET_ALERTS_WEBHOOK_URL", url)
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(0));
}

#[test]
fn a_frozen_account_is_told_once_with_its_deadline() {
    let world = World::with_campaign(2, 30);
    let hook = Hook::open();
    frozen(&world);
    run(&world, &hook.url());
    let posted = hook.posted();
    let [alert] = posted.as_slice() else { panic!("once: {posted:?}") };
    assert_eq!(alert["schema"], "tg.alert/1");
    assert!(alert["key"].as_str().unwrap().ends_with("/frozen"), "{alert}");
    let text = alert["text"].as_str().unwrap();
    assert!(text.contains("2030-03-17T17:46:40Z") && text.contains("t.me/spambot"), "{text}");
    // Another run has nothing to tell, and the list knows that a person knows.
    run(&world, &hook.url());
    assert_eq!(hook.posted().len(), 1);
    let list = world.tg_json(&["alert", "list"]).ok().json();
    assert_eq!(list["alerts"][0]["state"], "told", "{list}");
    assert!(!world.tg(&["doctor"]).out.contains("alerts:"));
}

#[test]
fn who_could_not_be_told_is_told_by_the_next_run() {
    let world = World::with_campaign(2, 30);
    frozen(&world);
    // Nobody listens there.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let dead = format!("http://{}/hook", listener.local_addr().unwrap());
    drop(listener);
    run(&world, &dead);
    let doctor = world.tg(&["doctor"]).out;
    assert!(doctor.contains("nobody was told yet") && doctor.contains("is frozen"), "{doctor}");
    let hook = Hook::open();
    let mut engine = world
        .command(&["run"])
        .env("TG_NET_ALLOW_PRIVATE", "127.0.0.1")
        .env("TG_SECRET_ALERTS_WEBHOOK_URL", hook.url())
        .spawn()
        .unwrap();
    // It is tried again after a pause of some seconds.
    wait_until("the alert is told", || !hook.posted().is_empty());
    engine.kill().unwrap();
    engine.wait().unwrap();
    assert_eq!(hook.posted().len(), 1);
}

#[test]
fn alerts_can_be_tried() {
    let world = World::new(1, 1);
    world.tg(&["init"]).ok();
    let none = world.tg(&["alert", "test"]).fails(1);
    assert!(none.err.contains("tg secret set alerts.webhook_url"), "{}", none.err);
    let hook = Hook::open();
    let test = |allowed: &str| {
        let mut command = world.command(&["alert", "test"]);
        command.env("TG_NET_ALLOW_PRIVATE", allowed);
        command.env("TG_SECRET_ALERTS_WEBHOOK_URL", hook.url());
        crate::world::said(command.output().unwrap())
    };
    let refused = test("").fails(5);
    assert!(refused.err.contains("net.allow_private"), "{}", refused.err);
    assert!(!refused.err.contains("/hook"), "the address is a secret: {}", refused.err);
    assert!(hook.posted().is_empty());
    test("127.0.0.1").ok();
    assert_eq!(hook.posted()[0]["key"], "test");
}
