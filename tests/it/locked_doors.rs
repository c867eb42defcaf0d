//! Secrets are planted, a whole campaign runs with everything logged, it crashes twice, and then
//! every byte that was written is searched for them: raw, as hex, as base64.

use crate::hook::Hook;
use crate::world::{World, said, wait_until};
use serde_json::{Value, json};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

const HASH: &str = "5ec2e7a91b3d4f6088aa17cd90fe4b21";
const TWO_FACTOR: &str = "Zwiebelkuchen-2FA-planted";
const TOKEN: &str = "7231456890:AAPlantedTokenPlantedTokenPlantedTo";
const REFUSED: &str = "planted-but-refused-value";
const OVERRIDE: &str = "planted-in-the-environment";
const HOOK_KEY: &str = "planted-key-of-the-webhook";
const PASSPHRASE: &str = "planted passphrase of an export";
const WRONG: &str = "planted and the wrong passphrase";
const HOOK_PATH: &str = "-planted-in-the-path";

/// What is written while the test runs, one file per command.
struct Outputs<'a> {
    world: &'a World,
    folder: PathBuf,
}

impl Outputs<'_> {
    fn file(&self, name: &str) -> File {
        File::create(self.folder.join(name)).unwrap()
    }

    /// Starts a command with everything logged; what it says goes to files.
    fn start(&self, name: &str, args: &[&str]) -> Child {
        self.world
            .command(args)
            .env("TG_LOG", "trace")
            .env("TG_SECRET_GEMINI_API_KEY", OVERRIDE)
            .env("TG_NET_ALLOW_PRIVATE", "127.0.0.1")
            .stdin(Stdio::piped())
            .stdout(self.file(&format!("{name}.out")))
            .stderr(self.file(&format!("{name}.err")))
            .spawn()
            .unwrap()
    }

    fn run(&self, name: &str, args: &[&str], input: &str) -> Option<i32> {
        let mut child = self.start(name, args);
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        child.wait().unwrap().code()
    }

    fn set(&self, name: &str, value: &str) {
        let file = name.replace('/', "-");
        let code = self.run(&format!("set-{file}"), &["secret", "set", name, "--stdin"], value);
        assert_eq!(code, Some(0), "{name}");
    }

    /// Runs the engine until it has sent more, and ends it with a signal.
    fn crash(&self, name: &str, signal: &str, sent: u64) {
        let before = self.world.calls("messages.sendMessage");
        let mut engine = self.start(name, &["run", "--output", "json"]);
        wait_until("more was sent", || self.world.calls("messages.sendMessage") >= before + sent);
        let limits = fs::read_to_string(format!("/proc/{}/limits", engine.id())).unwrap();
        let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
        let words: Vec<_> = core.split_ascii_whitespace().collect();
        assert_eq!(words[4..6], ["0", "0"], "{core}");
        let id = engine.id().to_string();
        let sent = std::process::Command::new("kill").args([signal, &id]).status().unwrap();
        assert!(sent.success());
        assert!(engine.wait().unwrap().code().is_none(), "a signal ended it");
    }
}

/// The forms in which bytes could stand somewhere.
fn forms(bytes: &[u8]) -> Vec<Vec<u8>> {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut forms = vec![bytes.to_vec(), hex.to_uppercase().into_bytes(), hex.into_bytes()];
    // Within something longer, base64 looks different by where it begins: the letters that depend on
    // neighbours are left out.
    for before in 0..3usize {
        let mut padded = vec![0u8; before];
        padded.extend_from_slice(bytes);
        let whole = padded.len() / 3 * 3;
        for letters in [
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
        ] {
            let text = base64(&padded[..whole], letters);
            let from = if before == 0 { 0 } else { 4 };
            forms.push(text[from..].to_vec());
        }
    }
    forms
}

fn base64(bytes: &[u8], letters: &[u8; 64]) -> Vec<u8> {
    let group = |three: &[u8]| {
        let bits = u32::from(three[0]) << 16 | u32::from(three[1]) << 8 | u32::from(three[2]);
        [18, 12, 6, 0].map(|shift| letters[(bits >> shift & 63) as usize])
    };
    bytes.chunks_exact(3).flat_map(group).collect()
}

