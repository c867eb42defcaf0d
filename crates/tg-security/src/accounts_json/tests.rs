//! The file as the simulator and other programs write it, and broken in every place.

#![allow(clippy::unwrap_used)]

use super::*;
use proptest::prelude::*;

fn key(byte: u8) -> String {
    hex::encode([byte; 256])
}

fn entry(name: &str, user: i64) -> String {
    format!(
        "{{\n\"name\": \"{name}\",\n\"user_id\": {user},\n\"is_bot\": false,\n\
         \"phone\": \"+9996620001\",\n\"home_dc\": 2,\n\
         \"dcs\": {{\"2\": \"127.0.0.1:4430\", \"4\": \"127.0.0.1:4431\"}},\n\
         \"keys\": {{\n\"2\": \"{}\"\n}}\n}}",
        key(0xAB)
    )
}

fn list(entries: &[String]) -> String {
    format!("[\n{}\n]", entries.join(",\n"))
}

/// The one fault of a text: path, reason, line.
fn fault(text: &str) -> (String, String, usize) {
    match parse(text.as_bytes()).unwrap_err() {
        JsonError::Fault { reason, place } => {
            assert!(!reason.contains("abab") && reason.len() < 200, "{reason}");
            (place.path, reason, place.line)
        }
        other => panic!("{other}"),
    }
}

#[test]
fn a_file_as_it_should_be() {
    let accounts = parse(list(&[entry("acc-01", 7), entry("acc-02", 8)]).as_bytes()).unwrap();
    assert_eq!(accounts.len(), 2);
    let first = &accounts[0];
    assert_eq!(first.name.as_str(), "acc-01");
    assert_eq!(first.phone.as_ref().unwrap().e164(), "+9996620001");
    assert!(first.loopback);
    let session = &first.session;
    assert_eq!((session.user_id, session.is_bot, session.home_dc), (UserId(7), false, 2));
    assert_eq!(session.updates, None);
    assert_eq!(session.dcs.len(), 2);
    assert_eq!(session.dcs[0].key, Some([0xAB; 256]));
    assert_eq!((session.dcs[1].dc, session.dcs[1].key), (4, None), "an address without a key");
    assert!(!format!("{first:?}").contains("171, 171"), "keys do not show");
    assert_eq!(parse(b"[]").unwrap(), []);
}

#[test]
fn phones_in_other_forms() {
    for (written, number) in [
        ("\"9996620001\"", Some("+9996620001")),
        ("\"+49 151 12345678\"", Some("+4915112345678")),
        ("\"+88801234567\"", Some("+88801234567")),
        ("\"\"", None),
        ("null", None),
    ] {
        let text = list(&[entry("a", 7).replace("\"+9996620001\"", written)]);
        let phone = parse(text.as_bytes()).unwrap().remove(0).phone;
        assert_eq!(phone.as_ref().map(PhoneNumber::e164), number, "{written}");
    }
    let without = entry("a", 7).replace("\"phone\": \"+9996620001\",", "\"more\": [1],");
    assert_eq!(parse(list(&[without]).as_bytes()).unwrap()[0].phone, None);
}

#[test]
fn one_real_data_centre_is_not_loopback() {
    let text = list(&[entry("a", 7).replace("127.0.0.1:4431", "149.154.167.91:443")]);
    assert!(!parse(text.as_bytes()).unwrap()[0].loopback);
    let text = list(&[entry("a", 7).replace("127.0.0.1", "[::1]")]);
    assert!(parse(text.as_bytes()).unwrap()[0].loopback);
}

