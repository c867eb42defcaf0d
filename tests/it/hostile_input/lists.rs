//! Lists of people: encodings, sizes, characters, formulas.

use crate::world::{Said, World};
use serde_json::Value;
use std::fs;

fn world() -> World {
    let world = World::new(1, 1);
    world.tg(&["init"]).ok();
    world
}

fn import(world: &World, list: &[u8]) -> Said {
    fs::write(world.path("list.csv"), list).unwrap();
    world.tg_json(&["audience", "import", "friends", "list.csv", "--consent", "at the desk"])
}

/// Line, column and reason of every reject.
fn rejects(world: &World) -> Vec<(u64, String, String)> {
    let file = fs::File::open(world.path("list.csv.rejects.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(file);
    reader
        .records()
        .map(|row| row.unwrap())
        .map(|row| (row[0].parse().unwrap(), row[1].to_owned(), row[2].to_owned()))
        .collect()
}

fn members(world: &World) -> Vec<Value> {
    let said = world.tg_json(&["audience", "export", "friends"]).ok();
    said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[track_caller]
fn refused(said: Said, why: &str) {
    let said = said.fails(1);
    let error: Value = serde_json::from_str(said.err.trim()).unwrap();
    let message = error["message"].as_str().unwrap();
    assert!(message.contains(why), "{message}");
    assert!(error["hint"].is_string(), "{error}");
}

#[test]
fn a_byte_order_mark_crlf_and_quoted_line_ends_are_read() {
    let world = world();
    let list = b"\xEF\xBB\xBFusername,first_name,note\r\nanna_1,\"Anna\",\"two\r\nlines, \"\"one\"\" cell\"\r\n\r\nbob_22,Bob,\r\n";
    let done = import(&world, list).ok().json();
    assert_eq!((&done["imported"], &done["rejected"]), (&2.into(), &0.into()), "{done}");
    let people = members(&world);
    assert_eq!(people[0]["fields"]["note"], "two\nlines, \"one\" cell");
}

#[test]
fn every_broken_row_is_named_and_no_other_is_lost() {
    let world = world();
    let mut list = b"username,first_name,note\n".to_vec();
    let mut broken: Vec<(u64, &str, &str)> = Vec::new();
    let mut line = 2;
    // The column at fault and a part of the reason; or the row is fine.
    type Fault = Option<(&'static str, &'static str)>;
    let rows: [(&[u8], Fault); 9] = [
        (b"\xFFanna,A,", Some(("username", "UTF-8"))),
        (b"anna_1,A\0nna,", Some(("first_name", "NUL"))),
        (b"anna_2,A\x1b[2Jnna,", Some(("first_name", "control character U+001B"))),
        (b"anna_3,Anna,a\x07b", Some(("note", "control character U+0007"))),
        (b"anna_4,Anna", Some(("note", "2 values for 3 columns"))),
        (b"anna_5,Anna,,,,,", Some(("note", "7 values for 3 columns"))),
        (b"<script>,Anna,", Some(("username", "username"))),
        (b"'; DROP TABLE contacts; --,Anna,", Some(("username", "username"))),
        ("anna_6,\u{202E}gnp.annA\u{202C},x\u{2066}y".as_bytes(), None),
    ];
    for (n, (row, fault)) in rows.into_iter().enumerate() {
        list.extend_from_slice(row);
        list.extend_from_slice(format!("\ngood_{n},Good,\n").as_bytes());
        broken.extend(fault.map(|(column, reason)| (line, column, reason)));
        line += 2;
    }
    let done = import(&world, &list).ok().json();
    assert_eq!((&done["rows"], &done["rejected"]), (&18.into(), &8.into()), "{done}");
    assert_eq!(done["imported"], 10);
    let found = rejects(&world);
    assert_eq!(found.len(), broken.len());
    for ((line, column, reason), expected) in found.iter().zip(broken) {
        assert_eq!((*line, column.as_str()), (expected.0, expected.1), "{reason}");
        assert!(reason.contains(expected.2), "{reason}");
    }
    let raw = fs::read_to_string(world.path("list.csv.rejects.csv")).unwrap();
    assert!(!raw.chars().any(|c| c.is_control() && c != '\n'), "no terminal is told anything");
    let bidi = members(&world).into_iter().find(|m| m["username"] == "anna_6").unwrap();
    assert_eq!((&bidi["first_name"], &bidi["fields"]["note"]), (&"gnp.annA".into(), &"xy".into()));
}

#[test]
fn values_and_rows_of_any_size_are_one_reject() {
    let world = world();
    let mut list = b"username,note\nanna_1,".to_vec();
    list.resize(list.len() + (1 << 20), b'x');
    list.extend_from_slice(b"\nanna_2,fine\nanna_3");
    list.resize(list.len() + 10_000, b',');
    list.extend_from_slice(b"\nanna_4,");
    list.resize(list.len() + 5_000, b'y');
    list.extend_from_slice(b"\nanna_5,fine\n");
    let done = import(&world, &list).ok().json();
    assert_eq!((&done["rows"], &done["imported"]), (&5.into(), &2.into()), "{done}");
    let found: Vec<_> =
        rejects(&world).into_iter().map(|(line, column, _)| (line, column)).collect();
    assert_eq!(found, [(2, "note".into()), (4, "note".into()), (5, "note".into())]);
    let size = fs::metadata(world.path("list.csv.rejects.csv")).unwrap().len();
    assert!(size < 8_192, "what was refused is not kept whole: {size} bytes");
}

#[test]
fn a_quote_that_never_ends_is_named_by_its_first_line() {
    let world = world();
    let done = import(&world, b"username,note\nanna_1,a\nbob_22,\"open\ncarl_3,c\n").ok().json();
    assert_eq!((&done["imported"], &done["rejected"]), (&1.into(), &1.into()), "{done}");
    let found = rejects(&world);
    assert_eq!((found[0].0, found[0].1.as_str()), (3, "note"));
    assert!(found[0].2.contains("quote is not closed"), "{}", found[0].2);
}

#[test]
fn lists_that_are_no_lists_are_refused_whole() {
    let world = world();
    let columns = (0..10_000).map(|n| format!("c{n}")).collect::<Vec<_>>().join(",");
    refused(import(&world, columns.as_bytes()), "more than 100 columns");
    refused(import(&world, "x".repeat(1 << 20).as_bytes()), "too long");
    refused(import(&world, b"\xFF\xFEu\0s\0e\0r\0"), "UTF-16");
    refused(import(&world, b"username,gr\xF6\xDFe\n"), "column 2 is not UTF-8");
    refused(import(&world, b"username;phone\n"), "separated by ';'");
    refused(import(&world, b"username,username\n"), "both named");
    refused(import(&world, b"username,{{ 7*7 }}\n"), "column 2 cannot be used");
    refused(import(&world, b"username,../../etc/passwd\n"), "column 2 cannot be used");
    refused(import(&world, b"\0\0\0\0"), "column 1 cannot be used");
    refused(import(&world, b""), "empty");
    world.tg(&["audience", "show", "friends"]).fails(3);
}

#[test]
fn endless_devices_are_no_lists() {
    let world = world();
    let said = world.tg_json(&["audience", "import", "friends", "/dev/zero", "--consent", "c"]);
    refused(said, "too long");
    refused(world.tg_json(&["account", "import", "/dev/zero"]), "longer than");
    refused(world.tg_json(&["template", "add", "t", "/dev/zero"]), "longer than");
}

#[test]
fn no_cell_calculates_in_an_export_or_among_the_rejects() {
    let world = world();
    let formulas = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "=cmd|' /C calc'!A0", "\t=1", " =1"];
    let mut list = "username,note\n".to_owned();
    for (n, formula) in formulas.iter().enumerate() {
        list.push_str(&format!("good_{n},\"{formula}\"\n\"{formula}\",x\n"));
    }
    let done = import(&world, list.as_bytes()).ok().json();
    assert_eq!((&done["imported"], &done["rejected"]), (&7.into(), &7.into()), "{done}");
    world.tg(&["audience", "export", "friends", "--to", "out.csv"]).ok();
    for name in ["out.csv", "list.csv.rejects.csv"] {
        let mut reader = csv::Reader::from_path(world.path(name)).unwrap();
        for cell in reader
            .records()
            .flat_map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>())
        {
            assert!(!cell.trim_start().starts_with(['=', '+', '-', '@']), "{name}: {cell:?}");
        }
    }
}

#[test]
fn names_that_are_paths_or_orders_to_a_terminal_are_refused() {
    let world = world();
    fs::write(world.path("list.csv"), "username\nanna_1\n").unwrap();
    for name in
        ["../friends", "/etc/passwd", "a b", "a\u{1b}[2J", "a\u{202E}b", "{{x}}", "a;b", "", "ü"]
    {
        let said = world.tg(&["audience", "import", name, "list.csv", "--consent", "c"]).fails(2);
        assert!(!said.err.contains(['\u{1b}', '\u{202E}']), "{:?}", said.err);
    }
    for consent in ["a\u{1b}[2J", "a\u{202E}b", "two\nlines", " ", &"x".repeat(501)] {
        world.tg(&["audience", "import", "friends", "list.csv", "--consent", consent]).fails(2);
    }
    world.tg(&["audience", "show", "friends"]).fails(3);
}
