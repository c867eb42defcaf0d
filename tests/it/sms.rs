//! Signing in with nobody at the terminal: codes come as text messages.

use crate::signing_in::{Asking, code};
use crate::world::{World, post, said, wait_until};
use serde_json::{Value, json};
use std::process::Command;

fn file(world: &World, name: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(world.sim_file(name)).unwrap()).unwrap()
}

/// The simulator's gateways.
fn gateway(world: &World) -> String {
    format!("http://127.0.0.1:{}", file(world, "world.json")["ports"]["sms"])
}

fn phone(world: &World, name: &str) -> String {
    let logins = file(world, "logins.json");
    let login = logins.as_array().unwrap().iter().find(|login| login["name"] == name).unwrap();
    login["phone"].as_str().unwrap().to_owned()
}

/// Sign-ins by text messages to `phones` at the simulator's android gateway.
fn by_android(command: &mut Command, gateway: &str, phones: &[String]) {
    command
        .env("TG_LOGIN_CODES", "android")
        .env("TG_NET_ALLOW_PRIVATE", "127.0.0.1")
        .env("TG_SMS_ANDROID_URL", gateway)
        .env("TG_SMS_ANDROID_NUMBERS", phones.join(","))
        .env("TG_SECRET_SMS_ANDROID_PASSWORD", "secret");
}

#[test]
fn a_text_message_signs_in_and_an_old_one_does_not() {
    let world = World::with_sim([1, 1, 0], &["--logins", "3"]);
    world.tg(&["init"]).ok();
    let gateway = format!("http://127.0.0.1:{}", file(&world, "world.json")["ports"]["sms"]);
    let logins = file(&world, "logins.json");
    // Every second one has a password, which nobody is there to type.
    for (name, source) in [("log01", "android"), ("log03", "twilio")] {
        let login = logins.as_array().unwrap().iter().find(|l| l["name"] == name).unwrap();
        let phone = login["phone"].as_str().unwrap();
        let old = json!({"to": phone, "text": "Login code: 11111", "seconds_ago": 30});
        world.hand_to(&format!("{gateway}/receive"), &old);
        let mut adding = world.command(&["account", "add", name, "--phone", phone]);
        adding
            .args(["--from", &world.sim_file("logins.json"), "--output", "json"])
            .env("TG_LOGIN_CODES", source)
            .env("TG_NET_ALLOW_PRIVATE", "127.0.0.1")
            .env("TG_SMS_ANDROID_URL", &gateway)
            .env("TG_SMS_ANDROID_NUMBERS", phone)
            .env("TG_SMS_TWILIO_API", &gateway)
            .env("TG_SECRET_SMS_ANDROID_PASSWORD", "secret")
            .env("TG_SECRET_SMS_TWILIO_ACCOUNT_SID", format!("AC{:032x}", 1))
            .env("TG_SECRET_SMS_TWILIO_AUTH_TOKEN", "token");
        let done = said(adding.output().unwrap()).ok();
        assert!(!done.out.contains("wrong_code"), "the old one was not tried: {}", done.out);
        assert_eq!(done.json()["user_id"], login["user_id"]);
    }
}

#[test]
fn a_gateway_that_is_not_set_up_is_said_before_anything_is_sent() {
    let world = World::with_sim([1, 1, 0], &["--logins", "1"]);
    world.tg(&["init"]).ok();
    let logins = world.sim_file("logins.json");
    let add = ["account", "add", "log01", "--phone", "+999662000001", "--from", &logins];
    let output = world.command(&add).env("TG_LOGIN_CODES", "twilio").output().unwrap();
    let failed = said(output).fails(1);
    assert!(failed.err.contains("sms.twilio.account_sid"), "{}", failed.err);
    assert_eq!(world.calls("auth.sendCode"), 0);
}

