//! Phone numbers in the forms in which people write them, to E.164.
//!
//! Numbers that libphonenumber calls *possible* are accepted: a known calling code and a length that
//! the country's plan has. Whether a number is assigned is not judged. Only the tables of the
//! `phonenumber` crate are used: its parser takes a trunk prefix off numbers that have none, such as
//! Russian ones that begin with 8.

use phonenumber::metadata::DATABASE;
use phonenumber::{Metadata, Type, country};
use std::str::FromStr;
use tg_core::peer::PhoneNumber;

/// The longest text that is looked at, in bytes.
const MAX_TEXT: usize = 64;
/// Numbers of Telegram's test data centres: 99966, the data centre, four digits
/// (core.telegram.org/api/auth, "Test accounts"). No country has the code 999.
const TEST_PREFIX: &str = "99966";
const TEST_LENGTH: usize = 10;

/// How numbers are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PhoneRules {
    /// The country of numbers that do not name one; `None` refuses them.
    pub region: Option<Region>,
    /// Whether the numbers of Telegram's test data centres are accepted.
    pub test_numbers: bool,
}

/// A country whose numbering plan is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region(country::Id);

/// Why a text names no country.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a country with a numbering plan, such as \"DE\"")]
pub struct RegionError;

impl FromStr for Region {
    type Err = RegionError;

    /// Two letters of ISO 3166-1.
    fn from_str(text: &str) -> Result<Self, RegionError> {
        let text = text.trim().to_ascii_uppercase();
        if text.len() != 2 || DATABASE.by_id(text.as_str()).is_none() {
            return Err(RegionError);
        }
        text.parse().map(Self).map_err(|_| RegionError)
    }
}

/// Why a text is no phone number. Never quotes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// No digits.
    #[error("not a phone number: it has no digits")]
    Empty,
    /// Letters, extensions, several numbers in one.
    #[error("not a phone number: it has characters that do not belong in one")]
    Characters,
    /// No country is named.
    #[error("the phone number does not say its country: it must begin with + or 00")]
    NeedsCountry,
    /// No country has this calling code.
    #[error("not a phone number: no country has this calling code")]
    UnknownCountry,
    /// Shorter than any number of that country.
    #[error("not a phone number: it is too short for its country")]
    TooShort,
    /// Longer than any number of that country.
    #[error("not a phone number: it is too long for its country")]
    TooLong,
    /// Of a length that the country does not have.
    #[error("not a phone number: its country has none of this length")]
    Length,
    /// A number of the test data centres.
    #[error("phone numbers that begin with +99966 exist in Telegram's test data centres only")]
    TestNumber,
}

/// Reads a phone number: spaces, dashes, dots, slashes and parentheses are allowed, `00` counts as
/// `+`.
///
/// # Errors
/// Says what is wrong with it, without quoting it.
pub fn parse_phone(text: &str, rules: &PhoneRules) -> Result<PhoneNumber, PhoneError> {
    let (plus, digits) = dialled(text)?;
    if plus {
        return international(&digits, rules);
    }
    if let Some(rest) = digits.strip_prefix("00") {
        return international(rest, rules);
    }
    if rules.test_numbers && is_test(&digits) {
        return e164(&digits, "");
    }
    let meta = rules
        .region
        .and_then(|region| DATABASE.by_id(region.0.as_ref()))
        .ok_or(PhoneError::NeedsCountry)?;
    let abroad = meta
        .international_prefix()
        .and_then(|prefix| prefix.find(&digits))
        .filter(|found| found.start() == 0 && !digits[found.end()..].starts_with('0'))
        .map(|found| found.end());
    match abroad {
        Some(end) => international(&digits[end..], rules),
        None => domestic(meta, &digits, rules),
    }
}

/// A number whose country is known, and which may or may not begin with that country's code.
fn domestic(plan: &Metadata, digits: &str, rules: &PhoneRules) -> Result<PhoneNumber, PhoneError> {
    let code = plan.country_code().to_string();
    let rest = digits.strip_prefix(&code).filter(|rest| {
        let better = !is_viable(plan, digits) && is_viable(plan, &without_prefix(plan, rest));
        better || fit(plan, digits) == Err(PhoneError::TooLong)
    });
    // Read as it will be read the next time: several countries may share a calling code, and the
    // plan of the main one decides.
    international(&format!("{code}{}", national(plan, rest.unwrap_or(digits))?), rules)
}

/// Digits after a `+`.
fn international(digits: &str, rules: &PhoneRules) -> Result<PhoneNumber, PhoneError> {
    if is_test(digits) {
        return if rules.test_numbers { e164(digits, "") } else { Err(PhoneError::TestNumber) };
    }
    if digits.is_empty() {
        return Err(PhoneError::Empty);
    }
    if digits.starts_with('0') {
        return Err(PhoneError::UnknownCountry);
    }
    for length in 1..=3 {
        let Some((code, rest)) = digits.split_at_checked(length) else {
            return Err(PhoneError::TooShort);
        };
        // Calling codes are free of prefixes: the first that is known is the only one.
        if let Some(plans) = code.parse().ok().and_then(|code: u16| DATABASE.by_code(&code)) {
            // Countries that share a code share its lengths; the main one comes first.
            let plan = plans.first().ok_or(PhoneError::UnknownCountry)?;
            return e164(code, &national(plan, rest)?);
        }
    }
    Err(PhoneError::UnknownCountry)
}

