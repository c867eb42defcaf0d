//! What is recognised in each format, and that nothing else changes.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::vault::SecretName;
use proptest::prelude::*;
use std::collections::BTreeMap;

const HASH: &str = "0123456789abcdef0123456789abcdef";
const TOKEN: &str = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw8";

const JSON: &str = r#"{
  "telegram": {"api_id": 12345, "api_hash" : "HASH"},
  "geminiApiKey": "AIza\u002dx",
  "accounts": [
    {"name": "anna", "two_factor": "zwei \"Wörter\""},
    {"name": "bob", "phone": "+4915112345678", "2fa": "pass"}
  ],
  "bots": {"support": {"token": "TOKEN"}},
  "empty": [], "none": {}, "nothing": null, "database": {"password": "s3cret"}
}
"#;

const TOML: &str = "# Shop\n[telegram]\napi_id = 12345\napi_hash = \"HASH\" # mine\n\n\
[accounts.anna]\ntwo_factor = 'zwei \"Wörter\"'\n[[proxies]]\nname = \"p1\"\npassword = \"\"\"\nlong\"\"\"\n\
[[proxies]]\nname = \"p2\"\nlogin = { user = \"u\", password = \"w\" }\npassword = \"hidden\"\n";

const YAML: &str = "# Shop\ntelegram:\n  api_id: 12345\n  api_hash: HASH  # mine\naccounts:\n- name: anna\n  \
two_factor: 'zwei \"Wörter\" it''s'\n- name: bob\n  two_factor: \"b\\\"b\"\n  note: |\n    api_hash: no\n    \
token: no\nbots:\n  support:\n    token: TOKEN\nlist:\n  - one\n  - two\nflow: {password: x}\nlong: several\n  \
lines\n'quoted key': \"1\"\n";

const ENV: &str = "# Shop\nAPI_ID=12345\nexport TELEGRAM_API_HASH=HASH # mine\r\nANNA_TWO_FACTOR='zwei Wörter'\n\n\
SUPPORT_BOT_TOKEN=\"TOKEN\"\nBOT_TOKEN=TOKEN\nDB_PASSWORD=x\nEMPTY=\n";

fn filled(text: &str) -> String {
    text.replace("HASH\"", &format!("{HASH}\""))
        .replace(": HASH", &format!(": {HASH}"))
        .replace("=HASH", &format!("={HASH}"))
        .replace("\"TOKEN\"", &format!("\"{TOKEN}\""))
        .replace(": TOKEN", &format!(": {TOKEN}"))
        .replace("=TOKEN", &format!("={TOKEN}"))
}

fn told(format: Format, text: &str) -> (Vec<String>, Vec<String>) {
    let scalars = scan(format, text).unwrap();
    let plan = plan(&scalars, &BTreeMap::new());
    (
        plan.recognised.iter().map(|r| format!("{} {}", r.scalar.place(), r.name)).collect(),
        plan.left.iter().map(|l| l.scalar.place()).collect(),
    )
}

#[test]
fn secrets_are_recognised_in_every_format() {
    let (json, left) = told(Format::Json, &filled(JSON));
    assert_eq!(
        json,
        [
            "telegram.api_hash telegram.api_hash",
            "geminiApiKey gemini.api_key",
            "accounts.0.two_factor account/anna/two_factor",
            "accounts.1.2fa account/bob/two_factor",
            "bots.support.token account/support/bot_token",
        ]
    );
    assert_eq!(left, ["database.password"]);
    let (toml, left) = told(Format::Toml, &filled(TOML));
    assert_eq!(
        toml,
        ["telegram.api_hash telegram.api_hash", "accounts.anna.two_factor account/anna/two_factor",]
    );
    assert_eq!(left, ["proxies.0.password", "proxies.1.login.password", "proxies.1.password"]);
    let (yaml, left) = told(Format::Yaml, &filled(YAML));
    assert_eq!(
        yaml,
        [
            "telegram.api_hash telegram.api_hash",
            "accounts.0.two_factor account/anna/two_factor",
            "accounts.1.two_factor account/bob/two_factor",
            "bots.support.token account/support/bot_token",
        ]
    );
    assert_eq!(left, [""; 0]);
    let (env, left) = told(Format::Env, &filled(ENV));
    assert_eq!(
        env,
        [
            "TELEGRAM_API_HASH telegram.api_hash",
            "ANNA_TWO_FACTOR account/anna/two_factor",
            "SUPPORT_BOT_TOKEN account/support/bot_token",
        ]
    );
    assert_eq!(left, ["BOT_TOKEN", "DB_PASSWORD"]);
}

