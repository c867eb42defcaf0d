//! The flush proof: for every message, what its claim says is on disk before its first byte leaves.
//!
//! `tg run` works through a campaign under `strace`, which stops a thread when it enters one of the
//! traced system calls and when it leaves it, and writes one line after the other. So if the line
//! that ends a flush stands before the line that begins a socket write, the flush was over before
//! the write could begin, whichever threads they belong to. Nothing depends on clocks.
//!
//! No write is guessed to be the one: the simulator's journal names the random id of every message
//! that was delivered, and the proof looks for that number
//! - in the pages that were written to the write-ahead log: the first is its claim;
//! - in what went through the sockets, decrypted with the accounts' keys ([`tg_sim::Tap`]): the first
//!   is its first transmission.
//!
//! Between the two, in this order, each over before the next begins, there have to be:
//! 1. the frame that commits the claim's transaction (its header says how large the database is
//!    now; frames before it say 0, sqlite.org/fileformat2.html#walformat),
//! 2. a flush of the write-ahead log,
//! 3. a write of `claims.mark`,
//! 4. a flush of `claims.mark`.
//!
//! The proof is about the order in which the program asks the system, not about disks that lie.

use crate::world::World;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

/// The calls by which bytes reach files and sockets, and by which files are flushed.
const TRACED: &str =
    "trace=write,writev,pwrite64,pwritev,pwritev2,sendto,sendmsg,sendmmsg,fsync,fdatasync";

#[test]
fn a_claim_is_flushed_before_its_message_leaves() {
    let world = World::with_campaign(2, 150);
    world.tg(&["campaign", "start", "spring"]).ok();
    // Some messages go out twice: then the first transmission is the one that counts.
    world.script(&json!([
        {"on": {"method": "messages.sendMessage", "every": 40}, "do": {"drop": "after"}}
    ]));
    let trace = world.path("trace");
    run_traced(&world, &trace);
    assert_eq!(world.judge()["sent"], 150);

    let events = parse::events(&std::fs::read_to_string(&trace).unwrap());
    let journal = world.journal();
    let ids = journal.values().flatten().map(|line| line["random_id"].as_str().unwrap());
    let ids: Vec<i64> = ids.map(|id| id.parse().unwrap()).collect();
    assert_eq!(ids.len(), 150);
    let left = transmissions(&events, &keys(&world), &ids);
    for id in ids {
        let first = left.get(&id).unwrap_or_else(|| panic!("{id} arrived, but never left"));
        judge(&events, id, *first).unwrap_or_else(|why| panic!("message {id}: {why}"));
    }
    let claims = events.iter().filter(|e| matches!(e.what, What::Mark)).count();
    assert!(claims > 2, "several claims, not one: {claims}");
}