#[test]
fn each_fault_names_path_and_line() {
    let good = entry("b", 8);
    for (from, to, path, says, line) in [
        ("\"b\"", "\"B b\"", "accounts[1].name", "not a valid name", 14),
        ("\"b\"", "5", "accounts[1].name", "invalid type", 14),
        ("8,", "-8,", "accounts[1].user_id", "between 1 and", 15),
        ("8,", "1e99,", "accounts[1].user_id", "", 15),
        ("8,", "\"8\",", "accounts[1].user_id", "invalid type", 15),
        ("+9996620001", "12x", "accounts[1].phone", "phone", 17),
        ("\"home_dc\": 2", "\"home_dc\": 0", "accounts[1].home_dc", "between 1 and", 18),
        ("\"home_dc\": 2", "\"home_dc\": 3", "accounts[1].dcs", "no address for home_dc 3", 23),
        ("\"home_dc\": 2", "\"home_dc\": 4", "accounts[1].keys", "no key for home_dc 4", 23),
        ("127.0.0.1:4430", "localhost:1", "accounts[1].dcs.2", "not an address", 19),
        ("127.0.0.1:4430", "127.0.0.1:0", "accounts[1].dcs.2", "not an address", 19),
        ("\"4\":", "\"2\":", "accounts[1].dcs", "named twice", 19),
        ("\"4\":", "\"four\":", "accounts[1].dcs", "not the number", 19),
        ("\n\"2\": \"", "\n\"3\": \"", "accounts[1].keys", "no key for home_dc", 23),
        ("\n\"2\": \"abab", "\n\"2\": \"ab", "accounts[1].keys.2", "512 hex digits", 21),
        ("\n\"2\": \"abab", "\n\"2\": \"xxab", "accounts[1].keys.2", "only hex", 21),
        ("\"is_bot\": false", "\"is_bot\": 1", "accounts[1].is_bot", "invalid type", 16),
        ("\"is_bot\": false", "\"name\": \"c\"", "accounts[1]", "duplicate field", 16),
        ("\"user_id\": 8,", "", "accounts[1]", "missing field `user_id`", 23),
        ("\n}\n}", "\n}\n", "accounts[1]", "", 24),
    ] {
        let bad = good.replacen(from, to, 1);
        assert_ne!(bad, good, "{from}");
        let (at, reason, on) = fault(&list(&[entry("a", 7), bad]));
        assert!(at.starts_with(path), "{from} -> {to}: {at}: {reason}");
        assert!(reason.contains(says), "{from} -> {to}: {reason}");
        assert_eq!(on, line, "{from} -> {to}: {at}: {reason}");
    }
}

#[test]
fn a_key_without_an_address() {
    let text = list(&[
        entry("a", 7).replace("\"keys\": {", &format!("\"keys\": {{\"5\": \"{}\",", key(1)))
    ]);
    let (path, reason, _) = fault(&text);
    assert_eq!(path, "accounts[0].keys.5");
    assert!(reason.contains("no address"));
}

#[test]
fn accounts_that_come_twice() {
    let (path, reason, line) = fault(&list(&[entry("a", 7), entry("b", 8), entry("a", 9)]));
    assert_eq!((path.as_str(), line), ("accounts[2].name", 34));
    assert_eq!(reason, "the same as in accounts[0]");
    let (path, reason, _) = fault(&list(&[entry("a", 7), entry("b", 8), entry("c", 8)]));
    assert_eq!(
        (path.as_str(), reason.as_str()),
        ("accounts[2].user_id", "the same as in accounts[1]")
    );
}

#[test]
fn what_is_no_list() {
    for text in ["", "{}", "null", "[", "[{}]", "[1]", "[]x", "\u{FEFF}[]", "[\"x\0\"]"] {
        let (path, _, line) = fault(text);
        assert!(path.starts_with("accounts"), "{path}");
        assert_eq!(line, 1);
    }
    assert!(matches!(parse(b"[\xFF]"), Err(JsonError::Fault { .. })));
    let (_, reason, _) = fault(&format!("[{{\"is_bot\": \"{}\"}}]", key(0xAB)));
    assert_eq!(reason, "invalid type: string, expected a boolean");
}

#[test]
fn bounds() {
    let deep = format!("[{{\"more\": {}{}}}]", "[".repeat(15), "]".repeat(15));
    assert!(matches!(parse(deep.as_bytes()), Err(JsonError::TooDeep { .. })));
    let bomb = "[".repeat(1_000_000);
    assert!(matches!(parse(bomb.as_bytes()), Err(JsonError::TooDeep { .. })));
    let large = vec![b' '; MAX_ACCOUNTS_FILE + 1];
    assert!(matches!(parse(&large), Err(JsonError::TooLarge { .. })));
}

proptest! {
    #[test]
    fn broken_files_never_panic(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut text = list(&[entry("a", 7), entry("b", 8)]).into_bytes();
        let at = at.index(text.len());
        text[at] = byte;
        let _ = parse(&text);
        let _ = parse(&text[..at]);
    }
}

#[test]
fn a_key_in_the_place_of_a_name_is_not_repeated() {
    let key = "ab".repeat(256);
    for text in [
        format!("[{{\"name\":\"{key}\"}}]"),
        format!("[{{\"name\":\"a\",\"dcs\":{{\"{key}\":\"127.0.0.1:1\"}}}}]"),
        format!("[{{\"name\":\"a\",\"keys\":{{\"{key}\":1}}}}]"),
        format!("[{{\"user_id\":\"{key}\"}}]"),
        format!("{{\"{key}\":1}}"),
        format!("[\"{key}\"]"),
    ] {
        let error = parse(text.as_bytes()).expect_err("is faulty").to_string();
        assert!(!error.contains(&key[..40]), "{error}");
        assert!(error.starts_with("accounts") && error.contains("line 1"), "{error}");
    }
}
