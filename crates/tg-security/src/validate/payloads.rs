//! What testers send at entrances, class by class (OWASP's cheat sheets and testing guide), through
//! every newtype: refused, or made into a value that cannot do harm, and never repeated by an error.

#![allow(clippy::unwrap_used)]

mod table;

use super::list::{Exported, PeopleWriter, Reject, RejectWriter};
use super::*;
use crate::{SEALED_EXPORT, open_export, parse_session_string, parse_who};
use ::url::Url;
use proptest::prelude::*;
use secrecy::{ExposeSecret, SecretString};
use std::path::Path;
use table::CLASSES;
use tg_core::ids::Slug;
use tg_core::peer::Username;

fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    CLASSES.iter().flat_map(|(class, payloads)| payloads.iter().map(move |one| (*class, *one)))
}

/// An error of an entrance: it exists, and does not repeat what it refuses.
fn refused<T, E: std::fmt::Display>(entrance: &str, payload: &str, read: Result<T, E>) {
    let Err(error) = read else { panic!("{entrance} takes {payload:?}") };
    assert!(!error.to_string().contains(payload), "{entrance} repeats {payload:?}: {error}");
}

fn abroad() -> PhoneRules {
    PhoneRules { region: None, test_numbers: true }
}

/// Newtypes with an alphabet take none of it, whatever the class.
#[test]
fn names_numbers_and_tags_take_no_payload() {
    for (_, payload) in all() {
        refused("a phone number", payload, parse_phone(payload, &abroad()));
        refused("a username", payload, parse_username(payload));
        refused("a link to a user", payload, parse_username(&format!("https://t.me/{payload}/x")));
        refused("a user id", payload, parse_user_id(payload));
        refused("a person", payload, parse_who(payload, &abroad()));
        refused("a language", payload, parse_lang(payload));
        refused("a time zone", payload, parse_tz(payload));
        refused("a region", payload, payload.parse::<Region>());
        refused("a proxy", payload, parse_proxy(payload));
        refused("a proxy", payload, parse_proxy(&format!("socks5://{payload}:1080")));
        // A user's name may have what passes through a URL unchanged, and nothing else.
        if let Ok(proxy) = parse_proxy(&format!("socks5://{payload}@h.example:1")) {
            let url = Url::parse(&proxy.address.to_string()).unwrap();
            let user = payload.split(':').next().unwrap();
            assert_eq!((url.username(), url.host_str()), (user, Some("h.example")));
        }
        refused("a session", payload, parse_session_string(payload).map(drop));
        let sealed = open_export(&format!("{SEALED_EXPORT}{payload}"), &SecretString::from("x"));
        refused("a sealed session", payload, sealed.map(drop));
        assert!(Slug::parse(payload).is_err(), "a name of ours takes {payload:?}");
        assert!(Username::parse(payload).is_err(), "a username takes {payload:?}");
        let column = field_name(payload);
        assert!(column.is_err(), "a column's name takes {payload:?}: {column:?}");
    }
}

/// Text that people wrote stays what it is where it can do nothing, without what steers.
#[test]
fn text_keeps_its_words_and_loses_what_steers() {
    for (class, payload) in all() {
        for (entrance, clean, lines) in
            [("a name", clean_name(payload), ""), ("a field", clean_field(payload), "\n\t")]
        {
            let Ok(text) = clean else {
                let steers = class == "control" || payload.chars().any(char::is_control);
                assert!(steers, "{entrance} refuses words: {payload:?}");
                continue;
            };
            let steers = |c: char| (c.is_control() && !lines.contains(c)) || is_bidi_control(c);
            assert!(!text.contains(steers), "{entrance}: {text:?} of {payload:?}");
        }
    }
}

