//! Operators, keys and sign-ins, from outside: every verb as somebody who may only look, a home
//! that asks everybody who they are, and an audit log that somebody cut.

use crate::world::{Said, World, said, wait_until};
use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::process::Stdio;

/// Verbs with arguments, and the permission that a viewer lacks for each; `""`: they may.
const VERBS: &[(&str, &str)] = &[
    ("account import none.json", "account.import"),
    ("account export x --format telethon-string --stdout", "account.export"),
    ("account export x --format sealed --stdout", "account.export"),
    ("account add x --qr", "account.add"),
    ("account login --all", "account.login"),
    ("account check", "account.check"),
    ("account remove x", "account.remove"),
    ("account tag x +y", "account.tag"),
    ("account list", ""),
    ("account show x", ""),
    ("account report x", ""),
    ("account pause x", "account.pause"),
    ("account resume x", "account.resume"),
    ("inbox list", "inbox.list"),
    ("inbox show 1", "inbox.show"),
    ("inbox reply 1 Hi", "inbox.reply"),
    ("secret set gemini.api_key --stdin", "secret.set"),
    ("secret list", "secret.list"),
    ("secret rotate gemini.api_key --confirm", "secret.rotate"),
    ("secret migrate old.env", "secret.migrate"),
    ("secret migrate old.env --dry-run", "secret.migrate"),
    ("secret rekey", "secret.rekey"),
    ("alert list", ""),
    ("alert test", "alert.test"),
    ("db backup other.db", "db.backup"),
    ("db restore copy.db", "db.restore"),
    ("secret remove gemini.api_key", "secret.remove"),
    ("proxy add --file none.txt", "proxy.add"),
    ("proxy add x socks5://u@127.0.0.1:1", "proxy.add"),
    ("proxy list", ""),
    ("proxy check", "proxy.check"),
    ("proxy assign acc01=none", "proxy.assign"),
    ("proxy replace acc01", "proxy.replace"),
    ("proxy remove x", "proxy.remove"),
    ("audience import x none.csv --consent c", "audience.import"),
    ("audience list", ""),
    ("audience show x", ""),
    ("audience export x", "audience.export"),
    ("audience export x --to nowhere/x.csv", "audience.export"),
    ("audience suppress all 1", "audience.suppress"),
    ("audience tag x +y", "audience.tag"),
    ("contact show 1", "contact.show"),
    ("contact tag 1 +y", "contact.tag"),
    ("segment add x sent", "segment.add"),
    ("segment list", ""),
    ("segment show x", ""),
    ("segment remove x", "segment.remove"),
    ("template add x hello.md", "template.add"),
    ("template list", ""),
    ("template show x", ""),
    ("template lint x", ""),
    ("template preview x --audience x", "template.preview"),
    ("campaign create x --audience x --template x --accounts all", "campaign.create"),
    ("campaign plan x", ""),
    ("campaign preview x", "campaign.preview"),
    ("campaign test x", "campaign.test"),
    ("campaign start x", "campaign.start"),
    ("campaign pause x", "campaign.pause"),
    ("campaign resume x", "campaign.resume"),
    ("campaign cancel x", "campaign.cancel"),
    ("campaign list", ""),
    ("campaign status x", ""),
    ("campaign report x", ""),
    ("campaign deliveries x", "campaign.deliveries"),
    ("campaign retry x", "campaign.retry"),
    ("campaign resolve x --delivery 1 --as sent", "campaign.resolve"),
    ("campaign review x list", "campaign.review"),
    ("campaign review x approve --all", "campaign.review"),
    ("campaign review x reject --all", "campaign.review"),
    ("run --until-idle", "engine.run"),
    ("operator add x --role viewer", "operator.add"),
    ("operator role x viewer", "operator.role"),
    ("operator disable x", "operator.disable"),
    ("operator list", "operator.list"),
    ("operator key create x", "key.create"),
    ("operator key list", "key.list"),
    ("operator key revoke 0a", "key.revoke"),
    ("auth whoami", ""),
    ("auth require off", "auth.require"),
    ("audit list", "audit.list"),
    ("audit verify", ""),
    ("audit export", "audit.export"),
    ("audit accept --because x", "audit.accept"),
    ("config show", ""),
    ("config validate", ""),
    ("db check", ""),
    ("doctor", ""),
];

