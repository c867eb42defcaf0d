//! The guides in `docs/guide/` say what to type: it is typed, in their order.

use crate::world::World;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// The commands of a guide, from its blocks of shell.
fn commands(guide: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/guide").join(guide);
    let text = fs::read_to_string(path).unwrap();
    let mut script = String::new();
    let mut inside = false;
    for line in text.lines() {
        match line {
            "```sh" => inside = true,
            "```" => inside = false,
            _ if inside => {
                script.push_str(line);
                script.push('\n');
            }
            _ => {}
        }
    }
    script
}

/// Runs the commands in a folder of their own; any that fails ends the walk.
fn walk(guide: &str) -> (World, String, String) {
    let world = World::new(1, 1);
    let script = commands(guide);
    assert!(script.lines().filter(|line| line.starts_with("tg ")).count() > 5, "{script}");
    let programs = Path::new(env!("CARGO_BIN_EXE_tg")).parent().unwrap().to_owned();
    let others = std::env::var_os("PATH").unwrap_or_default();
    let all = std::iter::once(programs).chain(std::env::split_paths(&others));
    let output = Command::new("sh")
        .args(["-eux", "-c", &script])
        .current_dir(world.path(""))
        .env_clear()
        .env("PATH", std::env::join_paths(all).unwrap())
        .env("TG_HOME", world.home())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let (out, err) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}\n{err}");
    let (out, err) = (out.into_owned(), err.into_owned());
    (world, out, err)
}

#[test]
fn the_walk_of_personal_texts() {
    let (_, out, err) = walk("personal-texts.md");
    assert!(out.contains("would cost"), "{out}");
    assert!(out.contains("1 text of spring approved"), "{out}");
    assert!(out.contains("\"text\":\"approved\""), "{out}\n{err}");
}

#[test]
fn the_walk_of_secrets() {
    let (world, out, err) = walk("secrets.md");
    assert!(err.contains("there is no key file"), "{err}");
    assert!(out.contains("BOT_TOKEN: it looks like a bot's token"), "{out}");
    for name in ["account/shop/bot_token", "gemini.api_key", "telegram.api_hash"] {
        // Listed once after the migration, and after each of the losses.
        assert!(out.matches(&format!("\n{name} ")).count() >= 4, "{name}\n{out}");
    }
    for secret in ["0123456789abcdef0123456789abcdef", "AIzaExample", "AAHdqTcvCH1vGWJxfSeofSAs0K5"]
    {
        assert!(!out.contains(secret), "{out}");
        assert!(!fs::read_to_string(world.path("old.env")).unwrap().contains(secret));
    }
}

#[test]
fn the_walk_of_operators() {
    let (world, out, err) = walk("operators.md");
    assert!(out.contains("anna") && out.contains("campaign.report"), "{out}");
    for refusal in [
        "limited to campaign.list,campaign.report: not campaign.start",
        "lacks account.import",
        "nothing was shown",
        "anna may not use this home any more",
    ] {
        assert!(err.contains(refusal), "{refusal}\n{err}");
    }
    let log = fs::read_to_string(world.path("audit.jsonl")).unwrap();
    let rows: Vec<serde_json::Value> =
        log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let has = |actor: &str, action: &str, outcome: &str| {
        rows.iter().any(|row| {
            row["actor"] == actor && row["action"] == action && row["outcome"] == outcome
        })
    };
    assert!(has("vera", "account.import", "refused") && has("anna", "auth.login", "done"), "{log}");
    assert!(has("local", "operator.disable", "done"), "{log}");
    for key in ["root.key", "anna.key", "vera.key", "nightly.key"] {
        let key = fs::read_to_string(world.path(key)).unwrap();
        assert!(!log.contains(key.trim()));
    }
}

/// Every command that a guide shows exists, with the options that it is shown with.
#[test]
fn what_guides_show_can_be_typed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/guide");
    let mut lines = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        let shown = text.lines().map(str::trim_start).filter(|line| line.starts_with("tg "));
        lines.extend(shown.map(str::to_owned));
    }
    assert!(lines.len() > 40, "{lines:?}");
    let tg = Path::new(env!("CARGO_BIN_EXE_tg"));
    // What follows these verbs' names is a tag, whatever it looks like.
    for line in lines.into_iter().filter(|line| line.split(' ').nth(2) != Some("tag")) {
        // Without what the shell does with it, and asking for help instead of doing it.
        let end = line.find(['#', '<', '>', '|', '&']).unwrap_or(line.len());
        let script = format!("\"$TG\"{} --help", line[2..end].trim_end());
        let output = Command::new("sh")
            .args(["-c", &script])
            .env_clear()
            .env("TG", tg)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{line}\n{err}");
    }
}

#[test]
fn the_walk_of_content() {
    let (world, out, err) = walk("content.md");
    assert!(out.contains("added template hello (markdown; de)"), "{out}\n{err}");
    assert!(out.contains("VARIANT"), "{out}");
    // The test is the account's own, and nobody's delivery.
    let journal = world.journal();
    let person = journal[&world.users()[0]].iter().map(|line| &line["media"]["name"]);
    let files: Vec<_> = person.filter_map(|name| name.as_str()).collect();
    assert_eq!(files, ["prices.pdf", "terms.pdf"]);
    assert_eq!(journal.len(), 2, "the person, and the account itself");
}

#[test]
fn the_walk_of_audiences() {
    let (world, out, err) = walk("audiences.md");
    assert!(out.contains("nothing was changed: this is what an import would do"), "{out}\n{err}");
    assert!(out.contains("proven by \"form 4711\""), "{out}");
    assert!(out.contains("people  1"), "{out}");
    let berlin = fs::read_to_string(world.path("berlin.csv")).unwrap();
    assert_eq!(berlin.lines().count(), 2, "{berlin}");
    let copies = world.tg_json(&["audience", "show", "copies"]).ok().json();
    assert_eq!(copies["members"], 4);
}
