//! Sessions that other programs made: files of the real Telethon and kurigram, in
//! `tests/fixtures/sessions`, are taken over, used, and handed back.

use crate::world::{Said, World, said};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// The simulator that the fixtures are of.
fn world() -> World {
    World::new(1, 20)
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/sessions").join(name)
}

/// The fixture in the world's folder, where nothing else is.
fn copied(world: &World, name: &str) -> String {
    let folder = world.path("theirs");
    fs::create_dir_all(&folder).unwrap();
    let to = folder.join(name);
    fs::copy(fixture(name), &to).unwrap();
    to.display().to_string()
}

fn account(world: &World) -> Value {
    let text = fs::read_to_string(world.sim_file("accounts.json")).unwrap();
    serde_json::from_str::<Value>(&text).unwrap()[0].clone()
}

/// Where the simulator's data centre is today: the fixtures say where it was.
fn dc(world: &World) -> String {
    format!("2={}", account(world)["dcs"]["2"].as_str().unwrap())
}

/// A home of its own under the world's.
fn home(world: &World, name: &str) -> String {
    let home = world.path(name).display().to_string();
    world.tg(&["--home", &home, "init"]).ok();
    home
}

fn import(world: &World, home: &str, file: &str) -> Said {
    world.tg_json(&["--home", home, "account", "import", file, "--dc", &dc(world)])
}

fn accounts(world: &World, home: &str) -> Value {
    world.tg_json(&["--home", home, "account", "list"]).ok().json()["accounts"].clone()
}

#[test]
fn sessions_of_telethon_and_kurigram_are_taken_over() {
    let world = world();
    for (file, name, peers, asked) in [
        ("telethon.session", "telethon", 1, 0),
        ("kurigram.session", "kurigram", 1, 0),
        ("telethon.txt", "user-7300000136", 0, 1),
        ("kurigram.txt", "user-7300000136", 0, 0),
    ] {
        let home = home(&world, file);
        let path = copied(&world, file);
        let before = fs::read(&path).unwrap();
        let asks = || world.calls("users.getUsers");
        let asked_before = asks();
        let done = import(&world, &home, &path).ok().json();
        assert_eq!((&done["names"][0], &done["peers"]), (&json!(name), &json!(peers)), "{file}");
        assert_eq!(fs::read(&path).unwrap(), before, "{file} is touched");
        let account = accounts(&world, &home)[0].clone();
        assert_eq!(account["user_id"], 7_300_000_136_i64, "{file}");
        assert_eq!((&account["is_bot"], &account["loopback"]), (&json!(false), &json!(true)));
        // Only Telethon's string does not say whose it is.
        assert_eq!(asks() - asked_before, asked, "{file}");
        assert_eq!(import(&world, &home, &path).ok().json()["unchanged"], 1, "{file}");
    }
    let beside: Vec<_> = fs::read_dir(world.path("theirs")).unwrap().collect();
    assert_eq!(beside.len(), 4, "nothing is left beside a session file: {beside:?}");
}

#[test]
fn a_session_that_was_taken_over_sends_to_whom_it_knows() {
    let world = world();
    world.tg(&["init"]).ok();
    let home = world.home().display().to_string();
    let file = copied(&world, "telethon.session");
    import(&world, &home, &file).ok();
    fs::write(world.path("one.csv"), "user_id,first_name\n1100001099,Emilia\n").unwrap();
    fs::write(world.path("hello.md"), "Hi {{ first_name }}").unwrap();
    let path = |name: &str| world.path(name).display().to_string();
    world.tg(&["audience", "import", "friends", &path("one.csv"), "--consent", "signed up"]).ok();
    world.tg(&["template", "add", "hello", &path("hello.md")]).ok();
    world.create("spring");
    world.tg(&["campaign", "start", "spring"]).ok();
    world.tg(&["run", "--until-idle"]).ok();
    // Known by its id alone: the access hash came with the file.
    assert_eq!(world.judge()["sent"], 1);
    assert_eq!(world.calls("contacts.resolveUsername"), 0);
}

#[test]
fn what_is_handed_out_is_what_came_in() {
    let world = world();
    world.tg(&["init"]).ok();
    let home = world.home().display().to_string();
    let string = fs::read_to_string(fixture("telethon.txt")).unwrap();
    import(&world, &home, &copied(&world, "kurigram.session")).ok();
    let export = |form: &str| {
        world.tg(&["account", "export", "kurigram", "--format", form, "--stdout"]).ok()
    };
    let out = export("telethon-string").out;
    // The same key for the same data centre; only the port is today's.
    assert_eq!((out.len(), &out[..8]), (string.len(), &string[..8]));
    assert_eq!(out[14..].trim(), string[14..].trim());
    // The last is the number of the application, which this home was never told.
    let (ours, theirs) =
        (export("pyrogram-string").out, fs::read_to_string(fixture("kurigram.txt")).unwrap());
    assert_eq!(ours[8..].trim(), theirs[8..].trim());
    let file = world.path("anna.tgs").display().to_string();
    let sealed = |args: &[&str]| {
        let mut child = world
            .command(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        use std::io::Write;
        child.stdin.take().unwrap().write_all(b"correct horse\n").unwrap();
        said(child.wait_with_output().unwrap())
    };
    let to = ["account", "export", "kurigram", "--format", "sealed", "--to", &file];
    sealed(&to).ok();
    sealed(&to).fails(1);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let other = self::home(&world, "other");
    sealed(&["--home", &other, "account", "import", &file]).ok();
    assert_eq!(accounts(&world, &other)[0]["name"], "kurigram");
    let wrong = world.tg(&["--home", &other, "account", "import", &file]).fails(2);
    assert!(wrong.err.contains("passphrase"), "{}", wrong.err);
}

#[test]
fn what_is_no_session_is_refused_with_a_reason_and_never_quoted() {
    let world = world();
    world.tg(&["init"]).ok();
    let path = world.path("x.session").display().to_string();
    let refused = |content: &[u8]| {
        fs::write(&path, content).unwrap();
        world.tg(&["account", "import", &path]).fails(1).err
    };
    assert!(refused(b"").contains("empty"));
    assert!(refused(b"1AgAOMTQ5secret").contains("no session string"));
    assert!(!refused(b"1AgAOMTQ5secret").contains("secret"));
    assert!(refused(b"SQLite format 3\0cut off").contains("no session file"));
    let busy = copied(&world, "telethon.session");
    fs::write(format!("{busy}-journal"), "x").unwrap();
    let told = import(&world, &world.home().display().to_string(), &busy).fails(1).err;
    assert!(told.contains("in use by another program"), "{told}");
}