/// Verbs that are before any home, or about oneself: nobody is refused for a role.
const OPEN: &[&str] = &["init", "demo", "completions", "help", "auth login", "auth logout"];

/// All verbs that the program's own help names.
fn verbs(world: &World, noun: &[&str]) -> Vec<String> {
    let help = world.tg(&[noun, &["--help"]].concat()).ok().out;
    let Some((_, list)) = help.split_once("Commands:\n") else { return vec![noun.join(" ")] };
    let names = list.lines().take_while(|line| !line.is_empty()).filter_map(|line| {
        line.strip_prefix("  ").filter(|rest| !rest.starts_with(' '))?.split(' ').next()
    });
    names
        .filter(|name| noun.is_empty() || *name != "help")
        .flat_map(|name| match name {
            "help" => vec!["help".to_owned()],
            name => verbs(world, &[noun, &[name]].concat()),
        })
        .collect()
}

fn home_with(operators: &[(&str, &str)]) -> (World, Vec<String>) {
    let world = World::new(1, 2);
    world.tg(&["init"]).ok();
    let keys = operators.iter().map(|(name, role)| {
        world.tg(&["operator", "add", name, "--role", role]).ok();
        let key = world.tg(&["operator", "key", "create", name]).ok().out;
        key.trim().to_owned()
    });
    let keys = keys.collect();
    (world, keys)
}

fn with_key(world: &World, key: &str, args: &[&str]) -> Said {
    said(world.command(args).env("TG_API_KEY", key).output().unwrap())
}

fn typed(world: &World, input: &str, args: &[&str]) -> Said {
    let mut command = world.command(args);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    said(child.wait_with_output().unwrap())
}