/// Only what leads to the internet, over HTTP, and nowhere that it does not say.
#[test]
fn urls_lead_where_they_say() {
    for (class, payload) in all() {
        refused("a URL", payload, HttpUrl::parse(payload, UrlRules::default()));
        // As a path or a query it is data, and stays at its host.
        for text in [
            format!("https://example.org/{payload}"),
            format!("https://example.org/?next={payload}"),
        ] {
            if let Ok(url) = HttpUrl::parse(&text, UrlRules::default()) {
                assert_eq!(url.host(), "example.org", "{class}: {payload:?}");
                assert!(url.as_str().bytes().all(|b| b.is_ascii_graphic()), "{}", url.as_str());
                assert!(!format!("{url} {url:?}").contains("next"), "the query is not shown");
            }
        }
        // As a host it is refused, or no host of a private network.
        let _ = HttpUrl::parse(&format!("https://{payload}/"), UrlRules::default())
            .map(|url| assert_ne!(url.host(), "127.0.0.1", "{payload:?}"));
    }
}

/// No name leads out of its folder.
#[test]
fn paths_stay_in_their_folder() {
    let folder = tempfile::tempdir().unwrap();
    for (_, payload) in all() {
        match inside(folder.path(), Path::new(payload)) {
            Ok(place) => {
                let below = place.strip_prefix(folder.path()).unwrap();
                assert!(below.components().all(|p| matches!(p, std::path::Component::Normal(_))));
            }
            Err(error) => assert!(!error.to_string().contains(payload), "{error}"),
        }
    }
}

/// Exports and reject files are opened in spreadsheets: no cell calculates.
#[test]
fn no_cell_is_a_formula() {
    for (_, payload) in all() {
        let mut people = PeopleWriter::new(Vec::new(), [payload]).unwrap();
        let names = [payload; 4];
        let one = Exported {
            names,
            fields: vec![payload],
            permission: [payload; 7],
            ..Default::default()
        };
        people.write(&one).unwrap();
        let mut rejects = RejectWriter::new(Vec::new()).unwrap();
        let reject =
            Reject { line: 1, column: payload.into(), reason: "x".into(), raw: payload.into() };
        rejects.write(&reject).unwrap();
        for text in [people.finish().unwrap(), rejects.finish().unwrap()] {
            let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(&text[..]);
            for cell in reader
                .records()
                .flat_map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>())
            {
                let first = cell.trim_start().chars().next();
                let formula = first.is_some_and(|c| "=+-@＝＋－＠".contains(c));
                assert!(!formula && !cell.starts_with(['\t', '\r', '\n']), "{cell:?}");
            }
        }
    }
}

/// In JSON they are strings, names that no type asks for, or no JSON.
#[test]
fn json_gives_no_more_than_its_type_asks_for() {
    #[derive(Debug, Default, PartialEq, serde::Deserialize)]
    #[serde(default)]
    struct Known {
        name: String,
        admin: bool,
    }
    let bounds = JsonBounds { document: "doc", bytes: 4_096, depth: 4 };
    for (_, payload) in all() {
        if let Err(error) = read_json::<Known>(payload.as_bytes(), bounds) {
            assert!(!error.to_string().contains(payload), "{error}");
        } else {
            let read = read_json::<Known>(payload.as_bytes(), bounds).unwrap();
            assert_eq!(read, Known::default(), "nothing is assigned that is not named");
        }
        let quoted = serde_json::json!({ "name": payload, payload: { "admin": true } }).to_string();
        let read: Known = read_json(quoted.as_bytes(), bounds).unwrap();
        assert_eq!((read.name.as_str(), read.admin), (payload, false));
    }
}