fn all_files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { all_files(&path, into) } else { into.push(path) }
    }
}

/// Where something stands, among files.
fn found<'a>(files: &'a [(PathBuf, Vec<u8>)], bytes: &[u8]) -> Vec<&'a Path> {
    let forms = forms(bytes);
    files
        .iter()
        .filter(|(_, content)| forms.iter().any(|form| contains(content, form)))
        .map(|(path, _)| path.as_path())
        .collect()
}

fn contains(content: &[u8], form: &[u8]) -> bool {
    assert!(form.len() >= 8, "short forms are found by chance");
    content.windows(form.len()).any(|window| window == form)
}

fn key_bytes(account: &Value) -> Vec<u8> {
    let hex = account["keys"].as_object().unwrap().values().next().unwrap().as_str().unwrap();
    let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    (0..hex.len()).step_by(2).map(byte).collect()
}

/// Everything that a person might do in such a home, wrong turns included.
fn live(out: &Outputs<'_>) {
    let world = out.world;
    out.set("telegram.api_hash", HASH);
    out.set("account/acc01/two_factor", TWO_FACTOR);
    out.set("alerts.bot_token", TOKEN);
    let hook = Hook::open();
    out.set("alerts.webhook_url", &format!("{}{HOOK_PATH}", hook.url()));
    out.set("alerts.webhook_key", HOOK_KEY);
    world.tg(&["campaign", "start", "spring"]).ok();
    out.crash("aborted", "-ABRT", 20);
    // People write back, one of them a "no", while the engine is not there.
    let people = world.users();
    world.say(people[0], "acc01", "STOP");
    world.say(people[1], "acc01", "Who is this?");
    out.crash("killed", "-KILL", 20);
    for (name, args, input, code) in [
        ("refused", &["secret", "set", "telegram.api_hash", "--stdin"][..], REFUSED, 2),
        ("no-name", &["secret", "set", TOKEN, "--stdin"], REFUSED, 2),
        ("rotated", &["secret", "rotate", "alerts.bot_token", "--stdin"], TOKEN, 0),
        ("abandoned", &["secret", "rotate", "alerts.bot_token", "--abandon"], "", 0),
        ("listed", &["secret", "list", "--output", "json"], "", 0),
        ("settings", &["config", "show", "--origin", "--output", "json"], "", 0),
        ("accounts", &["account", "list", "--output", "json"], "", 0),
        ("account", &["account", "show", "acc01", "--output", "json"], "", 0),
        ("rekeyed", &["secret", "rekey", "--output", "json"], "", 0),
        ("copied", &["db", "backup", "copy.db"], "", 0),
        ("doctor", &["doctor", "--output", "json"], "", 0),
        ("missing", &["account", "show", "nobody", "--output", "json"], "", 3),
        ("told", &["alert", "test", "--output", "json"], "", 0),
        ("alerts", &["alert", "list", "--output", "json"], "", 0),
        ("inbox", &["inbox", "list", "--output", "json"], "", 0),
        (
            "taken",
            &["account", "export", "acc02", "--format", "sealed", "--to", "taken.txt"],
            PASSPHRASE,
            0,
        ),
        ("taken-wrong", &["account", "import", "taken.txt", "--output", "json"], WRONG, 1),
    ] {
        assert_eq!(out.run(name, args, input), Some(code), "{name}");
    }
    assert_eq!(out.run("finished", &["run", "--until-idle", "--output", "json"], ""), Some(0));
    // Only now every account has certainly heard what was said to it.
    assert_eq!(out.run("audit", &["audit", "export"], ""), Some(0));
    assert_eq!(
        out.run("report", &["campaign", "report", "spring", "--output", "json"], ""),
        Some(0)
    );
    let counts = world.judge();
    let count = |outcome: &str| counts.get(outcome).copied().unwrap_or_default();
    assert_eq!(count("sent") + count("skipped"), 120, "{counts:?}");
    assert!(!hook.posted().is_empty());
}

