//! Signing in, from outside: a program plays the person, the simulator plays Telegram.

use crate::world::{Said, World, wait_until};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

/// Two people and a bot who are signed in nowhere, and second keys for two accounts.
fn world() -> World {
    let world = World::with_sim([2, 3, 1], &["--logins", "4"]);
    world.tg(&["init"]).ok();
    world
}

fn logins(world: &World) -> String {
    world.sim_file("logins.json")
}

fn login(world: &World, name: &str) -> Value {
    let text = std::fs::read_to_string(logins(world)).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    all.as_array().unwrap().iter().find(|login| login["name"] == name).unwrap().clone()
}

fn phone(world: &World, name: &str) -> String {
    login(world, name)["phone"].as_str().unwrap().to_owned()
}

/// The code that was sent last.
pub fn code(world: &World) -> String {
    let sent = world.ask("/codes");
    sent.as_array().unwrap().last().unwrap()["code"].as_str().unwrap().to_owned()
}

/// A command that asks, and its conversation.
pub struct Asking {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    out: String,
}

impl Asking {
    pub fn start(world: &World, args: &[&str]) -> Self {
        Self::start_with(world, args, &[])
    }

    /// The same with variables of the environment.
    pub fn start_with(world: &World, args: &[&str], vars: &[(&str, &str)]) -> Self {
        let mut child = world
            .command(&[args, &["--from", &logins(world), "--output", "json"]].concat())
            .envs(vars.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let input = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self { child, input, output, out: String::new() }
    }

    /// Reads on until something of this kind is told.
    #[track_caller]
    pub fn hear(&mut self, kind: &str) -> Value {
        loop {
            let mut line = String::new();
            if self.output.read_line(&mut line).unwrap() == 0 {
                let mut err = String::new();
                self.child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
                panic!("never told {kind}; out: {}\nerr: {err}", self.out);
            }
            self.out.push_str(&line);
            let told: Value = serde_json::from_str(&line).unwrap();
            if told["kind"] == kind {
                return told;
            }
        }
    }

    pub fn say(&mut self, line: &str) {
        writeln!(self.input, "{line}").unwrap();
        self.input.flush().unwrap();
    }

    /// Ends it at once.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub fn end(self) -> Said {
        let Self { child, input, mut output, mut out } = self;
        drop(input);
        output.read_to_string(&mut out).unwrap();
        let rest = child.wait_with_output().unwrap();
        Said { code: rest.status.code(), out, err: String::from_utf8(rest.stderr).unwrap() }
    }
}

fn state(world: &World, name: &str) -> Value {
    world.tg_json(&["account", "show", name]).ok().json()["state"].clone()
}

#[test]
fn a_code_a_password_and_a_data_centre_elsewhere() {
    let world = world();
    // Numbers live at both data centres; whoever starts at the first is sent on.
    let there = ["log02", "log04"].map(|name| login(&world, name)["home_dc"].clone());
    assert!(there.contains(&json!(4)), "{there:?}");
    for name in ["log02", "log04"] {
        let number = phone(&world, name);
        let mut adding = Asking::start(&world, &["account", "add", name, "--phone", &number]);
        let sent = adding.hear("code_sent");
        assert_eq!((&sent["channel"], &sent["next"]), (&json!("sms"), &json!("call")));
        adding.say("00000");
        adding.hear("wrong_code");
        adding.say(&code(&world));
        adding.hear("password_needed");
        adding.say("wrong horse");
        adding.hear("wrong_password");
        adding.say(login(&world, name)["password"].as_str().unwrap());
        let done = adding.end().ok().json();
        assert_eq!(done["schema"], "tg.account/1");
        assert_eq!(done["user_id"], login(&world, name)["user_id"]);
        assert!(!done["phone"].as_str().unwrap().contains(&number[4..8]), "masked: {done}");
    }
    let checked = world.tg_json(&["account", "check"]).ok();
    assert_eq!(checked.out.lines().count(), 2, "{}", checked.out);
    assert!(checked.out.lines().all(|line| line.contains("\"ok\":true")), "{}", checked.out);
    let again = world.tg(&[
        "account",
        "add",
        "other",
        "--phone",
        &phone(&world, "log02"),
        "--from",
        &logins(&world),
    ]);
    assert!(again.fails(4).err.contains("log02"), "the number is here already");
}

#[test]
fn an_expired_code_is_asked_for_again_and_words_are_codes() {
    let world = world();
    let number = phone(&world, "log01");
    let mut adding = Asking::start(&world, &["account", "add", "anna", "--phone", &number]);
    adding.hear("code_sent");
    let old = code(&world);
    world.tell("/codes", &json!({"phone": number, "expire": true, "way": "sms_word"}));
    adding.say(&old);
    adding.hear("expired_code");
    let sent = adding.hear("code_sent");
    assert!(sent["expects"].as_str().unwrap().starts_with("a word that begins with"), "{sent}");
    adding.say("resend");
    let sent = adding.hear("code_sent");
    assert_eq!(sent["channel"], "call");
    adding.say(&code(&world));
    adding.end().ok();
    assert_eq!(state(&world, "anna"), "active");
}

