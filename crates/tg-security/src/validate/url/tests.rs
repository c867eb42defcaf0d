//! What is called, and the ways in which people try to have something else called.

#![allow(clippy::unwrap_used)]

use super::*;
use proptest::prelude::*;

fn strict(text: &str) -> Result<HttpUrl, UrlError> {
    HttpUrl::parse(text, UrlRules::default())
}

fn relaxed(text: &str) -> Result<HttpUrl, UrlError> {
    HttpUrl::parse(text, UrlRules { private: true })
}

#[test]
fn hosts_are_normalised() {
    for (text, url, host, port) in [
        ("https://Example.ORG", "https://example.org/", "example.org", 443),
        ("http://example.org:8080/a?b#c", "http://example.org:8080/a?b", "example.org", 8080),
        (
            "https://bücher.example/x",
            "https://xn--bcher-kva.example/x",
            "xn--bcher-kva.example",
            443,
        ),
        ("HTTPS://example.org:443/", "https://example.org/", "example.org", 443),
        ("https://8.8.8.8/", "https://8.8.8.8/", "8.8.8.8", 443),
        ("https://[2606:4700:0::1111]/", "https://[2606:4700::1111]/", "[2606:4700::1111]", 443),
        // Written oddly, but the internet all the same.
        ("https://134744072/", "https://8.8.8.8/", "8.8.8.8", 443),
    ] {
        let read = strict(text).unwrap();
        assert_eq!((read.as_str(), read.host(), read.port()), (url, host, port), "{text}");
    }
    assert!(strict("https://example.org").unwrap().is_https());
    assert!(!strict("http://example.org").unwrap().is_https());
}

/// Every spelling of an address that is not the internet's, from the SSRF cheat sheet and the lists
/// that testers use.
#[test]
fn no_spelling_of_a_private_address_gets_through() {
    for text in [
        "http://127.0.0.1/",
        "http://127.1/",
        "http://127.0.1",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0x7f.0.0.1/",
        "http://0x7f.1/",
        "http://0177.0.0.1/",
        "http://017700000001/",
        "http://0177.0.0.0x1/",
        "http://00000177.0.0.1/",
        "http://127.0.0.1./",
        "http://%31%32%37.0.0.1/",
        "http://１２７.０.０.１/",
        "http://①②⑦.⓪.⓪.①/",
        "http://127。0。0。1/",
        "http://0/",
        "http://0.0.0.0:80/",
        "http://10.0.0.1/",
        "http://192.168.0.1/",
        "http://3232235521/",
        "http://172.16.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://2852039166/latest/meta-data/",
        "http://0xA9FEA9FE/",
        "http://0251.0376.0251.0376/",
        "http://100.100.100.200/",
        "http://[::1]/",
        "http://[0:0:0:0:0:0:0:1]/",
        "http://[::]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[::ffff:a9fe:a9fe]/",
        "http://[::127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[64:ff9b::169.254.169.254]/",
        "http://[2002:7f00:1::]/",
        "http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/",
        "http://[fe80::1]/",
        "http://[fd00:ec2::254]/",
        "http://[fc00::1]/",
        "http://[ff02::1]/",
        "http://255.255.255.255/",
    ] {
        assert!(matches!(strict(text), Err(UrlError::Private(_))), "{text}: {:?}", strict(text));
    }
    for text in [
        "http://localhost/",
        "http://LOCALHOST:6379/",
        "http://localhost./",
        "http://a.localhost/",
        "http://printer.local/",
        "http://metadata.google.internal/",
        "http://intranet/",
        "http://ｌｏｃａｌｈｏｓｔ/",
        "http://db.lan/",
    ] {
        assert_eq!(strict(text), Err(UrlError::LocalName), "{text}");
    }
}