#[test]
fn nothing_planted_is_found_anywhere() {
    let world = World::with_campaign(2, 120);
    // Slow enough that each crash leaves something to the next run.
    world.script(&json!([{"on": {"method": "messages.sendMessage"}, "do": {"delay_ms": 100}}]));
    let folder = world.path("said");
    fs::create_dir(&folder).unwrap();
    let out = Outputs { world: &world, folder };
    live(&out);
    let mut paths = Vec::new();
    all_files(&world.home(), &mut paths);
    let stored = paths.len();
    all_files(&out.folder, &mut paths);
    paths.push(world.path("taken.txt"));
    paths.push(world.path("copy.db"));
    let files: Vec<_> =
        paths.into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect();

    let accounts: Value =
        serde_json::from_slice(&fs::read(world.sim_file("accounts.json")).unwrap()).unwrap();
    let key = key_bytes(&accounts[0]);
    for (what, bytes) in [
        ("the application's hash", HASH.as_bytes()),
        ("the password", TWO_FACTOR.as_bytes()),
        ("the token", TOKEN.as_bytes()),
        ("what was refused", REFUSED.as_bytes()),
        ("what the environment says", OVERRIDE.as_bytes()),
        ("the webhook's address", HOOK_PATH.as_bytes()),
        ("the webhook's key", HOOK_KEY.as_bytes()),
        ("the passphrase of an export", PASSPHRASE.as_bytes()),
        ("a wrong passphrase", WRONG.as_bytes()),
        ("a session key, its beginning", &key[..24]),
        ("a session key, its middle", &key[100..124]),
    ] {
        assert_eq!(found(&files, bytes), [""; 0].map(Path::new), "{what}");
    }
    // A whole number stands where a person is named, and nowhere in what is said.
    let phone = accounts[0]["phone"].as_str().unwrap();
    assert_eq!(found(&files[stored..files.len() - 1], phone.as_bytes()), [""; 0].map(Path::new));
    // Nor does the log of changes have what people wrote.
    let log = fs::read_to_string(out.folder.join("audit.out")).unwrap();
    assert!(log.contains("contact.opt_out") && !log.contains("STOP"), "{log}");
    the_search_works(&world, &files, &key, phone);
    no_core(&world);
}

/// What is not secret is found by the same search, and so are the planted bytes where they are.
fn the_search_works(world: &World, files: &[(PathBuf, Vec<u8>)], key: &[u8], phone: &str) {
    let names = |bytes: &[u8]| -> Vec<String> {
        let name = |path: &&Path| path.file_name().unwrap().to_string_lossy().into_owned();
        found(files, bytes).iter().map(name).collect()
    };
    let text = names(b"Hi {{ first_name }}");
    assert!(text.contains(&"tg.db".to_owned()) && text.contains(&"copy.db".to_owned()), "{text:?}");
    assert!(names(b"telegram.api_hash").contains(&"listed.out".to_owned()));
    assert!(names(b"the home is unlocked").contains(&"finished.err".to_owned()), "the log is on");
    assert!(names(phone.as_bytes()).contains(&"tg.db".to_owned()));
    let planted = fs::read(world.sim_file("accounts.json")).unwrap();
    assert!(forms(&key[..24]).iter().any(|form| contains(&planted, form)), "hex is recognised");
    let wrapped = base64(
        &[b"xy", TOKEN.as_bytes(), b"z"].concat(),
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    );
    assert!(forms(TOKEN.as_bytes()).iter().any(|form| contains(&wrapped, form)), "base64 as well");
}

/// No image of the process's memory: neither beside the home nor where it was started.
fn no_core(world: &World) {
    let mut all = Vec::new();
    all_files(&world.path(""), &mut all);
    let cores: Vec<_> = all
        .iter()
        .filter(|path| {
            path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("core"))
        })
        .collect();
    assert!(cores.is_empty(), "{cores:?}");
    let said = said(world.command(&["secret", "list"]).output().unwrap());
    assert_eq!(said.code, Some(0), "{}", said.err);
}
