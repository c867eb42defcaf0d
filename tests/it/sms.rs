//! Signing in with nobody at the terminal: codes come as text messages.

use crate::world::{World, said};
use serde_json::{Value, json};

fn file(world: &World, name: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(world.sim_file(name)).unwrap()).unwrap()
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
