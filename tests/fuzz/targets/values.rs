//! Single values at the entrances: what is accepted is accepted again, and as the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tg_core::ids::UserId;
use tg_core::ports::{DcAuth, Session};
use tg_fuzz::pick;
use tg_security::{parse_session_string, parse_who, pyrogram_string, telethon_string};
use tg_security::validate::{
    HttpUrl, PhoneRules, UrlRules, clean_field, clean_name, field_name, is_bidi_control, parse_lang,
    parse_phone, parse_tz, parse_user_id, parse_username, strip_invisible,
};

#[derive(Clone, Copy)]
enum Value {
    Phone,
    PhoneAtHome,
    Username,
    UserId,
    Lang,
    Tz,
    Name,
    Field,
    Who,
    Session,
    Url,
}

const ALL: [Value; 11] = [
    Value::Phone,
    Value::PhoneAtHome,
    Value::Username,
    Value::UserId,
    Value::Lang,
    Value::Tz,
    Value::Name,
    Value::Field,
    Value::Who,
    Value::Session,
    Value::Url,
];

fuzz_target!(|data: &[u8]| {
    let Some((value, rest)) = pick(data, &ALL) else { return };
    let Ok(text) = std::str::from_utf8(rest) else { return };
    let abroad = PhoneRules { region: None, test_numbers: true };
    match value {
        Value::Phone => phone(text, &abroad),
        Value::PhoneAtHome => {
            let Some((region, text)) = text.split_at_checked(2) else { return };
            let Ok(region) = region.parse() else { return };
            phone(text, &PhoneRules { region: Some(region), test_numbers: false });
        }
        Value::Username => {
            if let Ok(name) = parse_username(text) {
                assert_eq!(parse_username(&name.to_string()), Ok(name));
            }
        }
        Value::UserId => {
            if let Ok(id) = parse_user_id(text) {
                assert_eq!(parse_user_id(&id.0.to_string()), Ok(id));
            }
        }
        Value::Lang => {
            if let Ok(lang) = parse_lang(text) {
                assert_eq!(parse_lang(&lang), Ok(lang.clone()));
            }
        }
        Value::Tz => {
            if let Ok(tz) = parse_tz(text) {
                assert_eq!(parse_tz(&tz), Ok(tz.clone()));
            }
        }
        Value::Name => {
            let seen = strip_invisible(text);
            assert_eq!(strip_invisible(&seen), seen);
            if let Ok(name) = clean_name(text) {
                assert!(!name.chars().any(|c| c.is_control() || is_bidi_control(c)));
                assert_eq!(clean_name(&name), Ok(name.clone()));
            }
        }
        Value::Field => {
            if let Ok(name) = field_name(text) {
                assert_eq!(field_name(&name), Ok(name.clone()));
            }
            if let Ok(field) = clean_field(text) {
                assert_eq!(clean_field(&field), Ok(field.clone()));
            }
        }
        Value::Who => {
            let _ = parse_who(text, &abroad);
        }
        Value::Session => session(text),
        Value::Url => {
            for rules in [UrlRules::default(), UrlRules { private: true }] {
                if let Ok(url) = HttpUrl::parse(text, rules) {
                    assert!(url.port() > 0 && !url.host().is_empty());
                    assert_eq!(HttpUrl::parse(url.as_str(), rules), Ok(url));
                }
            }
        }
    }
});

fn phone(text: &str, rules: &PhoneRules) {
    if let Ok(number) = parse_phone(text, rules) {
        let again = parse_phone(number.e164(), &PhoneRules { test_numbers: true, ..*rules });
        assert_eq!(again.map(|n| n.e164().to_owned()), Ok(number.e164().to_owned()));
    }
}

/// A session that is read can be written down in both forms, and reads the same.
fn session(text: &str) {
    let Ok(read) = parse_session_string(text) else { return };
    assert!(read.key.iter().any(|byte| *byte != 0));
    let Some(addr) = read.addr else { return };
    let written = Session {
        user_id: read.user_id.unwrap_or(UserId(1)),
        is_bot: read.is_bot.unwrap_or(false),
        home_dc: read.home_dc,
        dcs: vec![DcAuth { dc: read.home_dc, addr, key: Some(read.key) }],
        updates: None,
    };
    let telethon = telethon_string(&written).expect("it has a key and an address");
    let again = parse_session_string(&telethon).expect("it was written just now");
    assert_eq!((again.home_dc, again.addr, again.key), (read.home_dc, Some(addr), read.key));
    let pyrogram = pyrogram_string(&written, 1).expect("it has a key");
    let again = parse_session_string(&pyrogram).expect("it was written just now");
    assert_eq!((again.user_id, again.key), (Some(written.user_id), read.key));
}