/// What is very long is refused before anything else is done with it.
#[test]
fn nothing_is_too_long_to_be_refused() {
    for one in ["a", "1", "\u{202E}", "{", "../", "=", "🦊", "é"] {
        let long = one.repeat(300_000);
        refused("a phone number", &long, parse_phone(&long, &abroad()));
        refused("a username", &long, parse_username(&long));
        refused("a user id", &long, parse_user_id(&long));
        refused("a language", &long, parse_lang(&long));
        refused("a time zone", &long, parse_tz(&format!("A/{long}")));
        refused("a column's name", &long, field_name(&long));
        refused("a field", &long, clean_field(&long));
        refused("a URL", &long, HttpUrl::parse(&long, UrlRules::default()));
        refused("a proxy", &long, parse_proxy(&format!("socks5://{long}:1")));
        refused("a session", &long, parse_session_string(&long).map(drop));
        refused("a name of ours", &long, Slug::parse(&long));
        if one != "\u{202E}" {
            refused("a name", &long, clean_name(&long));
        }
    }
}

/// Letters, digits and what the classes above are made of.
fn text() -> impl Strategy<Value = String> {
    prop_oneof!["\\PC{0,24}", "[a-zA-Z0-9@_./:+ \\-]{0,24}", "[\\x00-\\x{2100}]{0,16}"]
}

proptest! {
    /// What is accepted reads the same the second time, for every newtype.
    #[test]
    fn what_is_accepted_is_accepted_again(text in text()) {
        if let Ok(name) = parse_username(&text) {
            prop_assert_eq!(parse_username(&name.to_string()), Ok(name.clone()));
            prop_assert_eq!(parse_who(&name.to_string(), &abroad()).is_ok(), true);
        }
        if let Ok(name) = clean_name(&text) {
            prop_assert_eq!(clean_name(&name), Ok(name.clone()));
        }
        if let Ok(field) = clean_field(&text) {
            prop_assert_eq!(clean_field(&field), Ok(field.clone()));
        }
        if let Ok(name) = field_name(&text) {
            prop_assert_eq!(field_name(&name), Ok(name.clone()));
        }
        if let Ok(lang) = parse_lang(&text) {
            prop_assert_eq!(parse_lang(&lang), Ok(lang.clone()));
        }
        if let Ok(tz) = parse_tz(&text) {
            prop_assert_eq!(parse_tz(&tz), Ok(tz.clone()));
        }
        if let Ok(slug) = Slug::parse(&text) {
            prop_assert_eq!(Slug::parse(slug.as_str()), Ok(slug.clone()));
        }
    }

    #[test]
    fn user_ids_read_back(id in 1..=0xFF_FFFF_FFFF_i64) {
        prop_assert_eq!(parse_user_id(&format!(" {id} ")).map(|id| id.0), Ok(id));
    }

    #[test]
    fn languages_and_usernames_read_back(
        lang in "[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?", name in "[a-z][a-z0-9]{3,15}(_[a-z0-9]{1,8})?"
    ) {
        prop_assert_eq!(parse_lang(&lang), Ok(lang.clone()));
        let username = parse_username(&name);
        for form in [format!("@{name}"), format!("t.me/{name}"), format!("https://t.me/{name}?x")] {
            prop_assert_eq!(parse_username(&form), username.clone());
        }
    }

    /// In each of the forms in which providers write them.
    #[test]
    fn proxies_read_back(
        host in "[a-z][a-z0-9-]{0,10}(\\.[a-z]{2,6})?", port in 1..=u16::MAX,
        user in "[a-zA-Z0-9._~-]{1,12}", password in "[a-zA-Z0-9._~!$&'()*+,-]{1,12}"
    ) {
        let written = parse_proxy(&format!("socks5://{user}:{password}@{host}:{port}")).unwrap();
        let listed = parse_proxy(&format!("{host}:{port}:{user}:{password}")).unwrap();
        prop_assert_eq!(&written.address, &listed.address);
        let again = parse_proxy(&written.address.to_string()).unwrap();
        prop_assert_eq!(&again.address, &written.address);
        let shown = format!("{written:?}");
        let kept = written.password.unwrap();
        prop_assert_eq!(kept.expose_secret(), password.as_str());
        let elsewhere = format!("{user} {host}").contains(&password);
        prop_assert!(password.len() < 5 || elsewhere || !shown.contains(&password));
    }
}