fn code(said: &Said) -> String {
    let error: serde_json::Value = serde_json::from_str(said.err.trim()).unwrap_or_default();
    error["code"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn every_verb_refuses_who_may_not_and_says_so_in_the_log() {
    // Nothing that the verbs name is there: no file, no setting, no application at Telegram. Who may
    // not is refused before anybody looks.
    let (world, keys) = home_with(&[("vera", "viewer")]);
    let all: BTreeSet<String> = verbs(&world, &[]).into_iter().collect();
    let known = |verb: &str| {
        OPEN.contains(&verb)
            || VERBS.iter().any(|(line, _)| {
                // Some verbs stand behind the name of what they are about.
                let line = format!("{line} ");
                let bare = line.replacen(" x ", " ", 1);
                [line, bare].iter().any(|line| line.starts_with(&format!("{verb} ")))
            })
    };
    for verb in &all {
        assert!(known(verb), "no line here tries `tg {verb}`");
    }
    for (line, permission) in VERBS {
        let args: Vec<&str> = ["--output", "json"].into_iter().chain(line.split(' ')).collect();
        let said = with_key(&world, &keys[0], &args);
        let refused = said.code == Some(4) && code(&said) == "not_permitted";
        assert_eq!(refused, !permission.is_empty(), "{line}: {:?} {}", said.code, said.err);
    }
    let wanted: Vec<&str> =
        VERBS.iter().map(|(_, permission)| *permission).filter(|p| !p.is_empty()).collect();
    assert_eq!(refusals(&world), wanted, "one row each, in their order");
    world.tg(&["audit", "verify"]).ok();
}

/// What vera was refused, oldest first.
fn refusals(world: &World) -> Vec<String> {
    let list = ["audit", "list", "--actor", "vera", "--limit", "1000"];
    let log = world.tg_json(&list).ok().json();
    let rows = log["entries"].as_array().unwrap().iter().rev();
    let refused = rows.filter(|row| row["outcome"] == "refused");
    refused.map(|row| row["action"].as_str().unwrap().to_owned()).collect()
}

/// What has to be alone in the home asks for its permission also while it cannot be.
#[test]
fn who_may_not_is_refused_while_an_engine_runs() {
    let (world, keys) = home_with(&[("vera", "viewer")]);
    let mut engine = world.command(&["run"]).stdout(Stdio::null()).spawn().unwrap();
    let lock = world.home().join("run.lock");
    wait_until("the engine holds the home", || {
        fs::read_to_string(&lock).is_ok_and(|pid| pid.trim() == engine.id().to_string())
    });
    let alone = [
        ("account add x --qr", "account.add"),
        ("account login --all", "account.login"),
        ("account check", "account.check"),
        ("account remove x", "account.remove"),
        ("secret rekey", "secret.rekey"),
        ("db restore copy.db", "db.restore"),
        ("run --until-idle", "engine.run"),
    ];
    let said = alone.map(|(line, _)| {
        let args: Vec<&str> = ["--output", "json"].into_iter().chain(line.split(' ')).collect();
        (line, with_key(&world, &keys[0], &args))
    });
    let admin = world.tg(&["secret", "rekey"]);
    engine.kill().unwrap();
    engine.wait().unwrap();
    for (line, said) in said {
        assert_eq!((said.code, code(&said)), (Some(4), "not_permitted".into()), "{line}");
    }
    assert_eq!(admin.code, Some(6), "{}", admin.err);
    assert_eq!(refusals(&world), alone.map(|(_, permission)| permission));
}

#[test]
fn a_home_can_ask_everybody_who_they_are() {
    let (world, keys) = home_with(&[("root", "admin"), ("vera", "viewer")]);
    let config = world.home().join("config.toml");
    fs::write(&config, "[auth]\nrequired = true\n").unwrap();
    for args in
        [&["account", "list"][..], &["doctor"], &["config", "show"], &["run", "--until-idle"]]
    {
        let refused = world.tg(&[args, &["--output", "json"]].concat()).fails(4);
        assert_eq!(code(&refused), "not_signed_in", "{args:?}");
    }
    assert!(world.tg(&["account", "list"]).fails(4).err.contains("tg auth login"));
    with_key(&world, &keys[1], &["account", "list"]).ok();
    // Taking the line out of the file switches nothing off.
    fs::write(&config, "").unwrap();
    world.tg(&["account", "list"]).fails(4);
    with_key(&world, &keys[1], &["auth", "require", "off"]).fails(4);

    // Sign in with the key from standard input; the token is for its owner only.
    typed(&world, &format!("{}\n", keys[1]), &["auth", "login"]).ok();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let token = world.home().join("sign-in").metadata().unwrap();
        assert_eq!(token.permissions().mode() & 0o777, 0o600);
    }
    let me = world.tg_json(&["auth", "whoami"]).ok().json();
    assert_eq!((me["who"].as_str(), me["role"].as_str()), (Some("vera"), Some("viewer")));
    world.tg(&["account", "list"]).ok();
    world.tg(&["campaign", "start", "x"]).fails(4);
    world.tg(&["auth", "logout"]).ok();
    world.tg(&["auth", "logout"]).ok();
    world.tg(&["account", "list"]).fails(4);

    with_key(&world, &keys[0], &["auth", "require", "off"]).ok();
    world.tg(&["account", "list"]).ok();
    let log = world.tg_json(&["audit", "list", "--action", "auth.require"]).ok().json();
    let rows: Vec<_> = log["entries"].as_array().unwrap().iter().collect();
    assert_eq!(rows.len(), 3, "{log}");
    assert_eq!((&rows[0]["actor"], &rows[0]["after"]), (&"root".into(), &"not required".into()));
    assert_eq!(rows[1]["outcome"], "refused");
    assert_eq!((&rows[2]["actor"], &rows[2]["after"]), (&"config.toml".into(), &"required".into()));
    assert!(rows[0]["source"].as_str().unwrap().contains("host"), "{log}");
}

#[test]
fn who_lost_every_key_owns_the_home_by_its_master_key() {
    let (world, _) = home_with(&[("root", "admin")]);
    world.tg(&["auth", "require", "on"]).ok();
    world.tg(&["account", "list"]).fails(4);
    let off = ["auth", "require", "off", "--with-master-key"];
    let wrong = typed(&world, &"ab".repeat(32), &off).fails(4);
    assert!(!wrong.err.contains("abab"), "{}", wrong.err);
    let master = fs::read_to_string(world.home().join("master.key")).unwrap();
    typed(&world, &master, &off).ok();
    world.tg(&["account", "list"]).ok();
    world.tg(&["audit", "verify"]).ok();
}

#[test]
fn a_key_that_ended_is_refused_and_guessing_is_slowed_down() {
    let (world, keys) = home_with(&[("vera", "viewer")]);
    let id = keys[0].split('_').nth(1).unwrap();
    // A key of another home looks right, and is none here.
    let stranger = home_with(&[("vera", "viewer")]).1.remove(0);
    for _ in 0..5 {
        let said = with_key(&world, &stranger, &["account", "list", "--output", "json"]).fails(4);
        assert_eq!(code(&said), "wrong_key");
    }
    let locked = with_key(&world, &stranger, &["account", "list", "--output", "json"]).fails(4);
    assert_eq!(code(&locked), "locked_out");
    assert!(locked.err.contains("wait"), "{}", locked.err);
    world.tg(&["operator", "key", "revoke", id]).ok();
    let list = world.tg_json(&["operator", "key", "list"]).ok().json();
    assert_eq!(list["keys"][0]["state"], "revoked");
    assert!(list["keys"][0]["key"].is_null(), "{list}");
    for text in ["tgk_nonsense", ""] {
        let said = with_key(&world, text, &["account", "list", "--output", "json"]);
        assert_eq!(said.code, Some(if text.is_empty() { 0 } else { 4 }), "{text}: {}", said.err);
    }
}

#[test]
fn rows_that_are_cut_off_at_the_end_are_missed() {
    let (world, _) = home_with(&[("vera", "viewer")]);
    let older = world.path("older");
    fs::create_dir(&older).unwrap();
    for name in ["tg.db", "tg.db-wal"] {
        let _ = fs::copy(world.home().join(name), older.join(name));
    }
    let before = world.tg_json(&["audit", "verify"]).ok().json();
    world.tg(&["operator", "role", "vera", "admin"]).ok();
    world.tg(&["audit", "verify"]).ok();
    // Somebody puts the database of a moment ago back: the row about the role is gone.
    for name in ["tg.db", "tg.db-wal", "tg.db-shm"] {
        let _ = fs::remove_file(world.home().join(name));
        let _ = fs::copy(older.join(name), world.home().join(name));
    }
    let cut = world.tg_json(&["audit", "verify"]).fails(1).json();
    assert_eq!((&cut["ok"], &cut["problem"]["kind"]), (&false.into(), &"truncated".into()));
    assert_eq!(cut["problem"]["row"].as_i64(), before["rows"].as_i64().map(|rows| rows + 1));
    // What follows does not paint over it, and an admin accepts it with a row.
    world.tg(&["operator", "add", "bert", "--role", "viewer"]).ok();
    world.tg(&["operator", "add", "carl", "--role", "viewer"]).ok();
    world.tg(&["audit", "verify"]).fails(1);
    world.tg(&["audit", "accept", "--because", "an older copy was put back"]).ok();
    world.tg(&["audit", "verify"]).ok();
    let rows = world.tg(&["audit", "export"]).ok().out;
    let last: serde_json::Value = serde_json::from_str(rows.lines().last().unwrap()).unwrap();
    assert_eq!((&last["schema"], &last["action"]), (&"tg.audit/1".into(), &"audit.accept".into()));
    assert_eq!(last["detail"], "an older copy was put back");
}