/// Runs the engine to the end of the campaign under `strace`.
fn run_traced(world: &World, trace: &Path) {
    let found = Command::new("strace").arg("-V").stdout(Stdio::null()).status();
    assert!(found.is_ok_and(|s| s.success()), "this test needs strace; .ci/run installs it");
    // Whole paths and addresses, and all bytes in hexadecimal: a page has 4096 of them.
    let output = Command::new("strace")
        .args(["-f", "-qq", "-yy", "-xx", "-s", "1000000", "-e", TRACED, "-o"])
        .arg(trace)
        .args(["--", env!("CARGO_BIN_EXE_tg"), "run", "--until-idle"])
        .current_dir(world.path(""))
        .env_clear()
        .env("TG_HOME", world.home())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The accounts' keys, at every data centre.
fn keys(world: &World) -> Vec<[u8; 256]> {
    let text = std::fs::read_to_string(world.sim_file("accounts.json")).unwrap();
    let accounts: serde_json::Value = serde_json::from_str(&text).unwrap();
    let keys = accounts.as_array().unwrap().iter().flat_map(|a| a["keys"].as_object().unwrap());
    keys.map(|(_, key)| {
        let hex = key.as_str().unwrap();
        let byte = |at: usize| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap();
        std::array::from_fn(byte)
    })
    .collect()
}

/// Something that was traced, from the line where it begins to the line where it is over.
#[derive(Clone, Debug)]
struct Event {
    begins: usize,
    ends: usize,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    /// Bytes went to the write-ahead log.
    Log(Vec<u8>),
    LogFlushed,
    /// The mark was written.
    Mark,
    MarkFlushed,
    /// Bytes went through a connection.
    Socket(String, Vec<u8>),
}

/// Where the first byte of each of these messages left: the line, by random id.
fn transmissions(events: &[Event], keys: &[[u8; 256]], ids: &[i64]) -> BTreeMap<i64, usize> {
    let mut taps = BTreeMap::new();
    let mut first = BTreeMap::new();
    for event in events {
        let What::Socket(connection, bytes) = &event.what else { continue };
        let (tap, began) =
            taps.entry(connection).or_insert_with(|| (tg_sim::Tap::new(keys), event.begins));
        if tap.is_between() {
            *began = event.begins;
        }
        // A packet that takes several writes left with the first of them.
        let calls = tap.feed(bytes).unwrap_or_else(|e| panic!("{connection}: {e}"));
        for id in ids {
            if calls.iter().any(|call| contains(call, &id.to_le_bytes())) {
                first.entry(*id).or_insert(*began);
            }
        }
        if !tap.is_between() && !calls.is_empty() {
            *began = event.begins;
        }
    }
    first
}

fn contains(hay: &[u8], needle: &[u8]) -> bool {
    hay.windows(needle.len()).any(|window| window == needle)
}

/// A number as SQLite stores it: big-endian, in six bytes if that is enough
/// (sqlite.org/fileformat2.html#record_format). Shorter ones do not happen to random ids.
fn stored(id: i64) -> Vec<u8> {
    let skip = if (-(1i64 << 47)..1i64 << 47).contains(&id) { 2 } else { 0 };
    id.to_be_bytes()[skip..].to_vec()
}

/// A step between a claim's commit and its message: what it is called, and how it is recognised.
type Step = (&'static str, fn(&What) -> bool);

/// In this order, each over before the next begins.
const STEPS: [Step; 3] = [
    ("the log is flushed", |what| matches!(what, What::LogFlushed)),
    ("the mark is written", |what| matches!(what, What::Mark)),
    ("the mark is flushed", |what| matches!(what, What::MarkFlushed)),
];

/// Whether everything about the message with this id is on disk before line `left`.
fn judge(events: &[Event], id: i64, left: usize) -> Result<(), String> {
    let claimed = events
        .iter()
        .position(|e| matches!(&e.what, What::Log(bytes) if contains(bytes, &stored(id))))
        .ok_or("its claim was never written")?;
    let mut since = commit(events, claimed).ok_or("its claim was never committed")?;
    if since >= left {
        return Err(format!("it left on line {left}, before its claim was written ({since})"));
    }
    for (step, is_it) in STEPS {
        since = events
            .iter()
            .find(|e| e.begins > since && is_it(&e.what))
            .map(|e| e.ends)
            .filter(|ends| *ends < left)
            .ok_or_else(|| format!("it left on line {left}, before {step}"))?;
    }
    Ok(())
}

/// Where the transaction ends that wrote the page at `claimed`: the line where its last page is
/// over. A frame is its header, 24 bytes, and a page.
fn commit(events: &[Event], claimed: usize) -> Option<usize> {
    let mut last_of_commit = false;
    for (index, event) in events.iter().enumerate() {
        let What::Log(bytes) = &event.what else { continue };
        if bytes.len() == 24 {
            last_of_commit = bytes[4..8] != [0; 4];
        } else if index >= claimed && last_of_commit {
            return Some(event.ends);
        }
    }
    None
}

/// From the lines of `strace -f -yy -xx` to events.
mod parse {
    use super::{Event, What};
    use std::collections::BTreeMap;

    /// What is of interest here, in the order in which it began.
    pub(super) fn events(trace: &str) -> Vec<Event> {
        let mut open: BTreeMap<&str, (usize, &str)> = BTreeMap::new();
        let mut events = Vec::new();
        for (line, text) in trace.lines().enumerate() {
            let (thread, text) = text.split_once(' ').unwrap_or_else(|| panic!("no line: {text}"));
            let text = text.trim_start();
            if let Some(call) = text.strip_suffix("<unfinished ...>") {
                open.insert(thread, (line, call));
            } else if text.starts_with("<... ") {
                // What a killed call would have returned is not known, and it did not happen.
                if let Some((begins, call)) = open.remove(thread)
                    && let Some(result) = result(text)
                {
                    events.extend(event(begins, line, call, result));
                }
            } else if let Some(result) = result(text) {
                events.extend(event(line, line, text, result));
            }
        }
        events.sort_by_key(|event| event.begins);
        events
    }

    /// What a call returned; none for an error.
    fn result(text: &str) -> Option<usize> {
        text.rsplit_once(" = ")?.1.split(' ').next()?.parse().ok()
    }

    fn event(begins: usize, ends: usize, call: &str, result: usize) -> Option<Event> {
        let (name, arguments) = call.split_once('(')?;
        let target = arguments.split_once('<')?.1;
        let what = if target.starts_with("TCP") {
            let connection = target.split_once("]>")?.0;
            What::Socket(connection.to_owned(), written(arguments, result))
        } else {
            let path = unescaped(target.split_once('>')?.0);
            let flush = name == "fsync" || name == "fdatasync";
            match (path.rsplit(|b| *b == b'/').next()?, flush) {
                (b"tg.db-wal", false) => What::Log(written(arguments, result)),
                (b"tg.db-wal", true) => What::LogFlushed,
                (b"claims.mark", false) => What::Mark,
                (b"claims.mark", true) => What::MarkFlushed,
                _ => return None,
            }
        };
        Some(Event { begins, ends, what })
    }

    /// The bytes that a call was given, as far as it took them.
    fn written(arguments: &str, taken: usize) -> Vec<u8> {
        assert!(!arguments.contains("\"..."), "the trace has all bytes");
        // Every other part is within quotes, and no byte is shown as itself.
        let mut bytes: Vec<u8> =
            arguments.split('"').skip(1).step_by(2).flat_map(unescaped).collect();
        assert!(taken <= bytes.len(), "the trace has all bytes: {taken} of {}", bytes.len());
        bytes.truncate(taken);
        bytes
    }

    /// `\x` and two digits for every byte.
    fn unescaped(text: &str) -> Vec<u8> {
        text.split("\\x").skip(1).map(|hex| u8::from_str_radix(hex, 16).unwrap()).collect()
    }
}

/// The judge itself, on traces with a fault.
mod judging {
    use super::{What, judge, parse};

    const ID: i64 = 0x0102_0304_0506_0708;

    /// A trace of these steps, a line each. `a+b`: `b` begins before `a` is over.
    fn trace(steps: &str) -> String {
        let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("\\x{b:02x}")).collect::<String>();
        let call = |step: &str| {
            let header = |pages: u8| [vec![0, 0, 0, 1, 0, 0, 0, pages], vec![0; 16]].concat();
            let page = [b"page ".to_vec(), ID.to_be_bytes().to_vec()].concat();
            let (name, target, bytes) = match step {
                "frame" => ("pwrite64", hex(b"/h/tg.db-wal"), Some(header(0))),
                "last" => ("pwrite64", hex(b"/h/tg.db-wal"), Some(header(9))),
                "page" => ("pwrite64", hex(b"/h/tg.db-wal"), Some(b"another page".to_vec())),
                "claim" => ("pwrite64", hex(b"/h/tg.db-wal"), Some(page)),
                "flush" => ("fsync", hex(b"/h/tg.db-wal"), None),
                "mark" => ("write", hex(b"/h/claims.mark"), Some(b"41".to_vec())),
                "flushmark" => ("fdatasync", hex(b"/h/claims.mark"), None),
                _ => ("sendto", "TCP:[127.0.0.1:1->127.0.0.1:2]".to_owned(), Some(vec![1])),
            };
            let data = bytes.as_ref().map_or_else(String::new, |b| format!(", \"{}\"", hex(b)));
            (format!("{name}(7<{target}>{data}"), bytes.map_or(0, |b| b.len()))
        };
        let mut lines = Vec::new();
        for step in steps.split(' ') {
            if let Some((outer, inner)) = step.split_once('+') {
                let ((outer, n), (inner, m)) = (call(outer), call(inner));
                lines.push(format!("10 {outer} <unfinished ...>"));
                lines.push(format!("11 {inner}) = {m}"));
                lines.push(format!("10 <... resumed>) = {n}"));
            } else {
                let (text, n) = call(step);
                lines.push(format!("10 {text}) = {n}"));
            }
        }
        lines.join("\n")
    }

    #[track_caller]
    fn check(steps: &str, fault: Option<&str>) {
        let events = parse::events(&trace(steps));
        let left = events.iter().find(|e| matches!(e.what, What::Socket(..))).unwrap().begins;
        match (judge(&events, ID, left), fault) {
            (Ok(()), None) => {}
            (Err(why), Some(fault)) if why.contains(fault) => {}
            (other, _) => panic!("{steps}: {other:?}"),
        }
    }

    #[test]
    fn the_order_that_is_promised_passes() {
        check("frame claim last page flush mark flushmark send", None);
        check("frame page last claim flush mark flushmark send flush", None);
    }

    #[test]
    fn a_missing_or_late_step_is_found() {
        check("last claim mark flushmark send", Some("before the log is flushed"));
        check("last claim flush flushmark send", Some("before the mark is written"));
        check("last claim flush mark send flushmark", Some("before the mark is flushed"));
        check("last claim mark flushmark flush send", Some("before the mark is written"));
        check("flush mark flushmark send last claim flush", Some("before its claim was written"));
        check("frame claim flush mark flushmark send", Some("never committed"));
        check("frame claim flush last page mark flushmark send", Some("before the log is flushed"));
        check("last page flush mark flushmark send", Some("never written"));
    }

    #[test]
    fn a_flush_that_is_still_under_way_is_none() {
        check("last claim flush+send mark flushmark", Some("before the log is flushed"));
        check("last claim flush mark flushmark+send", Some("before the mark is flushed"));
        check("frame+flush claim last page flush mark flushmark send", None);
    }
}