/// The national number as it follows the calling code, without what is dialled in front of it
/// inside the country ("+44 (0)20…").
fn national(plan: &Metadata, digits: &str) -> Result<String, PhoneError> {
    let mut best = digits.to_owned();
    // Again until nothing changes: what is accepted must read the same the next time.
    loop {
        let stripped = without_prefix(plan, &best);
        match fit(plan, &stripped) {
            Ok(Fit::Whole) if stripped.len() < best.len() => best = stripped,
            Ok(Fit::Whole) => return Ok(stripped),
            // To be told that it is too long helps more with the digits that were given.
            Err(PhoneError::TooLong) if best == digits => return Err(PhoneError::TooLong),
            _ => return fit(plan, &best).map(|_| best),
        }
    }
}

/// The number without a trunk prefix, unless what is left looks less like a number than before.
fn without_prefix(plan: &Metadata, digits: &str) -> String {
    let candidate = if let Some(pattern) = plan.national_prefix_for_parsing() {
        let Some(found) = pattern.captures(digits) else {
            return digits.to_owned();
        };
        let end = match found.get(0) {
            Some(whole) if whole.start() == 0 => whole.end(),
            _ => return digits.to_owned(),
        };
        // The rule rewrites what the last group caught; without it the prefix just goes.
        let caught = found.len() > 1 && found.get(found.len() - 1).is_some();
        match plan.national_prefix_transform_rule().filter(|_| caught) {
            Some(rule) => pattern.replace(digits, rule).into_owned(),
            None => digits[end..].to_owned(),
        }
    } else {
        let prefix = plan.national_prefix().unwrap_or_default();
        digits.strip_prefix(prefix).unwrap_or(digits).to_owned()
    };
    if is_viable(plan, digits) && !is_viable(plan, &candidate) {
        digits.to_owned()
    } else {
        candidate
    }
}

/// Whether a plan knows numbers that look like this one.
fn is_viable(plan: &Metadata, digits: &str) -> bool {
    let general = plan.descriptors().general().national_number();
    fit(plan, digits).is_ok() && general.find(digits).is_some_and(|found| found.start() == 0)
}

/// How a length fits a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fit {
    /// Numbers that can be dialled from anywhere.
    Whole,
    /// Numbers that can be dialled within an area.
    Local,
}

/// Kinds of numbers that can be dialled from abroad.
const KINDS: [Type; 11] = [
    Type::FixedLine,
    Type::Mobile,
    Type::TollFree,
    Type::PremiumRate,
    Type::SharedCost,
    Type::PersonalNumber,
    Type::Voip,
    Type::Pager,
    Type::Uan,
    Type::Voicemail,
    Type::Unknown,
];

/// Whether the plan has numbers of this length. The tables give lengths per kind; those of the plan
/// are all of them together.
fn fit(plan: &Metadata, digits: &str) -> Result<Fit, PhoneError> {
    let (mut shortest, mut longest, mut local) = (usize::MAX, 0, false);
    for kind in KINDS.into_iter().filter_map(|kind| plan.descriptors().get(kind)) {
        for length in kind.possible_length().iter().map(|length| usize::from(*length)) {
            if length == digits.len() {
                return Ok(Fit::Whole);
            }
            shortest = shortest.min(length);
            longest = longest.max(length);
        }
        let lengths = kind.possible_local_length();
        local |= lengths.iter().any(|length| usize::from(*length) == digits.len());
    }
    match digits.len() {
        _ if local => Ok(Fit::Local),
        length if length < shortest => Err(PhoneError::TooShort),
        length if length > longest => Err(PhoneError::TooLong),
        _ => Err(PhoneError::Length),
    }
}

fn e164(code: &str, national: &str) -> Result<PhoneNumber, PhoneError> {
    let number = format!("+{code}{national}");
    PhoneNumber::from_e164(&number).map_err(|_| match number.len() {
        0..8 => PhoneError::TooShort,
        17.. => PhoneError::TooLong,
        _ => PhoneError::UnknownCountry,
    })
}

fn is_test(digits: &str) -> bool {
    digits.len() == TEST_LENGTH && digits.starts_with(TEST_PREFIX)
}

/// What would be dialled: whether there is a `+`, and the digits.
fn dialled(text: &str) -> Result<(bool, String), PhoneError> {
    let text = text.trim();
    let text = text.strip_prefix("tel:").unwrap_or(text);
    if text.len() > MAX_TEXT {
        return Err(PhoneError::Characters);
    }
    let (mut plus, mut digits) = (false, String::with_capacity(16));
    for c in text.chars() {
        match c {
            '0'..='9' => digits.push(c),
            '+' | '＋' if !plus && digits.is_empty() => plus = true,
            ' ' | '-' | '.' | '/' | '(' | ')' | '\u{A0}' | '\u{2009}' | '\u{202F}' => {}
            '\u{2010}'..='\u{2015}' | '\u{2212}' => {}
            // Address books put direction controls around numbers that are copied out of them.
            '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {}
            _ => return Err(PhoneError::Characters),
        }
    }
    if digits.is_empty() { Err(PhoneError::Empty) } else { Ok((plus, digits)) }
}

#[cfg(test)]
mod tests;