#[test]
fn a_qr_code_is_accepted_by_the_phone_of_another_data_centre() {
    let world = world();
    for name in ["log03", "log04"] {
        let mut adding = Asking::start(&world, &["account", "add", name, "--qr"]);
        let url = adding.hear("qr")["url"].as_str().unwrap().to_owned();
        world.tell("/qr", &json!({"account": name, "url": url}));
        if let Some(password) = login(&world, name)["password"].as_str() {
            adding.hear("password_needed");
            adding.say(password);
        }
        let done = adding.end().ok().json();
        assert_eq!(done["user_id"], login(&world, name)["user_id"]);
    }
    let homes = ["log03", "log04"].map(|name| login(&world, name)["home_dc"].clone());
    assert_ne!(homes[0], homes[1]);
    world.tg(&["account", "check"]).ok();
}

#[test]
fn a_bot_comes_in_by_its_token() {
    let world = world();
    let mut adding = Asking::start(&world, &["account", "add", "shop", "--bot"]);
    adding.say("1:nobody");
    let refused = adding.end().fails(5);
    assert!(refused.err.contains("ACCESS_TOKEN_INVALID"), "{}", refused.err);
    let token = login(&world, "bot01")["bot_token"].as_str().unwrap().to_owned();
    let mut adding = Asking::start(&world, &["account", "add", "shop", "--bot"]);
    adding.say(&token);
    let done = adding.end().ok().json();
    assert_eq!(done["is_bot"], true);
    world.tg(&["account", "check", "shop"]).ok();
}

#[test]
fn nobody_is_registered() {
    let world = world();
    let mut adding = Asking::start(&world, &["account", "add", "new", "--phone", "+9996627777"]);
    adding.hear("code_sent");
    adding.say(&code(&world));
    let refused = adding.end().fails(4);
    assert!(refused.err.contains("sign_up_required"), "{}", refused.err);
    world.tg(&["account", "show", "new"]).fails(3);
    // Whoever leaves before the code is given up on, and leaves nothing behind.
    let number = phone(&world, "log01");
    let adding = Asking::start(&world, &["account", "add", "gone", "--phone", &number]);
    adding.end().fails(4);
    world.tg(&["account", "show", "gone"]).fails(3);
}

#[test]
fn several_sign_in_again_with_codes_from_their_old_sessions() {
    let world = world();
    world.tg(&["account", "import", &world.sim_file("accounts.json")]).ok();
    let from = logins(&world);
    let said =
        world.tg_json(&["account", "login", "acc01", "acc02", "--unattended", "--from", &from]);
    let said = said.ok();
    let done = said.out.lines().filter(|line| line.contains("tg.account_login/1"));
    let done: Vec<Value> = done.map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(done.len(), 2, "{}", said.out);
    assert!(done.iter().all(|login| login["error"].is_null()), "{done:?}");
    let sent = world.ask("/codes");
    assert!(sent.as_array().unwrap().iter().all(|sent| sent["way"] == "app"), "{sent}");
    for sent in sent.as_array().unwrap() {
        let code = sent["code"].as_str().unwrap();
        assert!(!said.out.contains(code) && !said.err.contains(code), "codes are never shown");
    }
    world.tg(&["account", "check", "acc01", "acc02"]).ok();
}

#[test]
fn a_revoked_account_is_found_and_signed_in_again() {
    let world = world();
    let number = phone(&world, "log01");
    let sign_in = |verb: &str| {
        let mut asking = Asking::start(&world, &["account", verb, "anna", "--phone", &number]);
        asking.hear("code_sent");
        asking.say(&code(&world));
        asking.end().ok();
    };
    sign_in("add");
    world.script(&json!([{"on": {}, "do": {"rpc_error": [401, "SESSION_REVOKED"]}}]));
    let checked = world.tg_json(&["account", "check", "anna"]).fails(1).json();
    assert_eq!((&checked["was"], &checked["state"]), (&json!("active"), &json!("revoked")));
    world.script(&json!([]));
    let all =
        world.tg_json(&["account", "login", "--all", "--unattended", "--from", &logins(&world)]);
    assert!(all.fails(1).out.contains("no code arrived"), "nobody could read the code");
    sign_in("login");
    assert_eq!(state(&world, "anna"), "active");
    world.tg(&["account", "tag", "anna", "+germany", "+vip"]).ok();
    let tagged = world.tg(&["account", "tag", "anna", "-vip", "--output", "json"]).ok().json();
    assert_eq!(tagged["tags"], json!(["germany"]));
    let removed = world.tg_json(&["account", "remove", "anna"]).ok().json();
    assert_eq!(removed["state"], "removed");
    world.tg(&["account", "resume", "anna"]).fails(4);
    sign_in("login");
    assert_eq!(state(&world, "anna"), "active");
}

/// Killed after Telegram agreed and before the account was stored: the next attempt completes it,
/// and no session stays at Telegram that nobody knows of.
#[test]
fn a_sign_in_that_was_killed_is_completed_by_the_next() {
    let world = world();
    let number = phone(&world, "log01");
    world.script(&json!([{"on": {"method": "auth.signIn"}, "do": {"hang": "after"}, "times": 1}]));
    let mut adding = Asking::start(&world, &["account", "add", "anna", "--phone", &number]);
    adding.hear("code_sent");
    adding.say(&code(&world));
    wait_until("the code is entered", || world.calls("auth.signIn") == 1);
    adding.child.kill().unwrap();
    adding.child.wait().unwrap();
    world.tg(&["account", "show", "anna"]).fails(3);
    let said = world
        .tg_json(&["account", "add", "anna", "--phone", &number, "--from", &logins(&world)])
        .ok();
    assert!(said.out.contains("\"kind\":\"completed\""), "{}", said.out);
    assert_eq!(world.ask("/codes").as_array().unwrap().len(), 1, "no second code was needed");
    world.tg(&["account", "check", "anna"]).ok();
}