#[test]
fn what_is_no_plain_url_is_refused() {
    use UrlError as E;
    for (text, error) in [
        ("", E::Shape),
        ("example.org", E::Shape),
        ("//example.org", E::Shape),
        ("file:///etc/passwd", E::Scheme),
        ("gopher://127.0.0.1:6379/_SET", E::Scheme),
        ("ftp://example.org/", E::Scheme),
        ("dict://example.org:11211/", E::Scheme),
        ("jar:http://example.org!/", E::Scheme),
        ("javascript:alert(1)", E::Shape),
        ("data:text/html,x", E::Shape),
        ("https://user:secret@example.org/", E::UserInfo),
        ("https://user@example.org/", E::UserInfo),
        ("https://example.org@127.0.0.1/", E::UserInfo),
        ("https://@example.org/", E::UserInfo),
        ("https://example.org%40127.0.0.1/", E::Host),
        ("https://127.0.0.1\\@example.org/", E::Characters),
        ("https://example.org\\.evil.example/", E::Characters),
        ("https://exa\tmple.org/", E::Characters),
        ("https://example.org/\r\nHost: x", E::Characters),
        ("https://example.org/\0", E::Characters),
        ("https://exa\u{202E}mple.org/", E::Characters),
        ("https:///example.org/", E::Host),
        ("https://", E::Host),
        ("https://exa mple.org/", E::Characters),
        ("https://-.~!/", E::Host),
        ("https://a..b.example/", E::Host),
        ("https://[::1/", E::Host),
        ("https://[fe80::1%25eth0]/", E::Host),
        ("https://1.2.3.4.5/", E::Host),
        ("https://256.1.1.1/", E::Host),
        ("https://example.org:0/", E::Port),
        ("https://example.org:99999/", E::Shape),
        ("https://example.org:x/", E::Shape),
    ] {
        assert_eq!(strict(text), Err(error), "{text:?}");
    }
    let long = format!("https://example.org/{}", "x".repeat(MAX_URL));
    assert_eq!(strict(&long), Err(UrlError::TooLong));
}

#[test]
fn an_operator_may_allow_private_networks_but_nothing_that_gives_keys_away() {
    for text in
        ["http://127.0.0.1:8080/", "http://localhost:8080/", "http://10.0.0.1/", "http://sms/"]
    {
        assert!(relaxed(text).is_ok(), "{text}");
    }
    for text in ["http://169.254.169.254/", "http://[fd00:ec2::254]/", "http://0/", "http://[::]/"]
    {
        assert!(matches!(relaxed(text), Err(UrlError::Private(_))), "{text}");
    }
}

#[test]
fn what_is_shown_has_no_path_and_no_query() {
    let url = strict("https://hooks.example.org/services/T0/SECRET?token=SECRET").unwrap();
    assert_eq!(
        format!("{url} {url:?}"),
        "https://hooks.example.org HttpUrl(https://hooks.example.org)"
    );
    assert!(url.as_str().contains("SECRET"));
    for text in ["https://user:hunter2@example.org/", "ftp://hunter2/", "https://256.hunter2 x/"] {
        assert!(!strict(text).unwrap_err().to_string().contains("hunter2"));
    }
}

proptest! {
    /// What was accepted is accepted again, as the same.
    #[test]
    fn reading_twice_changes_nothing(text in "https?://[a-zA-Z0-9.:/?#@%\\[\\]é①-]{0,40}") {
        if let Ok(url) = relaxed(&text) {
            let again = relaxed(url.as_str());
            prop_assert_eq!(again.as_ref().map(HttpUrl::as_str), Ok(url.as_str()));
        }
    }

    /// Decimal, octal, hexadecimal, mapped: one address, one judgement.
    #[test]
    fn every_spelling_of_an_address_is_judged_alike(bits in any::<u32>()) {
        let [a, b, c, d] = bits.to_be_bytes();
        let plain = strict(&format!("http://{a}.{b}.{c}.{d}/")).is_ok();
        for odd in [
            format!("{bits}"),
            format!("{bits:#x}"),
            format!("0{bits:o}"),
            format!("{a:#x}.{b:#x}.{c:#x}.{d:#x}"),
            format!("0{a:o}.0{b:o}.0{c:o}.0{d:o}"),
            format!("{a}.{b}.{}", u32::from(c) << 8 | u32::from(d)),
            format!("{a}.{}", bits & 0xff_ffff),
            format!("[::ffff:{a}.{b}.{c}.{d}]"),
            format!("[64:ff9b::{a}.{b}.{c}.{d}]"),
        ] {
            prop_assert_eq!(strict(&format!("http://{odd}/")).is_ok(), plain, "{}", odd);
        }
        let tunnelled = strict(&format!("http://[::{a}.{b}.{c}.{d}]/"));
        prop_assert!(tunnelled.is_err());
    }
}
