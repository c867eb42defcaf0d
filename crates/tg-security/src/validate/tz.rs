//! Time zones, by shape (IANA): which ones exist is known where times are computed.

/// Why a text names no time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a time zone such as \"Europe/Berlin\"")]
pub struct TzError;

const MAX: usize = 64;
/// Zones of the database that have no area.
const BARE: [&str; 14] = [
    "CET", "CST6CDT", "EET", "EST", "EST5EDT", "GMT", "HST", "MET", "MST", "MST7MDT", "PST8PDT",
    "UTC", "WET", "Zulu",
];

/// Reads the name of a time zone.
///
/// # Errors
/// If it does not have the shape `Area/City`, and is none of the few names without an area.
pub fn parse_tz(text: &str) -> Result<String, TzError> {
    let text = text.trim();
    let zone = |good: bool| if good { Ok(text.to_owned()) } else { Err(TzError) };
    if !text.contains('/') {
        return zone(BARE.contains(&text));
    }
    let parts = text.split('/').count();
    zone(text.len() <= MAX && parts <= 3 && text.split('/').all(is_part))
}

/// A part begins with a capital letter, so that it can never be `.`, `..` or an option.
fn is_part(part: &str) -> bool {
    part.starts_with(|c: char| c.is_ascii_uppercase())
        && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"_+-".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones() {
        for good in [
            "Europe/Berlin",
            " America/Argentina/Buenos_Aires ",
            "Etc/GMT+2",
            "America/Port-au-Prince",
            "UTC",
        ] {
            assert_eq!(parse_tz(good).as_deref(), Ok(good.trim()));
        }
        for bad in [
            "",
            "Berlin",
            "europe/berlin",
            "Europe/",
            "/Europe/Berlin",
            "Europe//Berlin",
            "../../etc/passwd",
            "Europe/../Berlin",
            "A/B/C/D",
            "Europe/Ber\0lin",
            "Europe/München",
            &format!("Europe/{}", "B".repeat(64)),
        ] {
            assert_eq!(parse_tz(bad), Err(TzError), "{bad:?}");
        }
    }
}
