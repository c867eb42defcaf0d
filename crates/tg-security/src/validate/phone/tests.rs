//! Numbers as people write them, and what only looks like one.

#![allow(clippy::unwrap_used)]
use super::*;
use proptest::prelude::*;

fn read(text: &str) -> Result<String, PhoneError> {
    parse_phone(text, &PhoneRules::default()).map(|n| n.e164().to_owned())
}

fn read_in(region: &str, text: &str) -> Result<String, PhoneError> {
    let rules = PhoneRules { region: Some(region.parse().unwrap()), test_numbers: false };
    parse_phone(text, &rules).map(|n| n.e164().to_owned())
}

#[test]
fn forms_of_one_number() {
    for text in [
        "+4915112345678",
        "004915112345678",
        " +49 151 1234-5678 ",
        "+49 (0)151 / 1234 5678",
        "+49.151.12345678",
        "\u{202A}+49 151 12345678\u{202C}",
        "+49\u{A0}151\u{2011}12345678",
        "tel:+4915112345678",
        "＋4915112345678",
    ] {
        assert_eq!(read(text).as_deref(), Ok("+4915112345678"), "{text}");
    }
}

#[test]
fn national_forms_need_a_region() {
    assert_eq!(read("0151 12345678"), Err(PhoneError::NeedsCountry));
    assert_eq!(read("4915112345678"), Err(PhoneError::NeedsCountry));
    for (region, text, number) in [
        ("DE", "0151 12345678", "+4915112345678"),
        ("de", "030 1234567", "+49301234567"),
        ("DE", "+33 6 12 34 56 78", "+33612345678"),
        ("US", "(650) 253-0000", "+16502530000"),
        ("US", "1 650 253 0000", "+16502530000"),
        ("US", "011 44 20 7946 0958", "+442079460958"),
        ("RU", "8 916 123-45-67", "+79161234567"),
        ("IT", "06 698 12345", "+390669812345"),
        ("AR", "0343 15 555 1212", "+5493435551212"),
    ] {
        assert_eq!(read_in(region, text).as_deref(), Ok(number), "{region} {text}");
    }
    for bad in ["", "D", "DEU", "XX", "D\0", "001"] {
        assert_eq!(bad.parse::<Region>(), Err(RegionError), "{bad}");
    }
}

#[test]
fn digits_that_only_look_like_a_trunk_prefix_stay() {
    for number in [
        "+78001234567",
        "+390236618300",
        "+3758001234567",
        "+80012345678",
        "+37012345678",
        "+16502530000",
        "+447912345678",
        "+5491123456789",
        "+525512345678",
    ] {
        assert_eq!(read(number).as_deref(), Ok(number));
    }
    assert_eq!(read("+44 (0)20 7946 0958").as_deref(), Ok("+442079460958"));
    assert_eq!(read("+54 0343 15 555 1212").as_deref(), Ok("+5493435551212"));
}

#[test]
fn what_is_no_number() {
    for (text, error) in [
        ("", PhoneError::Empty),
        ("+", PhoneError::Empty),
        ("--", PhoneError::Empty),
        ("00", PhoneError::Empty),
        ("+49 151 12345678 x5", PhoneError::Characters),
        ("+49+151", PhoneError::Characters),
        ("someone@example.com", PhoneError::Characters),
        ("+4915112345678\0", PhoneError::Characters),
        ("1.23457E+11", PhoneError::Characters),
        ("+99912345678", PhoneError::UnknownCountry),
        ("+0123456789", PhoneError::UnknownCountry),
        ("+1 650 25", PhoneError::TooShort),
        ("+4", PhoneError::TooShort),
        ("+1 650 253 00000", PhoneError::TooLong),
        ("+49 151 123456789012345", PhoneError::TooLong),
        ("+683 12345", PhoneError::Length),
    ] {
        assert_eq!(read(text), Err(error), "{text:?}");
    }
    assert_eq!(read(&"1".repeat(1_000_000)), Err(PhoneError::Characters));
}

#[test]
fn test_numbers_only_when_allowed() {
    let rules = PhoneRules { test_numbers: true, ..PhoneRules::default() };
    for text in ["+9996621234", "9996621234", "00 99966 2 1234"] {
        assert_eq!(parse_phone(text, &rules).unwrap().e164(), "+9996621234");
    }
    assert_eq!(parse_phone("+999662123", &rules), Err(PhoneError::UnknownCountry));
    assert_eq!(read("+9996621234"), Err(PhoneError::TestNumber));
}

proptest! {
    #[test]
    fn what_is_accepted_is_read_back_unchanged(text in "(\\+|00)[1-9][0-9]{5,14}") {
        if let Ok(number) = read(&text) {
            prop_assert_eq!(read(&number), Ok(number.clone()));
        }
    }

    /// Numbers full of what is dialled in front of a number.
    #[test]
    fn nothing_is_stripped_the_second_time(text in "\\+(31|44|7|54|52|1)[018]{4,12}") {
        if let Ok(number) = read(&text) {
            prop_assert_eq!(read(&number), Ok(number.clone()));
        }
    }

    #[test]
    fn noise_never_panics(text in "\\PC{0,30}", region in prop::sample::select(vec!["DE", "US", "AR", "IT"])) {
        let _ = read(&text);
        let _ = read_in(region, &text);
    }
}

#[test]
fn a_number_from_home_reads_the_same_abroad() {
    // Cocos Islands share +61 with Australia, whose plan takes the 0 away.
    for (region, text) in [("CC", "099532"), ("GG", "01481 712345"), ("KZ", "8 727 2501234")] {
        let region = Some(region.parse().unwrap());
        let Ok(number) = parse_phone(text, &PhoneRules { region, test_numbers: false }) else {
            continue;
        };
        let again = parse_phone(number.e164(), &PhoneRules::default()).unwrap();
        assert_eq!(again.e164(), number.e164());
    }
}