#[test]
fn values_are_read_as_their_format_means_them() {
    let value = |format, text: &str, place: &str| {
        let scalars = scan(format, &filled(text)).unwrap();
        scalars.iter().find(|s| s.place() == place).unwrap().value.to_string()
    };
    assert_eq!(value(Format::Json, JSON, "geminiApiKey"), "AIza-x");
    assert_eq!(value(Format::Json, JSON, "accounts.0.two_factor"), "zwei \"Wörter\"");
    assert_eq!(value(Format::Json, JSON, "telegram.api_id"), "12345");
    assert_eq!(value(Format::Toml, TOML, "proxies.0.password"), "long");
    assert_eq!(value(Format::Yaml, YAML, "accounts.0.two_factor"), "zwei \"Wörter\" it's");
    assert_eq!(value(Format::Yaml, YAML, "accounts.1.two_factor"), "b\"b");
    assert_eq!(value(Format::Yaml, YAML, "telegram.api_hash"), HASH);
    assert_eq!(value(Format::Yaml, YAML, "list.1"), "two");
    assert_eq!(value(Format::Yaml, YAML, "quoted key"), "1");
    assert_eq!(value(Format::Env, ENV, "TELEGRAM_API_HASH"), HASH);
    assert_eq!(value(Format::Env, ENV, "ANNA_TWO_FACTOR"), "zwei Wörter");
}

#[test]
fn everything_but_the_values_stays_byte_for_byte() {
    for (format, text) in
        [(Format::Json, JSON), (Format::Toml, TOML), (Format::Yaml, YAML), (Format::Env, ENV)]
    {
        let text = filled(text);
        let scalars = scan(format, &text).unwrap();
        let plan = plan(&scalars, &BTreeMap::new());
        let gone: Vec<_> = plan.recognised.iter().map(|r| r.scalar).collect();
        let new = without(format, &text, &gone).unwrap();
        let mut expected = text.clone();
        for scalar in gone.iter().rev() {
            let nothing = if format == Format::Env { "" } else { "\"\"" };
            expected.replace_range(scalar.span.clone(), nothing);
        }
        assert_eq!(new.as_str(), expected);
        assert!(!new.contains(HASH), "{}", new.as_str());
        assert_eq!(without(format, &text, &[]).unwrap().as_str(), text);
    }
}

#[test]
fn a_person_says_what_a_key_does_not() {
    let text = filled(ENV);
    let scalars = scan(Format::Env, &text).unwrap();
    let name = SecretName::parse("account/shop/bot_token").unwrap();
    let called = BTreeMap::from([("BOT_TOKEN".to_owned(), name.clone())]);
    let plan = plan(&scalars, &called);
    assert!(plan.recognised.iter().any(|r| r.name == name && r.scalar.place() == "BOT_TOKEN"));
}

#[test]
fn one_name_is_given_once_and_to_what_fits() {
    let text = format!("API_HASH={HASH}\nOTHER_API_HASH={HASH}\nGEMINI_API_KEY=two words\n");
    let scalars = scan(Format::Env, &text).unwrap();
    let plan = plan(&scalars, &BTreeMap::new());
    assert_eq!(plan.recognised.len(), 1);
    let reasons: Vec<_> = plan.left.iter().map(|l| l.reason.as_str()).collect();
    assert!(
        reasons[0].contains("another value") && reasons[1].contains("no spaces"),
        "{reasons:?}"
    );
}

#[test]
fn faults_name_the_line_and_quote_nothing() {
    for (format, text, line) in [
        (Format::Json, "{\n\"a\": \"s3cret\n}", 2),
        (Format::Toml, "a = 1\nb = s3cret s3cret\n", 2),
        (Format::Yaml, "a:\n\tb: s3cret\n", 2),
        (Format::Env, "A=1\ns3cret\n", 2),
        (Format::Env, "A=\"s3cret\n", 1),
    ] {
        let error = scan(format, text).unwrap_err();
        assert!(matches!(error, PlaintextError::Malformed { line: l, .. } if l == line), "{error}");
        assert!(!error.to_string().contains("s3cret"), "{error}");
    }
    let deep = "[".repeat(100_000);
    assert!(scan(Format::Json, &deep).is_err());
}

#[test]
fn a_value_never_shows_in_debug() {
    let scalars = scan(Format::Env, "A=s3cret\n").unwrap();
    assert!(!format!("{scalars:?}").contains("s3cret"));
}

proptest! {
    #[test]
    fn noise_is_read_or_refused_in_peace(text in "[a-z\"'\\\\:#=\\[\\]{}|> \n-]{0,120}") {
        for format in [Format::Json, Format::Toml, Format::Yaml, Format::Env] {
            if let Ok(scalars) = scan(format, &text) {
                for scalar in &scalars {
                    prop_assert!(text.get(scalar.span.clone()).is_some());
                }
                let same = without(format, &text, &[]).unwrap();
                prop_assert_eq!(same.as_str(), text.as_str());
            }
        }
    }
}