/// Codes may be words (core.telegram.org/constructor/auth.sentCodeTypeSmsWord) or phrases: out of a
/// message like digits, and typed.
#[test]
fn words_and_phrases_sign_in() {
    let world = World::with_sim([1, 1, 0], &["--logins", "7"]);
    world.tg(&["init"]).ok();
    let gateway = gateway(&world);
    for (name, way, begins) in [
        ("log01", "sms_word", "a word that begins with"),
        ("log03", "sms_phrase", "a phrase that begins with"),
    ] {
        let phone = phone(&world, name);
        world.tell("/codes", &json!({"phone": phone, "way": way}));
        let add = ["account", "add", name, "--phone", &phone, "--output", "json", "--from"];
        let logins = world.sim_file("logins.json");
        let mut adding = world.command(&[&add[..], &[logins.as_str()]].concat());
        by_android(&mut adding, &gateway, std::slice::from_ref(&phone));
        let done = said(adding.output().unwrap()).ok();
        assert!(done.out.contains(begins), "{}", done.out);
        assert!(!done.out.contains("wrong_code"), "{}", done.out);
    }
    for (name, way) in [("log05", "sms_word"), ("log07", "sms_phrase")] {
        let phone = phone(&world, name);
        world.tell("/codes", &json!({"phone": phone, "way": way}));
        let mut adding = Asking::start(&world, &["account", "add", name, "--phone", &phone]);
        adding.hear("code_sent");
        adding.say("not this one");
        adding.hear("wrong_code");
        // As somebody types it who reads it out of a message.
        adding.say(&format!(" {} ", code(&world)));
        adding.end().ok();
    }
}

/// What text messages cost is counted before they are asked for; when the day's budget is spent, no
/// gateway is asked, a person is told, and a restart changes nothing about it.
#[test]
fn a_spent_budget_asks_no_gateway() {
    let world = World::with_sim([1, 1, 0], &["--logins", "3"]);
    world.tg(&["init"]).ok();
    let gateway = gateway(&world);
    let logins = world.sim_file("logins.json");
    let phones = ["log01", "log03"].map(|name| phone(&world, name));
    let add = |name: &str, phone: &str, codes: &str| {
        let args = ["account", "add", name, "--phone", phone, "--from", &logins];
        let mut adding = world.command(&[&args[..], &["--output", "json"]].concat());
        by_android(&mut adding, &gateway, &phones);
        adding
            .env("TG_LOGIN_CODES", codes)
            .env("TG_SMS_ANDROID_COST", "0.03 EUR")
            .env("TG_SMS_BUDGET_PER_DAY", "0.05 EUR");
        said(adding.output().unwrap())
    };
    add("log01", &phones[0], "android").ok();
    let asked = world.calls("auth.sendCode");
    // Nobody but the gateway could have the code: Telegram is not even asked.
    let refused = add("log03", &phones[1], "android").fails(4);
    assert!(refused.err.contains("budget_spent"), "{}", refused.err);
    assert!(refused.err.contains("0.05 EUR, 0.03 EUR of it are spent"), "{}", refused.err);
    assert_eq!(world.calls("auth.sendCode"), asked);
    // With somebody else to ask, only the gateway is left out.
    let skipped = add("log03", &phones[1], "android,terminal").fails(4);
    assert!(skipped.out.contains("the day's budget for sms is 0.05 EUR"), "{}", skipped.out);
    let alerts = world.tg(&["alert", "list"]).ok();
    assert_eq!(alerts.out.matches("The budget for text messages is spent").count(), 1);
    let doctor = world.command(&["doctor"]).env("TG_SMS_BUDGET_PER_DAY", "0.05 EUR").output();
    let doctor = said(doctor.unwrap());
    assert!(doctor.out.contains("0.03 EUR of 0.05 EUR were spent on sms today"), "{}", doctor.out);
}

#[test]
fn a_budget_that_could_not_be_counted_is_refused() {
    let world = World::with_sim([1, 1, 0], &["--logins", "1"]);
    world.tg(&["init"]).ok();
    let phone = phone(&world, "log01");
    let logins = world.sim_file("logins.json");
    let add = ["account", "add", "log01", "--phone", &phone, "--from", &logins];
    for (cost, complaint) in [("", "sms.android_cost does not say"), ("0.03 USD", "one currency")] {
        let mut adding = world.command(&add);
        by_android(&mut adding, &gateway(&world), std::slice::from_ref(&phone));
        adding.env("TG_SMS_BUDGET_PER_DAY", "1 EUR").env("TG_SMS_ANDROID_COST", cost);
        let refused = said(adding.output().unwrap()).fails(1);
        assert!(refused.err.contains(complaint), "{}", refused.err);
    }
    assert_eq!(world.calls("auth.sendCode"), 0);
}

