//! The binary: what it prints, how it ends, and what is left when it is killed.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::support::{Client, PATIENCE, input, send, sent_id};

fn tg_sim(state: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tg-sim"));
    command.arg("--state").arg(state).args(args);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A running simulator and its ready line; killed when dropped.
struct Process {
    child: Child,
    ready: Value,
}

impl Process {
    fn start(state: &Path, args: &[&str]) -> Self {
        let mut child = tg_sim(state, args).spawn().unwrap();
        let mut line = String::new();
        let stdout = child.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        let ready = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{line:?}"));
        Self { child, ready }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn journal(state: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(state.join("journal.jsonl")).unwrap();
    let lines = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
    lines.map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Sends until the connection is gone; gives the random ids that were answered.
async fn send_until_cut(client: std::sync::Arc<Client>, username: String, from: i64) -> Vec<i64> {
    let peer = input(&client.resolve(&username).await);
    let mut answered = Vec::new();
    for random_id in from.. {
        match client.try_call(&send(&peer, "hello", random_id)).await {
            Ok(answer) => {
                sent_id(answer);
                answered.push(random_id);
            }
            Err(_) => break,
        }
    }
    answered
}

#[tokio::test]
async fn every_answered_message_survives_a_kill() {
    let dir = tempfile::tempdir().unwrap();
    let mut process = Process::start(dir.path(), &["--accounts", "1", "--users", "20"]);
    let ready = process.ready.clone();
    let users = std::fs::read(dir.path().join("users.json")).unwrap();
    let users: Vec<Value> = serde_json::from_slice(&users).unwrap();
    let named = users.iter().find_map(|user| user["username"].as_str()).unwrap();

    let client = std::sync::Arc::new(Client::connect(dir.path(), "acc01").await);
    let mut senders = JoinSet::new();
    for n in 1..=4 {
        senders.spawn(send_until_cut(client.clone(), named.to_owned(), n * 1_000_000));
    }
    // The kill comes in the middle of the sending, whenever the journal has grown this far.
    let grown = async {
        while journal(dir.path()).len() < 200 {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, grown).await.unwrap();
    process.child.kill().unwrap();
    process.child.wait().unwrap();
    let answered = senders.join_all().await.concat();

    let lines = journal(dir.path());
    let delivered: BTreeSet<&str> =
        lines.iter().filter_map(|line| line["random_id"].as_str()).collect();
    assert_eq!(delivered.len(), lines.len(), "a random id was delivered twice");
    let kept = |id: &i64| delivered.contains(id.to_string().as_str());
    assert!(answered.iter().all(kept), "an answer was given before its line was written");

    let again = Process::start(dir.path(), &[]);
    assert_eq!(again.ready, ready, "the same ports");
    let client = Client::connect(dir.path(), "acc01").await;
    let peer = input(&client.resolve(named).await);
    for id in answered.iter().take(3) {
        assert!(!sent_id(client.call(&send(&peer, "hello", *id)).await).1);
    }
    assert_eq!(journal(dir.path()).len(), lines.len());
}

#[test]
fn a_signal_ends_it_cleanly() {
    for signal in ["-TERM", "-INT"] {
        let dir = tempfile::tempdir().unwrap();
        let mut process = Process::start(dir.path(), &[]);
        for key in ["telegram", "control", "sms", "gemini", "state"] {
            assert!(!process.ready[key].is_null(), "{}", process.ready);
        }
        let pid = process.child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
        assert_eq!(process.child.wait().unwrap().code(), Some(0));
    }
}

#[test]
fn what_it_cannot_do_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| -> Output { tg_sim(dir.path(), args).output().unwrap() };
    let away = run(&["--listen", "0.0.0.0:0"]);
    assert_eq!(away.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&away.stderr).contains("not a loopback address"));
    assert!(away.stdout.is_empty());
    assert_eq!(run(&["--dcs", "2,17"]).status.code(), Some(2));

    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let busy = run(&["--listen", &address]);
    assert_eq!(busy.status.code(), Some(1));
    let said = String::from_utf8_lossy(&busy.stderr).into_owned();
    assert!(said.contains(&format!("cannot listen on {address}")), "{said}");
    assert_eq!(said.matches("in use").count(), 1, "{said}");
}