/// An address that was free a moment ago.
fn free_address() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

/// The phone posts what arrives: only what it signed, just now, once, and after the request.
#[test]
fn a_phone_posts_the_code_and_nobody_else_does() {
    let world = World::with_sim([1, 1, 0], &["--logins", "1"]);
    world.tg(&["init"]).ok();
    let (gateway, phone) = (gateway(&world), phone(&world, "log01"));
    let address = free_address();
    let vars = [
        ("TG_LOGIN_CODES", "webhook"),
        ("TG_SMS_ANDROID_LISTEN", &address),
        ("TG_SMS_ANDROID_NUMBERS", &phone),
        ("TG_SECRET_SMS_ANDROID_WEBHOOK_KEY", "between-us"),
    ];
    let add = ["account", "add", "log01", "--phone", &phone];
    let mut adding = Asking::start_with(&world, &add, &vars);
    assert_eq!(adding.hear("listening")["url"], format!("http://{address}/"));
    adding.hear("code_sent");
    let answers = || {
        let answers = world.ask_at(&format!("{gateway}/webhook"));
        answers
            .as_array()
            .unwrap()
            .iter()
            .map(|status| status.as_u64().unwrap())
            .collect::<Vec<_>>()
    };
    let mut heard = 0;
    let mut receive = |key: &str, skew: i64, repeat: u64, text: &str, ago: i64, expected: u64| {
        let hook = json!({"address": address, "key": key, "skew": skew, "repeat": repeat});
        world.hand_to(&format!("{gateway}/webhook"), &hook);
        let sms = json!({"to": phone, "text": text, "seconds_ago": ago});
        world.hand_to(&format!("{gateway}/receive"), &sms);
        heard += usize::try_from(repeat).unwrap();
        wait_until("the phone is answered", || answers().len() == heard);
        assert_eq!(answers().last(), Some(&expected), "{key} {skew} {text}");
    };
    let right = format!("Login code: {}", code(&world));
    receive("not the key", 0, 1, &right, 0, 401);
    receive("between-us", -3_600, 1, &right, 0, 401);
    receive("between-us", 3_600, 1, &right, 0, 401);
    let (status, _) = post(&format!("http://{address}/"), vec![b'x'; 10 << 20], &[]);
    assert!([0, 401].contains(&status), "nobody reads it: {status}");
    // From before the request: it is taken, and never used.
    receive("between-us", 0, 1, "Login code: 11111", 60, 200);
    // Posted again and again, it is one message.
    receive("between-us", 0, 3, "Login code: 00000", 0, 200);
    adding.hear("wrong_code");
    receive("between-us", 0, 1, &right, 0, 200);
    let done = adding.end().ok();
    assert_eq!(done.out.matches("wrong_code").count(), 1, "{}", done.out);
    assert_eq!(world.calls("auth.signIn"), 2);
}

/// Signed or not, more than a message is not read.
#[test]
fn a_body_without_end_is_cut_off() {
    let world = World::with_sim([1, 1, 0], &["--logins", "1"]);
    world.tg(&["init"]).ok();
    let (phone, address) = (phone(&world, "log01"), free_address());
    let vars = [
        ("TG_LOGIN_CODES", "webhook"),
        ("TG_LOGIN_CODE_WAIT", "1h"),
        ("TG_SMS_ANDROID_LISTEN", &address),
        ("TG_SMS_ANDROID_NUMBERS", &phone),
        ("TG_SECRET_SMS_ANDROID_WEBHOOK_KEY", "between-us"),
    ];
    let add = ["account", "add", "log01", "--phone", &phone];
    let mut adding = Asking::start_with(&world, &add, &vars);
    adding.hear("code_sent");
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs().to_string();
    let signed = [("x-timestamp", &*now), ("x-signature", &"0".repeat(64))];
    let (status, _) = post(&format!("http://{address}/"), vec![b'x'; 10 << 20], &signed);
    assert!([0, 413].contains(&status), "it is not read to its end: {status}");
    adding.kill();
}
